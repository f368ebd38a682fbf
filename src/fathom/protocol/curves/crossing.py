"""Which family is in front with more rows, and where the lead changes hands."""

from __future__ import annotations

import numpy as np

from fathom.protocol.curves.curve import LEVEL, Outlook
from fathom.tasks.predictions import Floats

EVEN = 0.5


def crossings(ahead: Floats, rows: Floats, first: bool | None = None) -> Floats:
    """The rows from which on the lead is another's than at first, to the end: float64[D], infinite where it is not.

    `ahead`: float64[D, Q], the lead of deep over classical; `rows`: float64[Q]. `first`: whether deep leads at first,
    None: what most draws say of the first size; a draw that says otherwise has crossed there already. A lead that
    changes hands and comes back does not count: nobody would change the family for it. Between sizes by the logarithm
    of rows.

    >>> crossings(np.array([[-1.0, 1.0, 2.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, -1.0]]), np.array([100, 400, 1600]))
    array([200.,  inf,  inf])
    """
    leads = np.median(ahead[:, 0] > 0) > 0.5 if first is None else first
    turned = (ahead > 0) != leads
    start = ahead.shape[1] - np.logical_and.accumulate(turned[:, ::-1], axis=1).sum(axis=1)
    every, inside = np.arange(len(ahead)), np.minimum(start, ahead.shape[1] - 1)
    earlier = np.maximum(inside - 1, 0)
    before, after = ahead[every, earlier], ahead[every, inside]
    share = np.clip(before / np.where(before == after, 1.0, before - after), 0.0, 1.0)
    place = np.log(rows)
    at = np.exp(place[earlier] + np.where(inside > 0, share, 0.0) * (place[inside] - place[earlier]))
    return np.where(start < ahead.shape[1], at, np.inf)


def outlook(ahead: Floats, fitted: Floats, rows: Floats, margin: float) -> Outlook:
    """The outlook from draws of the lead of the best deep contender over the best classical one, float64[D, Q].

    `ahead`: of the expected scores; `fitted`: of single trained models, with their seeds' noise.
    """
    deep_ahead = [round(float(value), 4) for value in (fitted > 0).mean(axis=0)]
    crossed = crossings(ahead, rows, deep_ahead[0] > EVEN)
    tail = (1 - LEVEL) / 2
    places = np.quantile(crossed, [0.5, tail, 1 - tail], method="inverted_cdf")
    told = tuple(float(place) if np.isfinite(place) else None for place in places)
    return Outlook(
        rows=[float(size) for size in rows],
        deep_ahead=deep_ahead,
        deep_wins=[round(float(value), 4) for value in (fitted >= margin).mean(axis=0)],
        crosses=round(float(np.isfinite(crossed).mean()), 4),
        crossing=None if told[0] is None else (told[0], told[1], told[2]),
    )
