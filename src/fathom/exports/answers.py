"""What comes out of a graph, by kind of output: its name, what finishes it inside the graph, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from fathom import catalog
from fathom.errors import ExportError
from fathom.exports.graph import Arrays
from fathom.messages import phrase
from fathom.model import Model, calibrated
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers, Predictions

SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class Answers:
    """`finish` makes the outputs called `outputs` of what a head answers; `said` makes predictions of them."""

    finish: nn.Module
    outputs: tuple[str, ...]
    said: Callable[[Arrays, tuple[Tensor, ...]], Predictions]


class Tempered(nn.Module):
    """Probabilities [rows, classes] sharpened or flattened by a temperature, as `calibrated` does it; float32.

    >>> Tempered(1.0)(torch.tensor([[0.25, 0.75]])).tolist()
    [[0.25, 0.75]]
    """

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, probabilities: Tensor) -> Tensor:
        """Probabilities that sum to one."""
        if self.temperature != 1.0:
            powers = probabilities.clamp(SMALLEST_PROBABILITY, 1.0).pow(1.0 / self.temperature)
            probabilities = powers / powers.sum(dim=1, keepdim=True)
        return probabilities.float()


class Single(nn.Module):
    """Answers in float32."""

    def forward(self, answers: Tensor) -> Tensor:
        """The same answers."""
        return answers.float()


def answers_of(model: Model) -> Answers:
    """What comes out for the model's task; an ExportError where no graph gives it."""
    row = catalog.task(model.problem.task)
    if row.output not in ANSWERS:
        raise ExportError(
            phrase("What a model for {task} answers cannot be written as ONNX.", task=row.name),
            remedy=phrase("Serve it with `fathom serve`; models that answer with labels or numbers can be exported."),
        )
    return ANSWERS[row.output](model)


def _labels(model: Model) -> Answers:
    def said(found: Arrays, given: tuple[Tensor, ...]) -> Labels:
        wide = found[0].astype(np.float64)
        return Labels(model.problem.classes, wide / wide.sum(axis=1, keepdims=True))

    return Answers(Tempered(model.calibration.get("temperature", 1.0)), ("probabilities",), said)


def _label_sets(model: Model) -> Answers:
    def said(found: Arrays, given: tuple[Tensor, ...]) -> Predictions:
        sets = LabelSets.of(model.problem.sets, found[0].astype(np.float64).clip(0.0, 1.0))
        return calibrated(sets, model.calibration)

    return Answers(Single(), ("probabilities",), said)


def _numbers(model: Model) -> Answers:
    def said(found: Arrays, given: tuple[Tensor, ...]) -> Predictions:
        return calibrated(Numbers(found[0].astype(np.float64)), model.calibration)

    return Answers(Single(), ("number",), said)


ANSWERS: dict[str, Callable[[Model], Answers]] = {"label": _labels, "labels": _label_sets, "number": _numbers}
