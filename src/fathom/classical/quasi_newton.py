"""Limited-memory quasi-Newton descent (Liu and Nocedal 1989) for hundreds of thousands of weights.

The same method as SciPy's L-BFGS-B, without bounds: with so many weights, its bookkeeping takes ten times as long as
the products with the data do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.linalg import blas

Floats = npt.NDArray[np.float64]
Valued = Callable[[Floats], tuple[float, Floats]]

MEMORY = 8  # steps that are remembered
ENOUGH = 1e-4  # share of the promised descent that a step must keep (Armijo 1966)
SHORTEST = 2.0**-20
LITTLE, IN_A_ROW = 5e-5, 2  # share of the first value whose descent is too little, and how often


def minimised(
    valued: Valued, start: Floats, curvature: Floats, iterations: int, until: Callable[[], bool] = lambda: False
) -> Floats:
    """Where the convex function `valued` (value and gradient) is lowest, from `start` on; as near as `until` lets it.

    `curvature`: about the second derivative along each weight, above 0.

    >>> def bowl(at):
    ...     return float(((at - 3) ** 2 * [1, 100]).sum()), 2 * (at - 3) * [1, 100]
    >>> minimised(bowl, np.zeros(2), np.array([2.0, 200.0]), 50).round(6).tolist()
    [3.0, 3.0]
    """
    steps: deque[tuple[Floats, Floats, float]] = deque(maxlen=MEMORY)
    at, little = start.copy(), 0
    value, gradient = valued(at)
    enough = LITTLE * abs(value)
    for _ in range(iterations):
        if until():
            break
        direction = _direction(gradient, steps, curvature)
        slope = float(gradient @ direction)
        length = 1.0
        while True:
            there = blas.daxpy(direction, at.copy(), a=length)
            lower, new = valued(there)
            if lower <= value + ENOUGH * length * slope or length < SHORTEST:
                break
            length /= 2
        if not lower < value:
            break
        step, change = there - at, new - gradient
        bend = float(step @ change)
        if bend > 0:
            steps.append((step, change, bend))
        little = little + 1 if value - lower <= enough else 0
        at, value, gradient = there, lower, new
        if little == IN_A_ROW:
            break
    return at


def _direction(gradient: Floats, steps: deque[tuple[Floats, Floats, float]], curvature: Floats) -> Floats:
    """The way down: the gradient, bent by what the last steps have shown of the curvature."""
    down = -gradient
    kept = []
    for step, change, bend in reversed(steps):
        part = float(step @ down) / bend
        kept.append(part)
        blas.daxpy(change, down, a=-part)  # in place: so long an array made anew costs more than adding does
    down /= curvature
    for (step, change, bend), part in zip(steps, reversed(kept), strict=True):
        blas.daxpy(step, down, a=part - float(change @ down) / bend)
    return down
