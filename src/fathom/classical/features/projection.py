"""Many features on few axes, for learners that measure distances."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MANY = 200  # features; up to here nothing is projected
MOST_AXES = 96
SAMPLE_ROWS, FEWEST_ROWS = 5_000, 300
ROWS_A_SECOND = 100  # of the time left: finding axes must not use it up


def principal_axes(x: npt.NDArray[Any], seconds: float = np.inf) -> Floats:
    """The axes of largest variance (Pearson 1901), float64 [features, axes]; [features, 0] where features are few.

    Found on a share of the rows, a smaller one where few `seconds` are left.
    """
    if x.shape[1] <= MANY or len(x) < 2:
        return np.zeros((x.shape[1], 0))
    rows = int(np.clip(seconds * ROWS_A_SECOND, FEWEST_ROWS, SAMPLE_ROWS))
    sample = x[:: 1 + len(x) // rows].astype(np.float64)
    sample = sample - sample.mean(axis=0)
    if len(sample) < sample.shape[1]:
        values, vectors = np.linalg.eigh(sample @ sample.T)
        axes = sample.T @ vectors[:, ::-1] / np.sqrt(np.maximum(values[::-1], 1e-12))
    else:
        axes = np.linalg.eigh(sample.T @ sample)[1][:, ::-1]
    axes = axes[:, : min(MOST_AXES, len(sample) - 1)]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])  # an eigenvector's sign is arbitrary
    fixed: Floats = np.ascontiguousarray(axes * signs)
    return fixed


def projected(x: npt.NDArray[Any], axes: Floats) -> Floats:
    """Rows on the axes, float64 [rows, axes]; the rows themselves where there are no axes."""
    x = x.astype(np.float64, copy=False)
    return x @ axes if axes.shape[1] else x
