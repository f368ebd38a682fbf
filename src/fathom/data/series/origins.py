"""From which moments series are forecast: to train by, to validate by, to test by, in this order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fathom.data.series.panel import Panel

Places = npt.NDArray[np.int64]
TRAIN, VALID, TEST = "train", "valid", "test"
SHARES = {TEST: 0.2, VALID: 0.15}  # of the steps of a series of usual length
WANTED = 20  # windows that validate or test; with fewer series their futures overlap
MOST = {TEST: 10_000, VALID: 5_000}
TOGETHER = 0.5  # share of series that end at one moment, from which all are cut at the same moments


@dataclass(frozen=True)
class Origins:
    """Origins of windows: `series`, `place` in it, and `part`, object; [rows] each.

    `together`: whether all series were cut at the same moments, and not each from its own end. `short`: int64, the
    series that are too short to be forecast from anywhere in their past. `steps`: how many steps test. `until`: int64
    [series], how many values of each come before all that validates or tests, in whichever series.
    """

    series: Places
    place: Places
    part: npt.NDArray[np.object_]
    together: bool
    short: Places
    steps: int
    until: Places


def origins_of(panel: Panel, ahead: int, season: int, tested: Places | None = None) -> Origins:
    """The origins that a study needs; no value trains that comes after one that validates, nor that after a test.

    Futures of windows that train do not overlap and end where those that validate begin. `tested`: int64 [series], how
    many of the last steps were given to test on; else a fifth of the steps of a usual series is taken.
    """
    length = panel.length
    usual = int(np.median(length))
    least = max(2, min(season + 1, usual // 4))  # values before the first origin
    end, together = _ends(panel, tested)
    stretch = {part: max(ahead, int(share * usual)) for part, share in SHARES.items()}
    if tested is None and usual < least + stretch[TEST] + stretch[VALID] + ahead:
        stretch = {TEST: ahead, VALID: ahead}
    test = np.full(len(panel), stretch[TEST]) if tested is None else tested
    found = [
        _rows(panel, TEST, end - test, end, ahead, least),
        _rows(panel, VALID, end - test - stretch[VALID], end - test, ahead, least),
        _rows(panel, TRAIN, np.zeros_like(end), end - test - stretch[VALID], ahead, least),
    ]
    parts = [
        np.full(len(series), part, dtype=object) for part, (series, _) in zip((TEST, VALID, TRAIN), found, strict=True)
    ]
    series, place = (np.concatenate([each[number] for each in found]) for number in (0, 1))
    short = np.setdiff1d(np.arange(len(panel)), series)
    order = np.lexsort((place, series))
    until = np.clip(end - test - stretch[VALID], 0, length)
    return Origins(
        series[order], place[order], np.concatenate(parts)[order], together, short, int(np.median(test)), until
    )


def _ends(panel: Panel, tested: Places | None) -> tuple[Places, bool]:
    """Where each series is cut off, as a place in it, and whether that is one moment for all."""
    last = panel.first + panel.length
    alike = bool((panel.grid.phase == panel.grid.phase[0]).all()) and tested is None
    if alike and float((last == last.max()).mean()) >= TOGETHER:
        return last.max() - panel.first, True
    return panel.length.copy(), False


def _rows(panel: Panel, part: str, start: Places, end: Places, ahead: int, least: int) -> tuple[Places, Places]:
    """Origins whose futures lie from `start` to `end` (places in each series), the last one as late as can be."""
    length = int(np.median(end - start))
    stride = ahead
    chosen = np.arange(len(panel))
    if part != TRAIN:
        windows = max((length - ahead) // ahead + 1, 1)
        if len(panel) * windows < WANTED and length > ahead:  # few windows: more of them, overlapping
            each = -(-WANTED // len(panel))
            stride = max(min(ahead, (length - ahead) // max(each - 1, 1)), 1)
        if (
            len(panel) > max(MOST[part] // windows, 1) and windows > 1
        ):  # many series: fewer moments of each rather than fewer series
            windows = max(MOST[part] // len(panel), 1)
            start = np.maximum(start, end - windows * ahead)
        if len(panel) > MOST[part]:
            chosen = np.unique(np.linspace(0, len(panel) - 1, MOST[part]).astype(np.int64))
    latest = np.minimum(end - 1 - ahead, panel.length + ahead)[chosen]
    earliest = np.maximum(start - 1, least - 1)[chosen]
    count = np.maximum((latest - earliest) // stride + 1, 0)
    series = np.repeat(chosen, count)
    steps = np.arange(len(series)) - np.repeat(np.cumsum(count) - count, count)
    place = np.repeat(latest, count) - steps * stride
    counted = np.concatenate([[0], np.cumsum(panel.seen)])  # values seen before each place of all series
    begin, stop = panel.offsets[series] + place + 1, panel.offsets[series + 1]
    kept = counted[np.minimum(begin + ahead, stop)] > counted[np.minimum(begin, stop)]  # some of what came was seen
    return series[kept], place[kept]
