"""Boxes in pictures, as a graph: the network, its head, and the rule by which one box is kept for each thing."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor, nn

from fathom.data.dataset import Dataset
from fathom.deep import detecting
from fathom.deep.heads.boxes import CANDIDATES, FIRST, SAME, surest, told
from fathom.deep.heads.rectangles import overlaps
from fathom.errors import ExportError
from fathom.exports.answers import Answers, Predict, Tensors
from fathom.exports.graph import Answer
from fathom.messages import phrase
from fathom.model import Model
from fathom.tasks.predictions import Predictions


def settled(over: Tensor) -> Tensor:
    """Which boxes stay [rows, boxes], by which surer ones they overlap too much, float 0 or 1 [rows, boxes, boxes].

    The rule of `suppression.kept`, repeated until nothing changes; a script, so that the file has the loop and not the
    turns that one batch took.
    """
    stays = torch.ones_like(over[:, :, 0])
    changing = True
    while changing:
        found = 1.0 - (over * stays.unsqueeze(2)).amax(dim=1)
        changing = bool((found != stays).any())
        stays = found
    return stays


class Found(nn.Module):
    """The boxes of each picture, the surest first, float [rows, at most 100, 6], as `Boxes.answer` gives them."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.classes = int(head.classes)  # type: ignore[arg-type]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a compiler that has a successor, which writes no loops into files
            self.settled: Any = torch.jit.script(settled)

    def forward(self, outputs: Tensor) -> Tensor:
        """Left, top, right, bottom in pixels of what went in, the label's position, how sure; 0: none."""
        scores = outputs[..., FIRST:].float().sigmoid().flatten(1)
        at = surest(scores, CANDIDATES)
        most = int(at.shape[1])
        sure, labels = scores.gather(1, at), at % self.classes
        place = torch.div(at, self.classes, rounding_mode="floor")
        boxes = outputs[..., :4].float().gather(1, place[..., None].expand(-1, -1, 4))
        same = labels[:, :, None] == labels[:, None, :]
        surer = torch.ones(most, most, dtype=torch.bool).triu(diagonal=1)
        over = (overlaps(boxes, boxes) > SAME) & same & surer
        return told(boxes, labels, sure * self.settled(over.float()))


def answers(model: Model) -> Answers:
    """Boxes as the network sees them; fathom puts them back into the picture's own size."""
    learner: Any = model.learner
    if not hasattr(learner, "model_"):
        raise ExportError(
            phrase("'{name}' has no network that could be written as ONNX.", name=model.name),
            remedy=phrase("Serve it with `fathom serve`."),
        )

    def predict(tensors: Tensors) -> Predict:
        def said(run: Answer, dataset: Dataset) -> Predictions:
            def look(pixels: Tensor) -> Tensor:
                (found,) = run((pixels.permute(0, 2, 3, 1).contiguous(),))
                return torch.from_numpy(found).double()

            return detecting.said(learner.inputs_, look, model.problem.boxes, dataset)

        return said

    meaning = {
        "boxes": ["left", "top", "right", "bottom", "position in classes", "how sure; 0: no box"],
        "unit": "pixels of the picture that went in: divide by the scale by which the photograph was shrunk to fit",
    }
    return Answers(Found(learner.model_.head), ("boxes",), predict, meaning, {"boxes": {1: "boxes"}})
