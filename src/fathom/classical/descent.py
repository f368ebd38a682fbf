"""Logistic regression as a function to descend: its loss and gradient, and a solver that keeps a deadline."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from fathom.learner import Run

Floats = npt.NDArray[np.float64]

STEPS_EXPECTED = 60  # evaluations that a useful solution takes; the rows are cut so that they fit
SHARE_KEPT = 0.15  # of the time at the start, kept for what comes after


class Logistic:
    """Mean log-loss over the rows plus an L2 penalty; two classes take one column of weights, more take one each.

    `x`: float [rows, features] (calculated in float32); `y`: int64 [rows], all in 0..classes-1.
    Where one evaluation is slow for the time left, a random share of the rows is learned from.
    """

    def __init__(self, x: npt.NDArray[Any], y: npt.NDArray[np.int64], classes: int, run: Run) -> None:
        self.classes = classes
        self.width = 1 if classes <= 2 else classes
        self.deadline = run.deadline - SHARE_KEPT * max(min(run.remaining(), 60.0), 0.0)
        self.x, self.y = x.astype(np.float32, copy=False), y
        rows = self._affordable(run)
        if rows < len(x):
            chosen = np.sort(np.random.default_rng(run.seed).permutation(len(x))[:rows])
            self.x, self.y = self.x[chosen], y[chosen]

    def _affordable(self, run: Run) -> int:
        """Rows whose evaluation fits, many times over, into the time left; from timing a share of them."""
        rows = len(self.x)
        if not np.isfinite(run.deadline) or rows < 2_000:
            return rows
        whole_x, whole_y = self.x, self.y
        part = max(rows // 10, 1_000)
        self.x, self.y = whole_x[:part], whole_y[:part]
        weights = np.zeros((self.x.shape[1] + 1) * self.width)
        self._loss(weights, 1.0)  # the first call also warms up the matrix library
        start = time.perf_counter()
        self._loss(weights, 1.0)
        seconds = (time.perf_counter() - start) * rows / part
        self.x, self.y = whole_x, whole_y
        return max(int(rows * min(1.0, run.remaining() / (STEPS_EXPECTED * seconds))), 500)

    @property
    def out_of_time(self) -> bool:
        """Whether the solver should not start again."""
        return time.monotonic() >= self.deadline

    def start(self, shares: Floats) -> Floats:
        """Weights [features + 1, width] that answer with the classes' shares."""
        weights = np.zeros((self.x.shape[1] + 1, self.width))
        logs = np.log(shares)
        if len(shares) > 1:
            weights[-1] = logs[1] - logs[0] if self.width == 1 else logs
        return weights

    def solve(self, weights: Floats, strength: float, iterations: int) -> Floats:
        """Descend from `weights`, for at most so many iterations or until the time is up."""
        penalty = 1.0 / (strength * len(self.x))
        best = [weights.ravel()]

        def watch(intermediate_result: optimize.OptimizeResult) -> None:
            best[0] = intermediate_result.x.copy()
            if self.out_of_time:
                raise StopIteration

        optimize.minimize(
            self._loss,
            weights.ravel(),
            args=(penalty,),
            jac=True,
            method="L-BFGS-B",
            callback=watch,
            options={"maxiter": iterations, "gtol": 1e-5, "ftol": 1e-8, "maxcor": 20},
        )
        return best[0].reshape(weights.shape)

    def _loss(self, flat: Floats, penalty: float) -> tuple[float, Floats]:
        weights = flat.reshape(-1, self.width)
        logits = (self.x @ weights[:-1].astype(np.float32)).astype(np.float64) + weights[-1]
        value, slope = _two(logits, self.y) if self.width == 1 else _many(logits, self.y)
        slope /= len(self.x)
        gradient = np.empty_like(weights)
        gradient[:-1] = self.x.T @ slope.astype(np.float32)
        gradient[:-1] += penalty * weights[:-1]
        gradient[-1] = slope.sum(axis=0)
        value = value / len(self.x) + 0.5 * penalty * float((weights[:-1] ** 2).sum())
        return value, gradient.ravel()


def _two(logits: Floats, y: npt.NDArray[np.int64]) -> tuple[float, Floats]:
    """Summed log-loss of two classes and its slope by the logits [rows, 1]."""
    sign = np.where(y[:, None] == 1, -1.0, 1.0)
    value = float(np.logaddexp(0.0, sign * logits).sum())
    return value, sign / (1.0 + np.exp(np.clip(-sign * logits, -500, 500)))


def _many(logits: Floats, y: npt.NDArray[np.int64]) -> tuple[float, Floats]:
    """Summed log-loss of several classes and its slope by the logits [rows, classes]."""
    rows = np.arange(len(y))
    logits -= logits.max(axis=1, keepdims=True)
    slope = np.exp(logits)
    total = slope.sum(axis=1, keepdims=True)
    value = float(np.log(total).sum() - logits[rows, y].sum())
    slope /= total
    slope[rows, y] -= 1.0
    return value, slope
