"""A linear border as a function to descend: its loss and gradient, and a solver that keeps a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize
from threadpoolctl import threadpool_limits

from fathom.classical.outcome import softmax
from fathom.classical.products import Matrix, Products
from fathom.classical.quasi_newton import minimised
from fathom.learner import Run

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Loss:
    """What is descended, summed over rows: its value and slope by the logits [rows, width], and its bend there."""

    slope: Callable[[Floats, Codes], tuple[float, Floats]]
    bend: Callable[[Floats, Codes], Floats]


STEPS_EXPECTED = 60  # evaluations that a useful solution takes; the rows are cut so that they fit
SHARE_KEPT = 0.15  # of the time at the start, kept for what comes after


class Descent:
    """Mean loss over the rows plus an L2 penalty; two classes take one column of weights, more take one each.

    `x`: float [rows, features], dense or sparse (calculated in float32); `y`: int64 [rows], all in 0..classes-1, or
    [rows, classes] of 0 and 1 where a row can have several classes, each by itself.
    `loss`: log-loss if nothing else is said. `scale` (float32 [features, width]): how far each weight's unit reaches;
    the penalty counts weights in these units.
    Where one evaluation is slow for the time left, a random share of the rows is learned from.
    """

    def __init__(
        self,
        x: Matrix,
        y: Codes,
        classes: int,
        run: Run,
        loss: Loss | None = None,
        scale: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self.classes, self.scale = classes, scale
        self.width = 1 if classes <= 2 and y.ndim == 1 else classes
        self.loss = loss or (LOG_LOSS_OF_EACH if y.ndim > 1 else LOG_LOSS_OF_TWO if self.width == 1 else LOG_LOSS)
        self.deadline = run.deadline - SHARE_KEPT * max(min(run.remaining(), 60.0), 0.0)
        self.features = x.shape[1]
        self.x, self.y = Products(x), y
        rows = self._affordable(run)
        if rows < self.x.rows:
            chosen = np.sort(np.random.default_rng(run.seed).permutation(len(y))[:rows])
            self.x, self.y = self.x.take(chosen), y[chosen]

    def _affordable(self, run: Run) -> int:
        """Rows whose evaluation fits, many times over, into the time left; from timing a share of them."""
        rows = self.x.rows
        if not np.isfinite(run.deadline) or rows < 2_000:
            return rows
        whole_x, whole_y = self.x, self.y
        part = max(rows // 10, 1_000)
        self.x, self.y = whole_x.take(slice(part)), whole_y[:part]
        weights = np.zeros((self.features + 1) * self.width)
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
        weights = np.zeros((self.features + 1, self.width))
        logs = np.log(shares)
        if len(shares) > 1:
            weights[-1] = logs[1] - logs[0] if self.width == 1 else logs
        return weights

    def solve(self, weights: Floats, strength: float, iterations: int) -> Floats:
        """Descend from `weights`, for at most so many iterations or until the time is up."""
        penalty = 1.0 / (strength * self.x.rows)
        if self.x.sparse:
            return self._solve_sparse(weights, penalty, iterations)
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

    def _solve_sparse(self, weights: Floats, penalty: float, iterations: int) -> Floats:
        """The same for many weights, whose features differ so much in frequency that curvature must be told."""
        scaled = self._scaled(weights[:-1])
        bend = self.loss.bend(self.x.ahead(scaled) + weights[-1], self.y) / self.x.rows
        squares = self._scaled(self._scaled(self.x.squares_back(bend))) + penalty
        curvature = np.vstack([squares, bend.sum(axis=0) + penalty]).astype(np.float64)

        def valued(flat: Floats) -> tuple[float, Floats]:
            return self._loss(flat, penalty)

        with threadpool_limits(1, user_api="blas"):  # sums this short wait more than they add on several threads
            found = minimised(valued, weights.ravel(), curvature.ravel(), iterations, lambda: self.out_of_time)
        return found.reshape(weights.shape)

    def _loss(self, flat: Floats, penalty: float) -> tuple[float, Floats]:
        weights = flat.reshape(-1, self.width)
        value, slope = self.loss.slope(self.x.ahead(self._scaled(weights[:-1])) + weights[-1], self.y)
        slope /= self.x.rows
        gradient = np.empty_like(weights)
        gradient[:-1] = self._scaled(self.x.back(slope))
        gradient[:-1] += penalty * weights[:-1]
        gradient[-1] = slope.sum(axis=0)
        value = value / self.x.rows + 0.5 * penalty * float((weights[:-1] ** 2).sum())
        return value, gradient.ravel()

    def _scaled(self, weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return weights if self.scale is None else weights * self.scale

    def weights(self, found: Floats) -> Floats:
        """The weights of the features themselves from those that were found."""
        return np.vstack([self._scaled(found[:-1]), found[-1:]])


def _two(logits: Floats, y: Codes) -> tuple[float, Floats]:
    """Summed log-loss of two classes and its slope by the logits [rows, 1]."""
    sign = np.where(y[:, None] == 1, -1.0, 1.0)
    value = float(np.logaddexp(0.0, sign * logits).sum())
    return value, sign / (1.0 + np.exp(np.clip(-sign * logits, -500, 500)))


def _many(logits: Floats, y: Codes) -> tuple[float, Floats]:
    """Summed log-loss of several classes and its slope by the logits [rows, classes]."""
    rows = np.arange(len(y))
    logits -= logits.max(axis=1, keepdims=True)
    slope = np.exp(logits)
    total = slope.sum(axis=1, keepdims=True)
    value = float(np.log(total).sum() - logits[rows, y].sum())
    slope /= total
    slope[rows, y] -= 1.0
    return value, slope


def _each(logits: Floats, y: Codes) -> tuple[float, Floats]:
    """Summed log-loss of each class by itself and its slope by the logits, `y` and logits [rows, classes]."""
    sign = 1.0 - 2.0 * y
    return float(np.logaddexp(0.0, sign * logits).sum()), sign / (1.0 + np.exp(np.clip(-sign * logits, -500, 500)))


def _bend_of_two(logits: Floats, y: Codes) -> Floats:
    share = 1.0 / (1.0 + np.exp(np.clip(-logits, -500, 500)))
    bend: Floats = share * (1 - share)
    return bend


def _bend(logits: Floats, y: Codes) -> Floats:
    shares = softmax(logits)
    bend: Floats = shares * (1 - shares)
    return bend


def _short(logits: Floats, y: Codes) -> tuple[Floats, Floats]:
    """On which side of the border each row belongs, and how far short of a margin of one it is, never below 0."""
    side = np.full(logits.shape, -1.0)
    if logits.shape[1] == 1:
        side[y == 1] = 1.0
    else:
        side[np.arange(len(y)), y] = 1.0
    return side, np.maximum(1.0 - side * logits, 0.0)


def _squared_hinge(logits: Floats, y: Codes) -> tuple[float, Floats]:
    side, short = _short(logits, y)
    return float((short**2).sum()), -2.0 * side * short


def _bend_of_hinge(logits: Floats, y: Codes) -> Floats:
    bend: Floats = np.where(_short(logits, y)[1] > 0, 2.0, 0.0)
    return bend


LOG_LOSS_OF_TWO, LOG_LOSS = Loss(_two, _bend_of_two), Loss(_many, _bend)
LOG_LOSS_OF_EACH = Loss(_each, _bend_of_two)
SQUARED_HINGE = Loss(_squared_hinge, _bend_of_hinge)  # each class against the rest (Fan et al. 2008)
