"""What a row of a series differs by from its own past: columns made of earlier rows and itself, never of later ones."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

SHORT, LONG = 6, 24  # rows
BEFORE = ("before", f"mean of {SHORT} before")  # of the past alone
NOW = ("step", f"against {SHORT} before", f"shift of {SHORT}", f"movement of {SHORT}")  # of the row and its past
STILL = 1e-9  # share of a value's size that counts as no movement
ROW = "\0row"
DOUBLED = 0.01  # share of the steps that may be none: readings sent twice; more are series that are not told apart
REGULAR = 0.5  # share of the steps that are the usual one, from which on rows are taken for a series


def pasts(frame: pl.DataFrame, numbers: Sequence[str], time: str, series: Sequence[str] = ()) -> pl.DataFrame:
    """For each number its last value and short mean before, its step, distance, shift and movement; in the rows' order.

    "step": against the row before. "against": against the short mean before. "shift": the short mean with this row
    against the long one before it, which a change of level moves. "movement": the logarithm of what the last rows
    span, which a sensor that stands still makes tiny. Null where the past is too short. Rows of one `series` follow
    each other by `time`; those without a time come last.

    >>> rows = pl.DataFrame({"t": [2, 1, 3], "x": [5.0, 4.0, 8.0]})
    >>> pasts(rows, ["x"], "t")["x: step"].to_list()
    [1.0, None, 3.0]
    """
    keys = list(dict.fromkeys([*series, time, *numbers]))
    ordered = frame.select(keys).with_row_index(ROW).sort(time, nulls_last=True, maintain_order=True)
    made = [each for name in numbers for each in _of(name, list(series))]
    return ordered.with_columns(made).sort(ROW).select(names_of(numbers))


def names_of(numbers: Sequence[str]) -> list[str]:
    """The names of the columns that are made of these."""
    return [f"{name}: {what}" for name in numbers for what in (*BEFORE, *NOW)]


def owner_of(name: str, numbers: Sequence[str]) -> str:
    """What a column tells of: a number now, or its past; any other of itself.

    >>> owner_of("x: step", ["x"]), owner_of("x: before", ["x"]), owner_of("y: step", ["x"])
    ('x', 'x: before', 'y: step')
    """
    number, _, what = name.rpartition(": ")
    if number not in numbers:
        return name
    return number if what in NOW else f"{number}: {BEFORE[0]}" if what in BEFORE else name


def is_past(name: str, numbers: Sequence[str]) -> bool:
    """Whether a column tells of the past alone, so that nothing in it is this row's doing."""
    number, _, what = name.rpartition(": ")
    return number in numbers and what in BEFORE


def go_on(frame: pl.DataFrame, time: str, series: Sequence[str] = ()) -> bool:
    """Whether rows are readings of series, so that a row has a past: hardly two at one time, one usual step."""
    rows = frame.select([*series, pl.col(time).to_physical().cast(pl.Float64).alias("\0at")]).drop_nulls("\0at")
    rows = rows.sort([*series, "\0at"])
    step = pl.col("\0at").diff().over(list(series)) if series else pl.col("\0at").diff()
    steps = rows.select(step.alias("step"))["step"].drop_nulls()
    if len(steps) < LONG or int((steps == 0).sum()) > DOUBLED * len(steps):
        return False
    usual = steps.value_counts(name="rows")["rows"].max()
    return bool(isinstance(usual, int) and usual >= REGULAR * len(steps))


def _of(name: str, series: list[str]) -> list[pl.Expr]:
    x = pl.col(name).cast(pl.Float64)
    x = pl.when(x.is_finite()).then(x)
    before, short = x.shift(1), x.rolling_mean(SHORT)
    span = x.rolling_max(SHORT) - x.rolling_min(SHORT)
    figures = [
        before,
        before.rolling_mean(SHORT),
        x - before,
        x - before.rolling_mean(SHORT),
        short - x.shift(SHORT).rolling_mean(LONG),
        (span + STILL * (x.abs() + STILL)).log10(),
    ]
    titles = names_of([name])
    return [(each.over(series) if series else each).alias(title) for each, title in zip(figures, titles, strict=True)]
