"""Calibration on validation rows: probabilities that mean what they say, intervals that hold what they promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from fathom.tasks.predictions import Labels, Numbers, Predictions

COVERAGE = 0.9
FEWEST_ROWS = 20  # below, a temperature would follow chance
COLDEST, HOTTEST = 0.1, 10.0


def fit(truth: npt.NDArray[Any], predictions: Predictions) -> dict[str, float]:
    """What to correct, learned from the validation rows: a temperature for labels, a half width for numbers.

    Empty where there are too few rows to learn it from.

    >>> fit(np.arange(99.0), Numbers(np.zeros(99)))
    {'half_width': 89.0, 'coverage': 0.9}
    """
    if isinstance(predictions, Labels):
        return _temperature(truth, predictions)
    return _half_width(truth, predictions)


def _temperature(truth: npt.NDArray[np.int64], labels: Labels) -> dict[str, float]:
    """The temperature that makes the truth most probable (Guo et al. 2017); 1.0 leaves the probabilities alone."""
    known = truth >= 0
    if known.sum() < FEWEST_ROWS:
        return {}
    logits = np.log(np.clip(labels.probabilities[known], 1e-7, 1.0))
    rows = np.arange(len(logits))

    def loss(log_temperature: float) -> float:
        scaled = logits / math.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[rows, truth[known]]))

    found = minimize_scalar(loss, bounds=(math.log(COLDEST), math.log(HOTTEST)), method="bounded")
    return {"temperature": math.exp(found.x)} if found.fun < loss(0.0) else {}


def _half_width(truth: npt.NDArray[np.float64], numbers: Numbers) -> dict[str, float]:
    """The error that `COVERAGE` of new rows stay within (split conformal, Lei et al. 2018)."""
    errors = np.sort(np.abs(truth - numbers.values)[np.isfinite(truth)])
    rank = math.ceil((len(errors) + 1) * COVERAGE)
    if rank > len(errors):  # too few rows to promise anything
        return {}
    return {"half_width": float(errors[rank - 1]), "coverage": COVERAGE}
