"""What comes out of a graph, by kind of output: what the graph's last part computes, and how that is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor, nn

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.errors import ExportError
from fathom.exports.graph import Answer, Arrays, in_batches
from fathom.messages import phrase
from fathom.model import Model, calibrated
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers, Predictions

SMALLEST_PROBABILITY = 1e-7

Tensors = Callable[[Dataset], tuple[Tensor, ...]]
Predict = Callable[[Answer, Dataset], Predictions]


@dataclass(frozen=True)
class Answers:
    """`last` makes the outputs of what a network's head put out; `predict(tensors)` is a graph's way to predictions."""

    last: nn.Module
    outputs: tuple[str, ...]
    predict: Callable[[Tensors], Predict]
    meaning: dict[str, Any] = field(default_factory=dict)
    longer: dict[str, dict[int, str]] = field(default_factory=dict)  # axes of outputs that the network decides on


class Plain(nn.Module):
    """What the head answers, in float32."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, outputs: Tensor) -> Tensor:
        """The answers."""
        answers: Tensor = self.head.answer(outputs)  # type: ignore[operator]
        return answers.float()


class Tempered(nn.Module):
    """Probabilities [rows, classes] sharpened or flattened by a temperature, as `calibrated` does it.

    >>> import torch
    >>> Tempered(2.0)(torch.tensor([[0.2, 0.8]])).argmax().item()
    1
    """

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, probabilities: Tensor) -> Tensor:
        """Probabilities that sum to one."""
        if self.temperature == 1.0:
            return probabilities
        powers = probabilities.clamp(SMALLEST_PROBABILITY, 1.0).pow(1.0 / self.temperature)
        return powers / powers.sum(dim=1, keepdim=True)


def answers_of(model: Model, plain: nn.Module) -> Answers:
    """What comes out for the model's task; `plain` makes what a learner answers, before any calibration.

    An ExportError where no graph gives what the task asks for.
    """
    row = catalog.task(model.problem.task)
    if row.output not in ANSWERS:
        raise ExportError(
            phrase("What a model for {task} answers cannot be written as ONNX.", task=row.name),
            remedy=phrase("Serve it with `fathom serve`."),
        )
    return ANSWERS[row.output](model, plain)


def read_labels(model: Model) -> Callable[[Arrays], Labels]:
    """How the probabilities of labels are read."""

    def read(found: Arrays) -> Labels:
        wide = found[0].astype(np.float64)
        return Labels(model.problem.classes, wide / wide.sum(axis=1, keepdims=True))

    return read


def _labels(model: Model, plain: nn.Module) -> Answers:
    last = nn.Sequential(plain, Tempered(model.calibration.get("temperature", 1.0)))
    return Answers(last, ("probabilities",), lambda tensors: in_batches(tensors, read_labels(model)))


def _label_sets(model: Model, plain: nn.Module) -> Answers:
    def read(found: Arrays) -> Predictions:
        sets = LabelSets.of(model.problem.sets, found[0].astype(np.float64).clip(0.0, 1.0))
        return calibrated(sets, model.calibration)

    return Answers(plain, ("probabilities",), lambda tensors: in_batches(tensors, read))


def _numbers(model: Model, plain: nn.Module) -> Answers:
    def read(found: Arrays) -> Predictions:
        return calibrated(Numbers(found[0].astype(np.float64)), model.calibration)

    return Answers(plain, ("number",), lambda tensors: in_batches(tensors, read))


def _boxes(model: Model, plain: nn.Module) -> Answers:
    made: Answers = catalog.load("fathom.exports.boxes:answers")(model)
    return made


def _identities(model: Model, plain: nn.Module) -> Answers:
    made: Answers = catalog.load("fathom.exports.identity:answers")(model, plain)
    return made


ANSWERS: dict[str, Callable[[Model, nn.Module], Answers]] = {
    "label": _labels,
    "labels": _label_sets,
    "number": _numbers,
    "boxes": _boxes,
    "identity": _identities,
}
