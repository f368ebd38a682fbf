"""Deep learners as graphs: inputs, network, head and temperature in one module."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from fathom.data.cuts import SQUARE, UPRIGHT
from fathom.data.dataset import Dataset
from fathom.deep import identifying
from fathom.errors import ExportError
from fathom.exports import made
from fathom.exports.answers import Plain, answers_of
from fathom.exports.graph import Graph
from fathom.messages import phrase
from fathom.model import Model

EXAMPLES = 2  # rows that are traced; what is computed must not depend on how many
NAMES = {torch.uint8: "pixels", torch.int32: "pieces", torch.int64: "codes", torch.float32: "numbers"}
PICTURES = {  # how the pixels of a picture are laid out, and made of a file
    "layout": "rows, height, width, channels",
    "values": "0 to 255, uint8; scaling, mean and spread are inside the graph",
    "colours": "RGB where there are 3 channels, brightness where there is 1",
    "size": "scaled to height and width by bilinear interpolation, upright by EXIF, transparent parts white",
}
SHOWN = {  # what is on the pictures of a model that recognises faces
    "": {},
    UPRIGHT: {"shows": "the largest face, found, set upright and cut out beforehand"},
    SQUARE: {"shows": "the largest face, found and cut out beforehand"},
}


class Answering(nn.Module):
    """From inputs with the channels of pictures last to calibrated answers."""

    def __init__(self, model: nn.Module, last: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.last = last

    def forward(self, *given: Tensor) -> Tensor:
        """Answers [rows, ...]."""
        inputs = [each.permute(0, 3, 1, 2) if is_picture(each) else each for each in given]
        answers: Tensor = self.last(self.model(*inputs))
        return answers


def is_picture(tensor: Tensor) -> bool:
    """Whether this is a batch of pictures: bytes in four dimensions."""
    return tensor.dtype == torch.uint8 and tensor.ndim == 4


def graph_of(model: Model) -> Graph:
    """The graph of a deep learner's model, whatever its inputs and its network are.

    Its inputs have `tensors(dataset)` and `to_json()`; `blank()` where not all of those tensors go in; `outside`, what
    stands beyond the end of a row's pieces, where rows of a batch may be cut to its longest.
    """
    learner: Any = model.learner
    if not (hasattr(learner, "inputs_") and hasattr(learner, "model_")):
        raise ExportError(
            phrase("'{name}' has no network that could be written as ONNX.", name=model.name),
            remedy=phrase("Serve it with `fathom serve`."),
        )
    inputs, network = learner.inputs_, _still(learner.model_)
    answers = answers_of(model, Plain(network.head))
    count = len(inputs.blank()) if hasattr(inputs, "blank") else None
    outside = getattr(inputs, "outside", None)

    def tensors(dataset: Dataset) -> tuple[Tensor, ...]:
        seen = identifying.ready(model.problem, dataset)
        return tuple(_laid_out(each, outside) for each in inputs.tensors(seen)[:count])

    example = tensors(made.rows(model.problem.inputs, EXAMPLES))
    names = tuple(NAMES.get(each.dtype, f"input{place}") for place, each in enumerate(example))
    preparation = {
        **inputs.to_json(),
        **(PICTURES if any(map(is_picture, example)) else {}),
        **SHOWN[model.problem.cut],
    }
    cut = {
        name: {each.ndim - 1: "places"}
        for name, each in zip(names, example, strict=True)
        if outside is not None and each.dtype == torch.int32
    }
    return Graph(
        Answering(network, answers.last).eval(),
        example,
        names,
        answers.outputs,
        tensors,
        answers.predict(tensors),
        preparation,
        answers.meaning,
        cut | answers.longer,
    )


def _laid_out(given: Tensor, outside: int | None) -> Tensor:
    """An input as the graph reads it: channels last, pieces no longer than the longest row of the batch."""
    if is_picture(given):
        return given.permute(0, 2, 3, 1).contiguous()
    if outside is not None and given.dtype == torch.int32:
        some = (given != outside).flatten(0, -2).any(dim=0).nonzero()
        return given[..., : int(some.max()) + 1 if len(some) else 1].contiguous()
    return given


def _still(model: Any) -> Any:
    """The model on the processor; itself where it is there already."""
    where = next(model.parameters()).device
    return model if where.type == "cpu" else copy.deepcopy(model).cpu()
