"""What comes out: the classes that training had, or a number's scale; how answers become predictions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.errors import TrainingError
from fathom.messages import phrase
from fathom.tasks.predictions import Labels, Numbers

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """The target as estimators see it: positions among the classes present in training, or standardised numbers.

    `classes` are all labels the problem knows (none: a number is predicted), `present` the positions of those
    that training had, `counts` their rows; `centre` and `scale` standardise a number.

    >>> outcome = Outcome.of(("bird", "cat", "dog"), np.array([2, 0, 2]))
    >>> outcome.encode(np.array([0, 2, 1])).tolist()
    [0, 1, -1]
    >>> outcome.labels(np.array([[0.25, 0.75]])).probabilities.tolist()
    [[0.25, 0.0, 0.75]]
    """

    classes: tuple[str, ...]
    present: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    centre: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, classes: tuple[str, ...], truth: npt.NDArray[Any]) -> Self:
        """The outcome of training rows with this truth (class positions or numbers, none missing)."""
        if len(truth) == 0:
            raise TrainingError(
                phrase("No training row has a target."), remedy=phrase("Fill in the column to predict.")
            )
        if not classes:
            scale = float(truth.std())
            return cls((), centre=float(truth.mean()), scale=scale if scale > 0 else 1.0)
        present, counts = np.unique(truth, return_counts=True)
        return cls(classes, tuple(present.tolist()), tuple(counts.tolist()))

    @property
    def labels_known(self) -> int:
        """How many classes training had; 0 for numbers."""
        return len(self.present)

    @property
    def settled(self) -> bool:
        """Whether training had a single class, so that nothing is left to learn."""
        return bool(self.classes) and len(self.present) == 1

    @property
    def shares(self) -> Floats:
        """Each present class's share of the training rows, float64 [present]."""
        counts = np.array(self.counts, dtype=np.float64)
        shares: Floats = counts / counts.sum()
        return shares

    def encode(self, truth: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Positions among the present classes (int64, -1: not present), or standardised numbers (float64)."""
        if not self.classes:
            standardised: Floats = (truth - self.centre) / self.scale
            return standardised
        position = np.full(len(self.classes) + 1, -1, dtype=np.int64)  # the last entry answers for -1
        position[list(self.present)] = np.arange(len(self.present))
        found: npt.NDArray[np.int64] = position[truth]
        return found

    def labels(self, probabilities: Floats) -> Labels:
        """Labels from probabilities [rows, present]; a class that training did not have gets probability 0."""
        total = probabilities.sum(axis=1, keepdims=True)
        if len(self.present) == len(self.classes):
            return Labels(self.classes, probabilities / total)
        full = np.zeros((len(probabilities), len(self.classes)))
        full[:, list(self.present)] = probabilities / total
        return Labels(self.classes, full)

    def numbers(self, standardised: Floats) -> Numbers:
        """Numbers in the target's unit from standardised ones [rows]."""
        return Numbers(standardised * self.scale + self.centre)

    def predictions(self, answers: Floats) -> Labels | Numbers:
        """Labels from probabilities [rows, present], or numbers from standardised ones [rows]."""
        return self.labels(answers) if self.classes else self.numbers(answers)

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The outcome that `to_json` described."""
        lists = {name: tuple(data[name]) for name in ("classes", "present", "counts")}
        return cls(**{**data, **lists})


def softmax(logits: Floats) -> Floats:
    """Probabilities [rows, classes] from logits.

    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities


def log_loss(answers: Floats, truth: npt.NDArray[np.int64]) -> float:
    """Mean log-loss of probabilities [rows, present] over the rows whose class is among them (0 without such rows)."""
    known = np.flatnonzero(truth >= 0)
    if len(known) == 0:
        return 0.0
    return float(-np.log(np.maximum(answers[known, truth[known]], 1e-7)).mean())


def loss(outcome: Outcome, answers: Floats, truth: npt.NDArray[Any]) -> float:
    """What choosing minimises: log-loss and share of wrong labels, or the mean squared error of standardised numbers.

    Log-loss alone prefers answers so smooth that they cost accuracy; wrong labels alone are too coarse on few rows.
    """
    if outcome.classes:
        known = truth >= 0
        wrong = float(np.mean(answers[known].argmax(axis=1) != truth[known])) if known.any() else 0.0
        return log_loss(answers, truth) + wrong
    return float(np.mean((answers - truth) ** 2)) if len(truth) else 0.0
