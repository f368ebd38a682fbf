"""A linear support vector machine with squared hinge loss, in the primal, from a given start (after Chapelle 2007)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

MOST_STEPS = 40


class _Late(Exception):
    """The time is up."""


def fit(
    x: Singles, positive: npt.NDArray[np.bool_], strength: float, start: Floats, remaining: Callable[[], float]
) -> Floats:
    """Weights and, last, a bias, float64 [features + 1], of the least penalised loss; positives weigh as all others.

    `strength`: what the losses count for beside the weights' squares. Where no time remains, the best so far.

    >>> x = np.array([[1.0], [2.0], [-1.0], [-2.0]], dtype=np.float32)
    >>> weights = fit(x, np.array([True, True, False, False]), 10.0, np.zeros(2), lambda: 1.0)
    >>> bool(weights[0] > 0.9)
    True
    """
    sign = np.where(positive, 1.0, -1.0)
    balance = np.where(positive, 0.5 / max(positive.sum(), 1), 0.5 / max((~positive).sum(), 1)) * len(x) * strength
    best = start.copy()

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = x @ weights[:-1].astype(np.float32) + weights[-1]
        short = np.maximum(0.0, 1.0 - sign * score)
        pull = -2.0 * balance * sign * short
        slope = np.append(weights[:-1] + x.T @ pull.astype(np.float32), pull.sum())
        return 0.5 * float(weights[:-1] @ weights[:-1]) + float(balance @ short**2), slope

    def keep(weights: Floats) -> None:
        best[:] = weights
        if remaining() < 0:
            raise _Late

    try:
        found = minimize(loss, start, jac=True, method="L-BFGS-B", callback=keep, options={"maxiter": MOST_STEPS})
    except _Late:
        return best
    weights: Floats = found.x
    return weights
