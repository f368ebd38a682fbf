"""Boxes come out of a detector of the transformers library, which learns by its own loss."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from fathom.deep.heads.boxes import CANDIDATES, MOST
from fathom.deep.heads.precision import missed


class Pixels(nn.Module):
    """Pictures as the detector was trained to see them: uint8 or float in 0..255 [rows, 3, height, width]."""

    mean: Tensor
    spread: Tensor
    members = 1

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(3, 1, 1))
        self.register_buffer("spread", torch.ones(3, 1, 1))
        self.rates: dict[str, float] = {}

    def forward(self, images: Tensor) -> Tensor:
        """Pixels float32."""
        return (images.float() - self.mean) / self.spread


class Queries(nn.Module):
    """A set of boxes a picture, found all at once (Carion et al. 2020, DETR): whatever family, whatever loss it has.

    `body` is a detector of the transformers library. While it learns, pixels go through as they are and `loss` runs the
    detector, for some families need the truth on their way to an answer. Otherwise float [rows, queries, 4 + classes]
    come out: boxes (left, top, right, bottom) in pixels, and how probable each class is. Truth is as in `Boxes`.
    """

    def __init__(self, body: nn.Module, classes: int) -> None:
        super().__init__()
        self.body = body
        self.classes = classes

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels while learning, answers otherwise."""
        if self.training:
            return pixels
        found: Any = self.body(pixel_values=pixels)
        logits = found.logits.float()
        # Some families have a class more, for nothing at all; the others ask each class by itself.
        nothing = logits.shape[-1] > self.classes
        chances = logits.softmax(dim=-1)[..., : self.classes] if nothing else logits.sigmoid()
        middle, half = found.pred_boxes[..., :2].float(), found.pred_boxes[..., 2:].float() / 2
        boxes = torch.cat([middle - half, middle + half], dim=-1) * size_of(pixels)
        return torch.cat([boxes, chances], dim=-1)

    def loss(self, pixels: Tensor, truth: Tensor) -> Tensor:
        """The detector's own loss of the boxes that it finds in pictures; a number."""
        size = size_of(pixels)
        labels = []
        for row in truth:
            mine = row[row[:, 4] >= 0]
            corners = mine[:, :4] / size
            places = torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], dim=1)
            labels.append({"class_labels": mine[:, 4].long(), "boxes": places.to(pixels.dtype)})
        loss: Tensor = self.body(pixel_values=pixels, labels=labels).loss
        return loss

    @torch.no_grad()
    def score(self, outputs: Tensor, truth: Tensor) -> tuple[float, float]:
        """How far the mean average precision is from perfect, and its standard error; lower is better."""
        return missed(self.answer(outputs), truth, self.classes)

    @torch.no_grad()
    def answer(self, outputs: Tensor) -> Tensor:
        """The boxes of each row, the surest first, float [rows, boxes, 6]: box, class and how sure."""
        chances = outputs[..., 4:].flatten(1)
        sure, at = chances.topk(min(CANDIDATES, MOST, chances.shape[1]), dim=1)
        boxes = outputs[..., :4].gather(1, (at // self.classes)[..., None].expand(-1, -1, 4))
        return torch.cat([boxes, (at % self.classes)[..., None], sure[..., None]], dim=-1)


def size_of(pixels: Tensor) -> Tensor:
    """Width, height, width and height of pictures [rows, channels, height, width], float [4]."""
    height, width = pixels.shape[-2:]
    return torch.tensor([width, height, width, height], dtype=torch.float32, device=pixels.device)
