"""Which family is in front with more rows, and where the lead changes hands."""

from __future__ import annotations

import numpy as np

from fathom.protocol.curve import LEVEL, Outlook
from fathom.tasks.predictions import Floats


def crossings(ahead: Floats, rows: Floats) -> Floats:
    """Where a lead first changes its sign from what it was at the first size: float64[D], infinite where it does not.

    `ahead`: float64[D, Q], the lead of deep over classical; `rows`: float64[Q]. Between sizes by the logarithm of rows.

    >>> crossings(np.array([[-1.0, 1.0, 2.0], [1.0, 1.0, 1.0]]), np.array([100.0, 400.0, 1600.0])).round(6).tolist()
    [200.0, inf]
    """
    turned = (ahead > 0) != (ahead[:, :1] > 0)
    first = turned.argmax(axis=1)
    every = np.arange(len(ahead))
    before, after = ahead[every, np.maximum(first - 1, 0)], ahead[every, first]
    share = before / np.where(before == after, 1.0, before - after)
    place = np.log(rows)
    at = np.exp(place[np.maximum(first - 1, 0)] + share * (place[first] - place[np.maximum(first - 1, 0)]))
    return np.where(turned.any(axis=1), at, np.inf)


def outlook(ahead: Floats, fitted: Floats, rows: Floats, margin: float) -> Outlook:
    """The outlook from draws of the lead of the best deep contender over the best classical one, float64[D, Q].

    `ahead`: of the expected scores; `fitted`: of single trained models, with their seeds' noise.
    """
    crossed = crossings(ahead, rows)
    tail = (1 - LEVEL) / 2
    places = np.quantile(crossed, [0.5, tail, 1 - tail], method="inverted_cdf")
    told = tuple(float(place) if np.isfinite(place) else None for place in places)
    return Outlook(
        rows=[float(size) for size in rows],
        deep_ahead=[round(float(value), 4) for value in (fitted > 0).mean(axis=0)],
        deep_wins=[round(float(value), 4) for value in (fitted >= margin).mean(axis=0)],
        crosses=round(float(np.isfinite(crossed).mean()), 4),
        crossing=None if told[0] is None else (told[0], told[1], told[2]),
    )
