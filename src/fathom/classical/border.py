"""A straight border held by the hardest rows: linear support vector machines, for n-grams (Joachims 1998)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical import platt
from fathom.classical.descent import SQUARED_HINGE
from fathom.classical.lesson import Lesson
from fathom.classical.outcome import loss
from fathom.classical.products import Matrix, answers
from fathom.classical.words import best_of_text
from fathom.learner import Run
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

ITERATIONS = 200  # at most, for each slack


@dataclass(frozen=True)
class Border:
    """Weights [features + 1, classes or 1] of a squared hinge loss, each class against the rest."""

    weights: Floats

    def scores(self, x: Matrix) -> Floats:
        """A score for each class, float64 [rows, classes].

        >>> Border(np.array([[2.0], [1.0]])).scores(np.array([[1.0]])).tolist()
        [[-1.5, 1.5]]
        """
        found = answers(x, self.weights)
        return np.hstack([-found / 2, found / 2]) if found.shape[1] == 1 else found

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The weights, by name."""
        return {"weights": self.weights}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]], *, features: int, classes: int) -> Self:
        """The border that `to_arrays` wrote; a ValueError where it has not the right size."""
        if arrays["weights"].shape != (features + 1, classes if classes > 2 else 1):
            raise ValueError(phrase("weights and features differ in number"))
        return cls(arrays["weights"])


def border_of(lesson: Lesson, run: Run, slacks: Sequence[float]) -> tuple[Border | None, Floats]:
    """The border of the lowest validation loss and what makes its scores probabilities; None for a single class."""
    if lesson.outcome.settled:
        return None, np.zeros(0)

    def scaling(weights: Floats) -> Floats:
        return platt.fit(Border(weights).scores(lesson.valid_x), lesson.valid_y)

    def judge(weights: Floats) -> float:
        said = platt.probabilities(Border(weights).scores(lesson.valid_x), scaling(weights))
        return loss(lesson.outcome, said, lesson.valid_y)

    weights = best_of_text(lesson, run, slacks, ITERATIONS, goal=SQUARED_HINGE, judge=judge)
    return Border(weights), scaling(weights)
