"""What forecasts are made of: trend, season, and what columns that are known ahead add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
WAYS = ("times", "added", "none")


@dataclass(frozen=True)
class Parts:
    """The parts of forecasts, in the unit of each series; together they are the medians.

    A median is `trend` times `season`, or `trend` plus `season`, plus the sum of `known`; `way`, object [rows], says
    which: "times", "added", or "none", where no season is sure. `trend`, `season`: float64 [rows, steps]; `known`:
    float64 [rows, steps, columns], of the columns `names`. `before`: float64 [rows, past steps], the trend of the
    history up to its last value; NaN before a series begins.

    >>> one = Parts(np.array(["added"], dtype=object), *np.array([[[3.0]], [[1.0]]]), np.array([[[0.5]]]), ("price",),
    ...     np.array([[2.0, 2.5]]))
    >>> one.whole().tolist()
    [[4.5]]
    """

    way: npt.NDArray[np.object_]
    trend: Floats
    season: Floats
    known: Floats
    names: tuple[str, ...]
    before: Floats

    def __len__(self) -> int:
        return len(self.trend)

    def whole(self) -> Floats:
        """The parts put together again, float64 [rows, steps]."""
        times = (self.way == "times")[:, None]
        put: Floats = np.where(times, self.trend * self.season, self.trend + self.season) + self.known.sum(axis=2)
        return put

    def record(self, row: int, back: int) -> dict[str, Any]:
        """The parts of one row as plain JSON data, with the trend of so many of its last steps.

        `seasonal`, `trend` and `season` (a number a step ahead; no `season` where none is sure), `known` (the same for
        each column that adds anything), `before` (the trend of the last steps).
        """
        before = self.before[row, self.before.shape[1] - min(back, self.before.shape[1]) :]
        known = {name: self.known[row, :, place].tolist() for place, name in enumerate(self.names)}
        sure = {} if self.way[row] == "none" else {"season": self.season[row].tolist()}
        return {
            "seasonal": str(self.way[row]),
            "trend": self.trend[row].tolist(),
            **sure,
            "known": {name: added for name, added in known.items() if any(added)},
            "before": before[np.isfinite(before)].tolist(),
        }
