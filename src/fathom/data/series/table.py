"""A table of series: which column is time, which name a series, what is known when; its rows as a panel wants them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.cast import as_text
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.asked import Asked
from fathom.data.series.calendar import HOLIDAY, check_country
from fathom.data.series.horizon import Horizon
from fathom.data.series.panel import GIVEN, NAME, TIME, VALUE
from fathom.data.series.steps import grid_of, step_of, usual_ahead
from fathom.data.times import offset_of
from fathom.errors import DataError
from fathom.messages import phrase

BETWEEN = " / "  # of the values that together name a series
DOUBLED = 0.05  # share of rows that may repeat a stamp where nothing tells series apart
STEP = "step"  # what numbers the values of a wide table without times
TWO = 2  # values of a category that can be known ahead: no and yes
SPREAD = 10.0  # widths of the middle nine tenths of all stamps, beyond which one is a slip
FEW_STAMPS = 20  # below it, where shares say nothing, the longest of all gaps tells a slip
DESERT = 1_000  # usual steps
EVEN = 0.5  # share of steps with a value, below which rows may be those of several series
FEW_ROWS = 3  # of a series on average, below which a column names rows and no series
EXACT = 2**53  # whole numbers below it are exact as floats


@dataclass(frozen=True)
class Roles:
    """What the columns are to series; `left`: those that are nothing, `found`: whether what names them was guessed."""

    time: str
    series: tuple[str, ...]
    known: tuple[str, ...]
    past: tuple[str, ...]
    static: tuple[str, ...]
    left: tuple[str, ...] = ()
    found: bool = False


def roles_of(dataset: Dataset, target: str, asked: Asked) -> Roles:
    """What each column is: as the person says, else as the values suggest; DataError where time or series stay open."""
    time = _ordering(dataset, asked.time) if asked.time else _time(dataset, target)
    series = asked.series or _series(dataset, target, time, asked.step)
    for name in (time, *series, *asked.known):
        dataset.column(name)
    if target in (time, *series, *asked.known):
        what = phrase("'{name}' is predicted, so it cannot be time, name a series or be known ahead.", name=target)
        raise DataError(what, where=dataset.source.location, remedy=phrase("Name another column."))
    others = [each for each in dataset.columns if each.name not in (target, time, *series)]
    known = tuple(_known(each, dataset) for each in others if each.name in asked.known)
    rest = [each for each in others if each.name not in asked.known and not each.ignored]
    steady = _steady(dataset, series, [each.name for each in rest])
    static = tuple(each.name for each in rest if each.name in steady and each.kind in (Kind.NUMBER, Kind.CATEGORY))
    past = tuple(each.name for each in rest if each.kind == Kind.NUMBER and each.name not in steady)
    left = tuple(each.name for each in others if each.name not in (*known, *static, *past))
    return Roles(time, series, known, past, static, left, not asked.series and bool(series))


def horizon_of(dataset: Dataset, target: str, asked: Asked, roles: Roles) -> Horizon:
    """The horizon, but for what only the values on their grid tell: season and context."""
    known = roles.known
    if asked.country:
        check_country(asked.country)
        known = (*known, HOLIDAY + asked.country)
    horizon = Horizon(
        asked.ahead or 1, "1i", 1, 1, roles.time, roles.series, known, roles.past, roles.static, asked.country
    )
    rows, _ = rows_of(dataset, horizon, target)
    rows = rows.filter(pl.col(VALUE).is_not_null()).sort(NAME, TIME)
    series = rows[NAME].rank("dense").to_numpy().astype(np.int64)
    step = asked.step or step_of(rows[TIME].to_numpy().astype("datetime64[us]"), series)
    if not step:
        raise DataError(
            phrase("No series has two values at different times, so nothing can be forecast."),
            where=dataset.source.location,
            remedy=phrase("Name the column of time with --time, and those that tell series apart with --series."),
        )
    if dataset.column(roles.time).kind == Kind.NUMBER and not asked.step:
        step = _whole_step(rows, series)
    return Horizon(
        asked.ahead or usual_ahead(step),
        step,
        asked.season or 1,
        1,
        roles.time,
        roles.series,
        known,
        roles.past,
        roles.static,
        asked.country,
    )


def rows_of(dataset: Dataset, horizon: Horizon, target: str) -> tuple[pl.DataFrame, int]:
    """The rows as `panel_of` wants them, and how many were left out: their time is missing or far from all others.

    `GIVEN` stays, where the rows have it.
    """
    frame, name = dataset.frame, names_of(dataset, horizon)
    value = frame[target].cast(pl.Float64).alias(VALUE)
    numbers = [
        coded(frame[each], dataset.column(each)) for each in (*horizon.known, *horizon.past) if each in frame.columns
    ]
    ahead = offset_of(dataset.column(horizon.time).format)  # so that days and holidays are those of the place
    stamps = _stamps(frame[horizon.time]).dt.offset_by(f"{ahead}us")
    rows = pl.DataFrame([name, stamps.alias(TIME), value, *numbers, *frame.select(horizon.static)])
    if GIVEN in frame.columns:
        rows = rows.with_columns(frame[GIVEN])
    kept = rows.filter(_plausible(rows[TIME]))
    return kept, rows.height - kept.height


def names_of(dataset: Dataset, horizon: Horizon) -> pl.Series:
    """The name of the series of each row, `NAME`; "" where there is one alone."""
    names = [as_text(dataset.frame[name]).alias(name) for name in horizon.series]
    if not names:
        return pl.Series(NAME, [""] * len(dataset), dtype=pl.String)
    return pl.DataFrame(names).select(pl.concat_str(pl.all().fill_null(""), separator=BETWEEN).alias(NAME))[NAME]


def coded(values: pl.Series, column: Column) -> pl.Series:
    """A column of numbers as it is; of a category with two values 0 for one and 1 for the other, by name."""
    if column.kind != Kind.CATEGORY:
        return values.cast(pl.Float64)
    places = {name: float(place) for place, name in enumerate(sorted(column.categories))}
    return as_text(values).replace_strict(places, default=None, return_dtype=pl.Float64).alias(values.name)


def _stamps(values: pl.Series) -> pl.Series:
    """Times, or whole numbers as microseconds since 1970."""
    if values.dtype.is_numeric():
        whole = values.cast(pl.Float64)
        return whole.set(~(whole.abs() < EXACT), None).floor().cast(pl.Int64).cast(pl.Datetime("us"))
    return values.cast(pl.Datetime("us"))


def _plausible(times: pl.Series) -> pl.Series:
    """Which times are there and not far from all others, Boolean: a year written 2204 would make a desert."""
    there = times.is_not_null()
    whole = times.cast(pl.Int64)
    if whole.n_unique() < FEW_STAMPS:
        return there & _near(whole)
    low, middle, high = (float(whole.quantile(share) or 0.0) for share in (0.05, 0.5, 0.95))
    far = SPREAD * max(high - low, 1.0)
    return there & whole.is_between(int(middle - far), int(middle + far)).fill_null(False)


def _near(times: pl.Series) -> pl.Series:
    """Which of a few times lie where most of them do, with no desert between, Boolean."""
    stamps = times.drop_nulls().unique().sort()
    apart = np.diff(stamps.to_numpy())
    if len(apart) < 2:
        return times.is_not_null()
    edges = np.flatnonzero(apart > DESERT * np.sort(apart)[(len(apart) - 1) // 2]) + 1
    pieces = np.split(stamps.to_numpy(), edges)
    most = max(pieces, key=len)
    if len(most) * 2 <= len(stamps):  # nobody can say which of them are meant
        return times.is_not_null()
    return times.is_between(int(most[0]), int(most[-1])).fill_null(False)


def _whole_step(rows: pl.DataFrame, series: npt.NDArray[np.int64]) -> str:
    apart = np.diff(rows[TIME].cast(pl.Int64).to_numpy())[series[1:] == series[:-1]]
    lengths, times = np.unique(apart[apart > 0], return_counts=True)
    return f"{int(lengths[times.argmax()])}i"


def _time(dataset: Dataset, target: str) -> str:
    """The only column of times."""
    found = [each.name for each in dataset.columns if each.kind == Kind.TIME and each.name != target]
    if not found and STEP in dataset.names:
        return STEP
    if len(found) == 1:
        return found[0]
    where = dataset.source.location
    if found:
        what = phrase("Several columns hold times: {names}.", names=", ".join(found))
        raise DataError(what, where=where, remedy=phrase("Say which orders the series: --time {name}", name=found[0]))
    raise DataError(
        phrase("No column tells when the values of '{target}' were taken.", target=target),
        where=where,
        remedy=phrase("Name the column of dates, or of whole numbers that count steps, with --time COLUMN."),
    )


def _ordering(dataset: Dataset, name: str) -> str:
    """The column that is to be time, which holds times or numbers; a DataError where it does not."""
    column = dataset.column(name)
    if column.kind in (Kind.TIME, Kind.NUMBER):
        return name
    first = next(iter(as_text(dataset[name].drop_nulls().head(1))), "")
    raise DataError(
        phrase("'{name}' holds no times that can be read; the first is '{first}'.", name=name, first=first[:40]),
        where=dataset.source.location,
        remedy=phrase(
            "Write times such as 2024-03-01, 2024-03-01 14:30 or 2024-03, or whole numbers that count steps."
        ),
    )


def _series(dataset: Dataset, target: str, time: str, step: str) -> tuple[str, ...]:
    """The fewest columns that tell rows of one moment apart; none where there is one series.

    Series may also share no moment (months by their first day, others by their last): then the column counts that
    makes even series of uneven rows. `step`: as asked for.
    """
    frame = dataset.frame
    if GIVEN in frame.columns:  # rows to test on that lie among the others tell no series apart
        frame = frame.filter(~pl.col(GIVEN))
    rows = frame[time].count()
    able = [
        each.name
        for each in dataset.columns
        if each.name not in (target, time, GIVEN) and (each.kind == Kind.CATEGORY or _counts(frame[each.name], rows))
    ]
    if not rows or rows - frame[time].n_unique() <= DOUBLED * rows:
        if not rows or _even(frame, time, None, step):
            return ()
        return next(((name,) for name in able[:12] if _even(frame, time, name, step)), ())
    for size in (1, 2, 3):
        for names in itertools.combinations(able[:12], size):
            if rows - frame.select(time, *names).n_unique() <= DOUBLED * rows:
                return names
    raise DataError(
        phrase("Several rows share one '{time}', and no column tells the series apart.", time=time),
        where=dataset.source.location,
        remedy=phrase("Name the columns that do with --series, such as --series store,item."),
    )


def _even(frame: pl.DataFrame, time: str, name: str | None, step: str) -> bool:
    """Whether the rows, apart by this column, make series with a value at most of their steps."""
    names = as_text(frame[name]).fill_null("") if name else pl.Series([""] * frame.height, dtype=pl.String)
    rows = pl.DataFrame([names.alias(NAME), _stamps(frame[time]).alias(TIME)])
    rows = rows.filter(_plausible(rows[TIME])).sort(NAME, TIME)
    series = rows[NAME].rank("dense").to_numpy().astype(np.int64) - 1
    count = int(series.max()) + 1 if len(series) else 0
    if not count or (name is not None and len(series) < FEW_ROWS * count):
        return False
    stamps = rows[TIME].to_numpy().astype("datetime64[us]")
    if not (same := step_of(stamps, series)):
        return name is None
    if frame[time].dtype.is_numeric():
        same = _whole_step(rows, series)
    places = grid_of(stamps, series, step or same).places(stamps, series)
    ends = np.flatnonzero(np.diff(series, append=count))
    steps = places[ends] - places[np.r_[0, ends[:-1] + 1]] + 1
    return bool(len(series) >= EVEN * steps.sum())


def _counts(values: pl.Series, rows: int) -> bool:
    """Whether a column holds few whole numbers, as those of stores are."""
    if not values.dtype.is_float() or values.null_count() or values.n_unique() > rows // 10:
        return False
    return bool((values == values.floor()).all())


def _known(column: Column, dataset: Dataset) -> str:
    """The name of a column that is known ahead; DataError where it holds no numbers."""
    if column.kind == Kind.NUMBER or (column.kind == Kind.CATEGORY and len(column.categories) <= TWO):
        return column.name
    raise DataError(
        phrase("'{name}' holds no numbers, so it cannot go in as known ahead.", name=column.name),
        where=dataset.source.location,
        remedy=phrase("Write what it says as numbers: 0 and 1 for no and yes, a column for each of several values."),
    )


def _steady(dataset: Dataset, series: tuple[str, ...], names: list[str]) -> set[str]:
    """The columns with one value for all of a series; none where there is one series alone."""
    if not series or not names:
        return set()
    counts = dataset.frame.group_by(series).agg(pl.col(name).drop_nulls().n_unique() for name in names)
    return {name for name in names if counts.filter(pl.col(name) > 1).is_empty()}
