"""Windows to learn from, cut out of the training series wherever there is something to learn, as many as are wanted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon, Stamps
from fathom.data.series.panel import filled
from fathom.data.series.windows import Foresight, Stretch, Windows, stretches

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def examples(train: Dataset, problem: Foresight, lags: int, most: int) -> tuple[Windows, Floats]:
    """Up to `most` windows of `lags` steps with what came next, float64 [rows, ahead]: NaN where nobody saw it.

    Their origins are spread evenly over all that the training series have; a window's steps ahead are those that were
    to be forecast there, so nothing is learned from what was only looked back at.
    """
    horizon = problem.horizon
    assert horizon is not None
    horizon = replace(horizon, context=lags)
    found = stretches(train, problem)
    which, origin = _origins(found, horizon.ahead, most)
    sizes = np.array([len(each.values) for each in found], dtype=np.int64)
    base = np.cumsum(sizes) - sizes
    begin, end = base[which], base[which] + sizes[which]
    values, known, past = (_joined(found, name) for name in ("values", "known", "past"))
    back = (base[which] + origin)[:, None] + np.arange(1 - lags, 1)
    ahead = (base[which] + origin)[:, None] + np.arange(1, horizon.ahead + 1)
    history = _taken(_remembered(values, sizes, horizon.season), back, begin, end)
    seen = Windows(
        horizon,
        np.array([each.series for each in found], dtype=object)[which],
        _stamps(found, horizon, which, origin),
        history,
        np.minimum(origin + 1, lags),
        _taken(known, np.concatenate([back, ahead], axis=1), begin, end),
        _taken(past, back, begin, end),
    )
    return seen, _taken(values, ahead, begin, end)


def last_windows(train: Dataset, problem: Foresight, steps: int) -> Windows:
    """A window for each training series, by name: its last values, up to `steps` of them; nothing is known ahead."""
    horizon = problem.horizon
    assert horizon is not None
    horizon = replace(horizon, context=steps, ahead=1)
    found = list({each.series: each for each in stretches(train, problem)}.values())  # of each the last stretch
    sizes = np.array([len(each.values) for each in found], dtype=np.int64)
    base = np.cumsum(sizes) - sizes
    values, known, past = (_joined(found, name) for name in ("values", "known", "past"))
    back = (base + sizes)[:, None] + np.arange(-steps, 0)
    ahead = (base + sizes)[:, None] + np.arange(1)
    return Windows(
        horizon,
        np.array([each.series for each in found], dtype=object),
        np.full(len(found), np.datetime64("NaT"), dtype="datetime64[us]"),
        _taken(values, back, base, base + sizes),
        np.minimum(sizes, steps),
        _taken(known, np.concatenate([back, ahead], axis=1), base, base + sizes),
        _taken(past, back, base, base + sizes),
    )


def _origins(found: list[Stretch], ahead: int, most: int) -> tuple[Places, Places]:
    """Which series and where in it, for up to `most` origins spread evenly."""
    first = np.array([max(each.first - 1, 0) for each in found], dtype=np.int64)
    count = np.array([len(each.values) - ahead for each in found], dtype=np.int64) - first
    count = np.maximum(count, 0)
    total = int(count.sum())
    flat = np.arange(total) if total <= most else np.linspace(0, total - 1, most).astype(np.int64)
    starts = np.cumsum(count) - count
    which = np.searchsorted(np.cumsum(count), flat, side="right")
    return which, flat - starts[which] + first[which] if total else flat


def _joined(found: list[Stretch], name: str) -> Floats:
    return np.concatenate([getattr(each, name) for each in found]) if found else np.zeros((0,))


def _remembered(values: Floats, sizes: Places, season: int) -> Floats:
    """The values of all stretches with gaps filled as in the histories of windows: by the season before."""
    if not np.isnan(values).any():
        return values
    owner = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return filled(values, owner, place, season)


def _taken(values: Floats, places: Places, begin: Places, end: Places) -> Floats:
    """The values at these places, [rows, steps, ...]; NaN outside of the row's series."""
    inside = (places >= begin[:, None]) & (places < end[:, None])
    taken: Floats = values[np.where(inside, places, 0)] if len(values) else np.full(places.shape, np.nan)
    taken[~inside] = np.nan
    return taken


def _stamps(found: list[Stretch], horizon: Horizon, which: Places, origin: Places) -> Stamps:
    """The stamp of each origin; all series are counted on at once, because months are counted one by one."""
    if not len(which):
        return np.zeros(0, dtype="datetime64[us]")
    starts = np.array([each.start for each in found], dtype="datetime64[us]")
    stamps: Stamps = horizon.stamps(starts, 0, int(origin.max()))[which, origin]
    return stamps
