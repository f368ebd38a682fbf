"""Complex exponential smoothing (Svetunkov et al. 2022) of all histories at once, over a grid of parameters."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.smoothing import LONGEST, evidence

Floats = npt.NDArray[np.float64]
REAL = tuple(np.round(np.arange(0.2, 1.81, 0.2), 2).tolist())
IMAGINARY = (0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0, 1.003, 1.006)  # far beyond 1 forecasts grow without end
CELLS = 250_000
LARGEST = 1e60  # of an error: a candidate that has run away
COUNT = 3.0  # parameters, that evidence is asked for
LEAST = 1e-10


def complex_smoothed(held: Past, ahead: int) -> Floats:
    """What comes next, float64 [rows, ahead]; candidates are averaged with Akaike weights.

    The history is smoothed together with what it may still say (its potential), as the real and the imaginary part
    of one number: so trends need no state of their own.
    """
    grid = np.array(list(product(REAL, IMAGINARY)))
    width = min(held.values.shape[1], LONGEST)
    values, length = held.values[:, held.values.shape[1] - width :], np.minimum(held.length, width)
    size = max(CELLS // len(grid), 1)
    parts = [_run(values[at : at + size], length[at : at + size], grid, ahead) for at in range(0, len(values), size)]
    return np.concatenate(parts) if parts else np.zeros((0, ahead))


def _run(values: Floats, length: npt.NDArray[np.int64], grid: Floats, ahead: int) -> Floats:
    real, imaginary = grid.T
    rows, width = values.shape
    y = np.nan_to_num(values)
    level, potential, error = (np.zeros((rows, len(grid))) for _ in range(3))
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(width):
            begins = width - length == step
            going = (width - length < step)[:, None]
            off = y[:, [step]] - level
            error += np.where(going, np.minimum(off * off, LARGEST), 0.0)
            higher = level - (1 - imaginary) * potential + (real - imaginary) * off
            further = level + (1 - real) * potential + (real + imaginary) * off
            level = np.where(going, np.clip(higher, -LARGEST, LARGEST), level)
            potential = np.where(going, np.clip(further, -LARGEST, LARGEST), potential)
            if begins.any():
                level[begins] = y[begins, step, None]
                potential[begins] = y[begins, step, None] / real
    count = np.maximum(length - 1, 1)[:, None]
    moved = np.where(np.arange(1, width) > (width - length)[:, None], np.diff(y, axis=1) ** 2, 0.0)
    least = LEAST * moved.sum(axis=1, keepdims=True) / count + 1e-300
    weight = evidence(np.maximum(error / count, least), count, np.full(len(grid), COUNT))
    weight = np.where(np.abs(level) < np.sqrt(LARGEST), weight, 0.0)
    said = np.empty((rows, ahead))
    for step in range(ahead):
        said[:, step] = (weight * np.where(weight > 0, level, 0.0)).sum(axis=1)
        level, potential = level - (1 - imaginary) * potential, level + (1 - real) * potential
    return said
