"""What series are made of: trend, season and the effects of known columns, as plain data for a report."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.effects import Effects
from fathom.classical.forecasting.past import past
from fathom.classical.forecasting.seasonal import seasons
from fathom.data.dataset import Dataset
from fathom.data.series.windows import Stretch, stretches
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
MOST_SERIES, MOST_STEPS = 4, 400


def components(train: Dataset, problem: Problem, effects: Effects) -> dict[str, Any]:
    """The parts of the largest training series, and what known columns add, as plain JSON data.

    `series`: for each `name`, `start` (ISO stamp of the first value), `trend` (a number a step), `season` (a number for
    each place, the first that of the step after the last), `seasonal`: "times" where the season multiplies the trend,
    "added" where it is added, "none" where none is sure. `known`: for each column what one more of it adds, in units of
    what seasonal naive is off.
    """
    assert problem.horizon is not None
    found = sorted(stretches(train, problem), key=lambda each: -float(np.nansum(np.abs(each.values))))
    named: dict[str, Stretch] = {}
    for each in found:
        named.setdefault(each.series, each)
    shown = [_parts(each, problem.horizon.season) for each in list(named.values())[:MOST_SERIES]]
    gains = dict(zip(problem.horizon.known, effects.gain.tolist(), strict=True))
    return {
        "series": shown,
        "step": problem.horizon.step,
        "known": {name: gain for name, gain in gains.items() if gain},
    }


def _parts(one: Stretch, season: int) -> dict[str, Any]:
    values = one.values[-MOST_STEPS:]
    parted = seasons(past(values[None, :]), season)
    rest = np.nan_to_num(parted.rest.values[0])
    width = min(max(season, 5), len(rest))
    times = bool((parted.times != 1).any())
    kind = "times" if times else "added" if parted.added.any() else "none"
    return {
        "name": one.series,
        "start": str(one.start),
        "skipped": len(one.values) - len(values),
        "trend": [float(f"{each:.6g}") for each in smooth(rest, width)],
        "season": [float(f"{each:.6g}") for each in (parted.times if times else parted.added)[0]],
        "seasonal": kind,
    }


def smooth(values: Floats, width: int) -> Floats:
    """The mean of so many values around each; of fewer at the ends."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    low = np.maximum(np.arange(len(values)) - width // 2, 0)
    high = np.minimum(np.arange(len(values)) + (width + 1) // 2, len(values))
    smooth: Floats = (total[high] - total[low]) / np.maximum(high - low, 1)
    return smooth
