"""Probabilities from scores: one slope and a small shift for each class (after Platt 1999)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from fathom.classical.outcome import softmax

Floats = npt.NDArray[np.float64]

SLOPE, SHIFT_PENALTY = 2.0, 1.0  # the slope without rows to fit it on; how many rows a shift must outweigh


def fit(scores: Floats, truth: npt.NDArray[np.int64]) -> Floats:
    """Slope and shifts, float64 [1 + classes], of the lowest log-loss on scores [rows, classes].

    >>> scores = np.array([[1.0, -1.0], [-1.0, 1.0], [0.5, -0.5], [0.1, -0.1]])
    >>> bool(fit(scores, np.array([0, 1, 0, 1]))[0] > 0)
    True
    """
    rows = np.flatnonzero(truth >= 0)
    start = np.concatenate([[np.log(SLOPE)], np.zeros(scores.shape[1])])
    if len(rows) == 0:
        return np.concatenate([[SLOPE], start[1:]])
    scores, truth = scores[rows], truth[rows]
    line = np.arange(len(rows))

    def trouble(theta: Floats) -> tuple[float, Floats]:
        slope, shift = np.exp(theta[0]), theta[1:]
        gap = probabilities(scores, np.concatenate([[slope], shift]))
        value = -np.log(np.maximum(gap[line, truth], 1e-12)).sum() + SHIFT_PENALTY / 2 * (shift @ shift)
        gap[line, truth] -= 1
        value += 0.5 * (theta[0] - start[0]) ** 2  # keeps the slope finite where all rows are right
        return value, np.concatenate(
            [[slope * (gap * scores).sum() + theta[0] - start[0]], gap.sum(axis=0) + SHIFT_PENALTY * shift]
        )

    found: Any = optimize.minimize(
        trouble, start, jac=True, method="L-BFGS-B", bounds=[(-5, 6)] + [(-20, 20)] * scores.shape[1]
    )
    return np.concatenate([[np.exp(found.x[0])], found.x[1:]])


def probabilities(scores: Floats, slope_and_shifts: Floats) -> Floats:
    """Probabilities [rows, classes] of scores."""
    return softmax(slope_and_shifts[0] * scores + slope_and_shifts[1:])
