"""Columns that know the future: what is called known is what is to be forecast, or a past column runs ahead of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.data.finding import Finding
from fathom.data.series.horizon import Horizon
from fathom.data.series.panel import Panel
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]
SAME = 0.999  # correlation of changes from which two columns are one
LOOKED = 20  # series
LONGEST = 3_000  # values of each
FARTHEST = 60  # steps that a column may run ahead
FEWEST = 20  # values to compare


def leaks(panel: Panel, horizon: Horizon, until: npt.NDArray[np.int64]) -> list[Finding]:
    """A warning for each column that holds values that are yet to come.

    `until`: int64 [series], how many values of each train; no others are looked at. A column that is known ahead must
    not hold the values that are forecast, shifted by less than the horizon; a past one none that come after it.
    """
    farthest = min(horizon.ahead, FARTHEST)
    found = []
    for number, name in enumerate(horizon.known):
        shift = _shift(panel, panel.known[:, number], until, range(-farthest + 1, farthest + 1))
        if shift is not None:
            what = phrase(
                "{name}: said to be known ahead, but it holds the values to forecast, {shift} steps away",
                name=name,
                shift=abs(shift),
            )
            remedy = phrase("Leave it out with --drop {name}, or do not name it with --known.", name=name)
            found.append(Finding("warning", what, (name,), (), remedy))
    for number, name in enumerate(horizon.past):
        shift = _shift(panel, panel.past[:, number], until, range(1, farthest + 1))
        if shift is not None:
            what = phrase(
                "{name}: holds the values to forecast {shift} steps before they are there", name=name, shift=shift
            )
            remedy = phrase("Leave it out with --drop {name}: it would not be known in time.", name=name)
            found.append(Finding("warning", what, (name,), (), remedy))
    return found


def _shift(panel: Panel, column: Floats, until: npt.NDArray[np.int64], shifts: range) -> int | None:
    """The steps by which the column runs ahead of the values, where it is a copy of them in most series looked at."""
    looked = np.unique(np.linspace(0, len(panel) - 1, min(LOOKED, len(panel))).astype(np.int64))
    pairs = []
    for number in looked:
        start = int(panel.offsets[number])
        at = slice(max(start, start + int(until[number]) - LONGEST), start + int(until[number]))
        seen = np.where(panel.seen[at], panel.values[at], np.nan)
        pairs.append((np.diff(seen), np.diff(column[at])))
    for shift in shifts:
        alike = [same for values, others in pairs if (same := _alike(values, others, shift)) is not None]
        if alike and float(np.mean(alike)) > 0.5:
            return shift
    return None


def _alike(values: Floats, others: Floats, shift: int) -> bool | None:
    """Whether the others are the values so many steps later; None where there is too little to tell by."""
    size = len(values) - abs(shift)
    if size < FEWEST:
        return None
    one, other = (values[shift:], others[:size]) if shift >= 0 else (values[:size], others[-shift:])
    there = np.isfinite(one) & np.isfinite(other)
    one, other = one[there], other[there]
    if len(one) < FEWEST or one.std() == 0 or other.std() == 0:
        return None
    return bool(abs(np.corrcoef(one, other)[0, 1]) >= SAME)
