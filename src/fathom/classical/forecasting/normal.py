"""Quantiles of forecasts whose errors are taken for normal: a middle and a spread for each step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from fathom.tasks.forecasts import LEVELS, Forecasts

Floats = npt.NDArray[np.float64]
DEVIATES: Floats = norm.ppf(LEVELS)
DEVIATES[LEVELS.index(0.5)] = 0.0
LARGEST = 1e300  # what is said stays finite, whatever a history holds


def spread(middle: Floats, deviation: Floats) -> Forecasts:
    """Normal quantiles around each step, of middles and standard deviations float64 [rows, steps].

    >>> said = spread(np.array([[10.0]]), np.array([[2.0]]))
    >>> said.values.tolist(), said.level(0.95).round(2).tolist()
    ([[10.0]], [[13.29]])
    """
    middle = np.clip(np.nan_to_num(middle), -LARGEST, LARGEST)
    deviation = np.minimum(np.nan_to_num(deviation), LARGEST)
    return Forecasts(np.clip(middle[:, :, None] + deviation[:, :, None] * DEVIATES, -LARGEST, LARGEST), middle)
