"""From a table of series to windows that train, validate and test, and to the one window a series that forecasts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.data.series import told
from fathom.data.series.cut import cut_all
from fathom.data.series.horizon import Horizon
from fathom.data.series.leaks import leaks
from fathom.data.series.origins import TEST, TRAIN, Origins, origins_of
from fathom.data.series.panel import CODE, GIVEN, NAME, TIME, VALUE, Panel, panel_of, refilled
from fathom.data.series.season import season
from fathom.data.series.steps import cycle
from fathom.data.series.table import rows_of
from fathom.data.series.windows import HISTORY, KNOWN, ORIGIN, PAST, SERIES
from fathom.errors import DataError
from fathom.messages import phrase, plural

PART = "\0part"  # the column that says which windows train, validate and test
MOST_TRAINED = 100_000  # windows
BUDGET = 30_000_000  # values in all windows together
CYCLES = 3  # of the longest cycle that a window looks back, where memory allows
AHEADS = 4  # horizons that it looks back at least
FEWEST = 512
COARSE = 0.5  # share of steps without a value, from which a series has another step than the others


@dataclass(frozen=True)
class Windowed:
    """Windows of a study as a dataset, the horizon that made them, and what was found on the way."""

    dataset: Dataset
    horizon: Horizon
    findings: list[Finding]


def windowed(dataset: Dataset, target: str, horizon: Horizon) -> Windowed:
    """The windows of a study; `PART` says which train, validate and test. DataError where all series are too short."""
    rows, odd = rows_of(dataset, horizon, target)
    panel, mended = panel_of(rows, horizon)
    panel, coarse = _fine(panel)
    horizon = replace(horizon, day=panel.grid.usual_day())
    tested = _tested(rows, panel, horizon) if GIVEN in rows.columns else None
    origins = origins_of(panel, horizon.ahead, max(horizon.season, 1), tested)
    share, until = None, origins.until
    if horizon.season == 1:
        steps, share = season(panel, horizon.step, until)
        horizon = replace(horizon, season=steps)
    _check(panel, origins, horizon, dataset.source.location)
    origins = _fewer(origins)
    horizon = replace(horizon, context=_context(panel, horizon, len(origins.series)))
    if mended.filled and share is not None:
        panel = refilled(panel, horizon.season)
    frame = cut_all(panel, horizon, origins.series, origins.place, target)
    frame = frame.with_columns(pl.Series(PART, origins.part.tolist(), dtype=pl.String))
    columns = (*inputs_of(dataset.columns, horizon), Column(target, Kind.SERIES), Column(PART, Kind.CATEGORY))
    found = [*told.findings(panel, origins, horizon, mended, odd, coarse, share), *leaks(panel, horizon, until)]
    source = replace(dataset.source, part=PART)
    return Windowed(Dataset(frame.select(c.name for c in columns), columns, source, dataset.folder), horizon, found)


def latest(dataset: Dataset, target: str, horizon: Horizon, back: int = 0) -> pl.DataFrame:
    """A window for each series of new rows, from its last value, or from `back` steps before it.

    DataError where no row has both a time and a value. Series that are no longer than `back` are left out.
    """
    rows, _ = rows_of(dataset, horizon, target)
    if not rows[VALUE].count():
        raise DataError(
            phrase("No row has both a time and a value of '{target}'.", target=target),
            where=dataset.source.location,
            remedy=phrase("Give the history of each series: a row for each time, with its value."),
        )
    panel, _ = panel_of(rows, horizon)
    series = np.flatnonzero(panel.length > back)
    return cut_all(panel, horizon, series, panel.length[series] - 1 - back, target)


def put_right(dataset: Dataset, horizon: Horizon, target: str) -> list[Finding]:
    """What is put right and left out of new rows before they are forecast, and what is not known of steps to come."""
    rows, odd = rows_of(dataset, horizon, target)
    panel, mended = panel_of(rows, horizon)
    return [*told.put_right(horizon, mended, odd), *told.lacking(panel, horizon)]


def inputs_of(given: tuple[Column, ...], horizon: Horizon) -> tuple[Column, ...]:
    """The columns of windows that learners are given."""
    kinds = {column.name: column for column in given}
    return (
        Column(SERIES, Kind.CATEGORY),
        Column(ORIGIN, Kind.TIME),
        Column(HISTORY, Kind.SERIES),
        *(Column(KNOWN + name, Kind.SERIES) for name in horizon.known),
        *(Column(PAST + name, Kind.SERIES) for name in horizon.past),
        *(kinds[name] for name in horizon.static),
    )


def _fine(panel: Panel) -> tuple[Panel, int]:
    """The series that have values at most of their steps, where some have; and how many have not."""
    inside = panel.inside
    share = np.bincount(panel.owner[inside], ~panel.seen[inside], len(panel)) / panel.length
    fine = np.flatnonzero(share <= COARSE)
    if len(fine) in (0, len(panel)):
        return panel, 0
    return panel.only(fine), len(panel) - len(fine)


def _tested(rows: pl.DataFrame, panel: Panel, horizon: Horizon) -> npt.NDArray[np.int64]:
    """How many of each series' last steps were given to test on, int64 [series].

    DataError where one of them is no later than a step that trains.
    """
    numbers = pl.DataFrame(
        {NAME: panel.names.tolist(), CODE: np.arange(len(panel))}, schema_overrides={NAME: pl.String}
    )
    rows = rows.filter(pl.col(VALUE).is_not_null()).join(numbers, on=NAME)
    series, given = rows[CODE].to_numpy(), rows[GIVEN].to_numpy()
    place = panel.grid.places(rows[TIME].to_numpy(), series)
    ends = panel.first - 1
    np.maximum.at(ends, series[~given], place[~given])
    early = np.flatnonzero(given & (place <= ends[series]) & np.isin(series, series[~given]))
    if len(early):
        worst = early[place[early].argmin()]
        first, end = panel.grid.stamps(np.array([place[worst], ends[series[worst]]]), series[[worst, worst]])
        raise DataError(
            plural(
                len(early),
                "{count:,} row to test on is no later than the data of its series: it is of {first}, and that series "
                "ends at {end}.",
                "{count:,} rows to test on are no later than the data of their series: the earliest is of {first}, "
                "and that series ends at {end}.",
                first=_written(first, horizon),
                end=_written(end, horizon),
            ),
            where="--test",
            remedy=phrase("Give only what comes after the data, or leave --test out: the last steps test then."),
        )
    begins = panel.first + panel.length
    np.minimum.at(begins, series[given], place[given])
    return panel.first + panel.length - begins


def _written(stamp: np.datetime64, horizon: Horizon) -> str:
    """A stamp as people write it; a whole number where they count steps."""
    if horizon.step.endswith("i"):
        return str(stamp.astype(np.int64))
    return str(stamp.astype("datetime64[s]")).replace("T", " ").removesuffix(" 00:00:00")


def _check(panel: Panel, origins: Origins, horizon: Horizon, where: str) -> None:
    parts = set(origins.part.tolist())
    if parts >= {TRAIN, TEST} and len(parts) == 3:
        return
    inside = panel.inside
    values = np.bincount(panel.owner[inside], panel.seen[inside], len(panel)).astype(np.int64)
    fullest = int(values.argmax())
    longest, steps = int(values[fullest]), int(panel.length[fullest])
    if longest < COARSE * steps:
        ends = panel.first[fullest] + np.array([0, steps - 1])
        first, last = panel.grid.stamps(ends, np.array([fullest, fullest]))
        raise DataError(
            phrase(
                "The longest series has {longest:,} values on {steps:,} steps of {step}, too far apart to train, "
                "validate and test {ahead} steps ahead.",
                longest=longest,
                steps=steps,
                step=horizon.step,
                ahead=horizon.ahead,
            ),
            where=where,
            remedy=phrase(
                "Look whether its times, read as {first} to {last}, are those that were meant, or say with --step how "
                "far apart values are.",
                first=_written(first, horizon),
                last=_written(last, horizon),
            ),
        )
    raise DataError(
        phrase(
            "The longest series has {longest:,} values, too few to train, validate and test {ahead} steps ahead.",
            longest=longest,
            ahead=horizon.ahead,
        ),
        where=where,
        remedy=phrase(
            "Forecast fewer steps (--horizon {ahead}), or give a longer history.", ahead=max((longest - 3) // 3, 1)
        ),
    )


def _fewer(origins: Origins) -> Origins:
    """The latest windows of each series to train by, where there are very many."""
    trained = np.flatnonzero(origins.part == TRAIN)
    if len(trained) <= MOST_TRAINED:
        return origins
    series = origins.series[trained]  # sorted by series and time
    sizes = np.bincount(series)
    rank = np.repeat(np.cumsum(sizes[sizes > 0]), sizes[sizes > 0]) - np.arange(len(series))  # 1: the latest
    most = int(np.sort(rank)[MOST_TRAINED - 1])
    kept = np.ones(len(origins.part), dtype=bool)
    kept[trained[rank > most]] = False
    return replace(origins, series=origins.series[kept], place=origins.place[kept], part=origins.part[kept])


def _context(panel: Panel, horizon: Horizon, rows: int) -> int:
    """How many past steps a window holds: some of the longest cycles, as far as memory allows."""
    wanted = max(CYCLES * max(cycle(horizon.step), horizon.season), AHEADS * horizon.ahead, FEWEST)
    columns = 1 + len(horizon.known) + len(horizon.past)
    affordable = max(BUDGET // (max(rows, 1) * columns), 2 * horizon.season + 1, horizon.ahead, 8)
    return min(int(panel.length.max()), wanted, affordable)
