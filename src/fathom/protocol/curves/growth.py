"""How the seconds of a fit grow with the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TOO_SHORT = 0.25  # seconds; below that it is the start of the work that is measured, and that does not grow
STEEPEST = 3.0  # no learner here is steeper: then it made do with less where there was little time


def growth(rows: Sequence[float], seconds: Sequence[float]) -> float | None:
    """The exponent of seconds in rows: 1 where twice the rows take twice as long.

    The median of the slopes between any two points of different sizes, in logarithms (Theil, 1950; Sen, 1968), with the
    distance between the sizes as weight. None where there are less than two sizes that took long enough to be timed;
    fits without a number are left out. None, too, where it is steeper than any learner.

    >>> growth([100, 200, 400], [0.5, 2.0, 8.0])
    2.0
    """
    sizes, spent = np.asarray(rows, dtype=float), np.asarray(seconds, dtype=float)
    timed = np.isfinite(spent) & (spent > TOO_SHORT)
    if len(np.unique(sizes[timed])) < 2:
        return None
    size, second = np.log(sizes[timed]), np.log(spent[timed])
    one, other = np.triu_indices(len(size), 1)
    apart = size[other] - size[one]
    kept = np.abs(apart) > 1e-9
    slopes = (second[other] - second[one])[kept] / apart[kept]
    order = np.argsort(slopes)
    weight = np.cumsum(np.abs(apart[kept])[order])
    middle = float(slopes[order][np.searchsorted(weight, weight[-1] / 2)])
    return round(max(middle, 0.0), 6) if middle <= STEEPEST else None
