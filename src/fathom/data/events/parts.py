"""Which events train, which validate and which test: by time, with labels that had arrived, and frauds in each part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.errors import DataError
from fathom.messages import phrase

SECOND = 1e6  # in the unit of places in time, microseconds
FRAUDS = {"test": 400, "valid": 200}  # that a part of many rows is to have, for its scores to say something
MOST = {"test": 200_000, "valid": 100_000}  # rows it may take for that

Rows = npt.NDArray[np.int64]


def enough(part: str, rare: npt.NDArray[np.bool_], usual: float) -> float:
    """How many rows a part has at most: the usual number, or more where frauds are rare.

    >>> enough("test", np.arange(100_000) % 1_000 == 0, 10_000)
    200000.0
    """
    share = float(rare.mean()) if len(rare) else 0.0
    return usual if share == 0 else float(min(max(usual, FRAUDS[part] / share), max(MOST[part], usual)))


def parts_of_events(
    times: npt.NDArray[np.float64], rare: npt.NDArray[np.bool_], delay: float, *, test: float, valid: float
) -> Rows:
    """The part of each row: 0 trains, 1 validates, 2 tests, -1 is left out, for its label came too late; int64 [rows].

    The latest rows test; of those whose labels had arrived (`delay` seconds) when the first of them was, the latest
    validate. A part without a fraud begins earlier, at the last fraud before it. DataError where none is left to train.

    >>> rare = np.array([1, 0, 1, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    >>> parts_of_events(np.arange(10.0) * 1e6, rare, 1.0, test=0.2, valid=0.2).tolist()
    [0, 0, 1, 1, -1, 2, 2, 2, 2, 2]
    """
    parts = np.zeros(len(times), dtype=np.int64)
    left = np.ones(len(times), dtype=bool)
    if test:
        begin = _begin(times, rare, test)
        parts[times >= begin] = 2
        left = times < begin - delay * SECOND
        parts[~left & (times < begin)] = -1
    if valid and left.any():
        begin = _begin(times[left], rare[left], min(valid / (1 - test), 0.5))
        parts[left & (times >= begin)] = 1
    if not rare[parts == 0].any():
        raise DataError(
            phrase("No fraud is left to learn from before those that are validated and tested on."),
            remedy=phrase("Give rows of a longer time, or a shorter --label-delay."),
        )
    return parts


def _begin(times: npt.NDArray[np.float64], rare: npt.NDArray[np.bool_], share: float) -> float:
    """Where a part of about this share of the rows begins; rows of one moment stay together."""
    late = np.sort(times)
    border = late[max(0, int(len(late) * (1 - share)) - 1)]
    after = late[late > border]
    begin = float(after[0]) if len(after) else np.inf
    frauds = times[rare]
    return min(begin, float(frauds.max())) if len(frauds) else begin


def seconds_of(text: str) -> float:
    """A length of time as a person writes it ("30d", "12h", "90 min", "2w"), in seconds; FathomError for others.

    >>> seconds_of("30d"), seconds_of("1.5 h")
    (2592000.0, 5400.0)
    """
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").strip()
    unit = text.strip()[len(number) :].strip().lower()
    try:
        seconds = float(number) * UNITS[unit or "d"]
    except (KeyError, ValueError):
        seconds = -1.0
    if not 0 <= seconds < np.inf:
        raise DataError(
            phrase("'{text}' is no length of time.", text=text), remedy=phrase("Write it like 30d, 12h or 90min.")
        )
    return seconds


UNITS = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
