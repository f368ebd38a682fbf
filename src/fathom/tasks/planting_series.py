"""Anomalies planted in series: a spike, a stretch that stands still, a change of level, each in one number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

SPIKE, STRETCH, CHANGE = "spike", "stretch", "change"
SERIES_KINDS = (SPIKE, STRETCH, CHANGE)
LENGTHS = {SPIKE: (1, 2), STRETCH: (8, 17), CHANGE: (12, 25)}  # rows that one takes, from and below
JUMP = (4.0, 8.0)  # usual steps that a spike leaves its neighbours by
LEVEL = (1.0, 2.0)  # spreads that a level changes by
TRIES = 40
NORMAL = 1.4826  # of a median of distances, the deviation of a normal column

Floats = npt.NDArray[np.float64]


def sown(
    frame: pl.DataFrame, numbers: list[str], time: str, series: list[str], share: float, random: np.random.Generator
) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """The rows with anomalies in about this share of them, and each row's kind: 0, or 1 + its place in SERIES_KINDS."""
    truth = np.zeros(frame.height, dtype=np.int64)
    values = {name: frame[name].cast(pl.Float64).to_numpy().copy() for name in numbers}
    lines = _lines(frame, time, series)
    for kind, name in enumerate(SERIES_KINDS, start=1):
        left = max(round(share * frame.height / len(SERIES_KINDS)), 1)
        for _ in range(TRIES):
            if left <= 0:
                break
            line = lines[int(random.integers(len(lines)))]
            length = min(int(random.integers(*LENGTHS[name])), len(line) // 3)
            if length < 1:
                continue
            start = int(random.integers(1, max(len(line) - length, 2)))
            rows = line[start : start + length]
            around = line[max(start - 1, 0) : start + length + 1]
            column = values[numbers[int(random.integers(len(numbers)))]]
            if (
                (truth[around] > 0).any()
                or not np.isfinite(column[line[start - 1]])
                or not np.isfinite(column[rows]).all()
            ):
                continue
            _put(column, line, start, rows, name, random)
            truth[rows] = kind
            left -= len(rows)
    changed = [pl.Series(name, cells).fill_nan(None) for name, cells in values.items()]
    return frame.with_columns(changed), truth


def _lines(frame: pl.DataFrame, time: str, series: list[str]) -> list[npt.NDArray[np.intp]]:
    """The rows of each series in order of time."""
    rows = frame.select([*series, time]).with_row_index("\0row").sort(time, nulls_last=True, maintain_order=True)
    parts = rows.partition_by(series, maintain_order=True) if series else [rows]
    return [part["\0row"].to_numpy().astype(np.intp) for part in parts]


def _put(
    column: Floats, line: npt.NDArray[np.intp], start: int, rows: npt.NDArray[np.intp], kind: str,
    random: np.random.Generator,
) -> None:  # fmt: skip
    """Make these rows strange in one column."""
    known = column[line][np.isfinite(column[line])]
    low, high = np.quantile(known, (0.25, 0.75))
    spread = (high - low) / 1.349 or float(known.std()) or 1.0
    step = NORMAL * float(np.median(np.abs(np.diff(known)))) if len(known) > 1 else spread
    sign = random.choice((-1.0, 1.0))
    if kind == STRETCH:
        column[rows] = column[line[start - 1]]
    elif kind == SPIKE:
        column[rows] += sign * random.uniform(*JUMP) * (step or spread)
    else:
        column[rows] += sign * random.uniform(*LEVEL) * spread
