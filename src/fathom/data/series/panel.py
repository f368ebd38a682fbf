"""A panel: many series on even grids, as flat arrays, made of a table with a row for each series and stamp."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.series.calendar import HOLIDAY, holidays_at
from fathom.data.series.clocks import ENOUGH, HALF, Changes, changes
from fathom.data.series.horizon import MICROSECONDS, Horizon, Stamps, parts
from fathom.data.series.steps import Grid, grid_of
from fathom.errors import DataError
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
NAME, TIME, VALUE = "\0series", "\0time", "\0value"  # no file holds columns of these names
CODE, PLACE = "\0code", "\0place"
GIVEN = "\0given"  # the column that says which rows were given to test on
SPARSE = 100  # steps for each row, from which on stamps are events and no series
MANY = 100_000  # steps that are no burden however few of them have a value
LONGER = ("1m", "15m", "1h", "1d", "1w")  # steps to choose from instead


@dataclass(frozen=True)
class Panel:
    """Series one after the other. Of N values in all, those of series s are `offsets[s]` to `offsets[s + 1]`.

    `names`: object [S]; `offsets`: int64 [S + 1]; `length`: int64 [S], how many values there are up to the last that
    was seen: after it lie steps of which only what is known ahead is there. `first`: int64 [S], the place of the first
    value on the grid. `stamps`: datetime64[us] [N]; `values`: float64 [N] without gaps up to `length`; `seen`: bool
    [N], False where one was filled in. `known`, `past`: float64 [N, columns]. `static`: a row a series,
    its name among what it says.
    """

    grid: Grid
    names: npt.NDArray[np.object_]
    offsets: Places
    length: Places
    first: Places
    stamps: Stamps
    values: Floats
    seen: npt.NDArray[np.bool_]
    known: Floats
    past: Floats
    static: pl.DataFrame

    def __len__(self) -> int:
        return len(self.names)

    @property
    def owner(self) -> Places:
        """The number of the series of each value, int64 [N]."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which values lie before the end of what was seen, bool [N]."""
        place = np.arange(len(self.values)) - np.repeat(self.offsets[:-1], np.diff(self.offsets))
        kept: npt.NDArray[np.bool_] = place < np.repeat(self.length, np.diff(self.offsets))
        return kept

    def only(self, series: Places) -> Panel:
        """The series with these numbers, ascending."""
        owner = np.isin(self.owner, series)
        sizes = np.diff(self.offsets)[series]
        return Panel(
            self.grid.only(series),
            self.names[series],
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            self.length[series],
            self.first[series],
            self.stamps[owner],
            self.values[owner],
            self.seen[owner],
            self.known[owner],
            self.past[owner],
            self.static[series],
        )


@dataclass
class Mended:
    """What was put right on the way, counted."""

    doubled: int = 0  # rows that shared a series and step with another
    filled: int = 0  # steps without a value
    gappy: int = 0  # series with such steps
    values: int = 0  # steps in all
    empty: int = 0  # series without any value
    changes: Changes = field(default_factory=Changes)  # of the clock, and what they have of all that


def panel_of(rows: pl.DataFrame, horizon: Horizon) -> tuple[Panel, Mended]:
    """The series on their grids, sorted by name, and what was mended.

    `rows`: `NAME` (String), `TIME` (Datetime), `VALUE` and the horizon's columns, typed, in any order. Of several rows
    of one series and step the mean counts. A series begins with its first value. Gaps are filled with the value of the
    season before, or the last one: never with what came later. DataError where hardly any step would have a value.
    """
    rows = rows.filter(pl.col(TIME).is_not_null() & pl.col(NAME).is_not_null())
    seen = rows.group_by(NAME).agg(pl.col(VALUE).is_not_null().any())
    alive = seen.filter(pl.col(VALUE))[NAME]
    rows = rows.filter(pl.col(NAME).is_in(alive.implode()))
    rows = rows.with_columns((pl.col(NAME).rank("dense").cast(pl.Int64) - 1).alias(CODE))
    series = rows[CODE].to_numpy()
    stamps = rows[TIME].cast(pl.Datetime("us")).to_numpy()
    grid = grid_of(stamps, series, horizon.step)
    rows = rows.with_columns(pl.Series(PLACE, grid.places(stamps, series), dtype=pl.Int64))
    told = tuple(name for name in horizon.known if not name.startswith(HOLIDAY))
    means = [pl.col(name).mean() for name in (VALUE, *told, *horizon.past)]
    cells = rows.group_by(CODE, PLACE).agg(*means, pl.col(NAME).first(), *(pl.col(s).first() for s in horizon.static))
    extent = (
        cells.group_by(CODE)
        .agg(
            pl.col(NAME).first(),
            pl.col(PLACE).filter(pl.col(VALUE).is_not_null()).min().alias("first"),
            pl.col(PLACE).filter(pl.col(VALUE).is_not_null()).max().alias("last"),
            pl.col(PLACE).max().alias("end"),
            *(pl.col(name).drop_nulls().first() for name in horizon.static),
        )
        .sort(CODE)
    )
    first = extent["first"].to_numpy()
    end = np.maximum(extent["end"].to_numpy(), extent["last"].to_numpy() + (horizon.ahead if horizon.country else 0))
    offsets = np.concatenate([[0], np.cumsum(end - first + 1)]).astype(np.int64)
    _check_even(int(offsets[-1]), rows.height, horizon.step)
    mended = Mended(doubled=rows.height - cells.height, empty=len(seen) - len(alive))
    cells = cells.filter(pl.col(PLACE) >= pl.Series(first[cells[CODE].to_numpy()]))
    code = cells[CODE].to_numpy()
    at = offsets[code] + cells[PLACE].to_numpy() - first[code]

    def scattered(names: tuple[str, ...]) -> Floats:
        found = np.full((int(offsets[-1]), len(names)), np.nan)
        for column, name in enumerate(names):
            found[at, column] = cells[name].cast(pl.Float64).to_numpy()
        return found

    values = scattered((VALUE,))[:, 0]
    owner = np.repeat(np.arange(len(first)), np.diff(offsets))
    place = np.arange(len(values)) - offsets[owner]
    moments = grid.stamps(first[owner] + place, owner)
    known = scattered(told)
    if horizon.country:
        known = np.column_stack([known, holidays_at(moments, horizon.step, horizon.country)])
    panel = Panel(
        grid,
        extent[NAME].to_numpy().astype(object),
        offsets,
        extent["last"].to_numpy() - first + 1,
        first,
        moments,
        values,
        np.isfinite(values),
        known,
        scattered(horizon.past),
        extent.select(NAME, *horizon.static),
    )
    gaps = ~panel.seen & panel.inside
    mended.filled, mended.values = int(gaps.sum()), int(panel.inside.sum())
    mended.gappy = len(np.unique(owner[gaps]))
    if mended.doubled or mended.filled:
        mended.changes = _of_clocks(rows, panel, horizon.step, mended)
    return refilled(panel, horizon.season), mended


def _of_clocks(rows: pl.DataFrame, panel: Panel, step: str, mended: Mended) -> Changes:
    """The changes of the clock, and how much of what is doubled and missing is theirs; none where that is chance."""
    found = changes(rows[NAME], rows[TIME], step)
    hours = pl.col(TIME).dt.truncate("1h").cast(pl.Datetime("us"))
    twice = rows.filter(hours.is_in(list(found.twice)))
    gaps = ~panel.seen & panel.inside
    theirs = gaps & np.isin(panel.stamps.astype("datetime64[h]"), np.array(found.never, dtype="datetime64[h]"))
    owner = panel.owner
    found = replace(
        found,
        rows=twice.height - twice.select(CODE, PLACE).n_unique(),
        steps=int(theirs.sum()),
        only=mended.gappy - len(np.unique(owner[gaps & ~theirs])),
    )
    sure = len(found) >= ENOUGH or found.rows + found.steps >= HALF * (mended.doubled + mended.filled)
    return found if sure and len(found) else Changes()


def _check_even(steps: int, rows: int, step: str) -> None:
    """Raise a DataError where series have so many more steps than rows that a grid of them is a desert."""
    if steps <= max(SPARSE * rows, MANY):
        return
    raise DataError(
        phrase(
            "The times lie too unevenly: {rows:,} rows would make series of {steps:,} steps ({step}), hardly any with "
            "a value.",
            rows=rows,
            steps=steps,
            step=step,
        ),
        remedy=phrase(
            "Average them over longer steps, such as --step {step}, or take out the rows that lie far from the others.",
            step=_longer(steps / rows, step),
        ),
    )


def _longer(times: float, step: str) -> str:
    """A step that is so many times as long, or the next one that people use.

    >>> _longer(40_000, "1s"), _longer(500, "2i")
    ('1d', '1000i')
    """
    count, unit = parts(step)
    if unit == "i":
        return f"{min(int(count * times), 999_999)}i"
    length = count * MICROSECONDS.get(unit, MICROSECONDS["d"]) * times
    return next((each for each in LONGER if MICROSECONDS[each[-1]] * parts(each)[0] >= length), "1mo")


def refilled(panel: Panel, season: int) -> Panel:
    """The panel with its gaps filled anew, by this season."""
    inside, owner = panel.inside, panel.owner
    if panel.seen[inside].all():
        return panel
    seen = np.where(panel.seen, panel.values, np.nan)
    place = np.arange(len(seen)) - panel.offsets[owner]
    return replace(panel, values=np.where(inside, filled(seen, owner, place, season), np.nan))


def filled(values: Floats, owner: Places, place: Places, season: int) -> Floats:
    """Gaps filled with the value of the season before, or with the last one.

    >>> values = np.array([1.0, 2.0, 3.0, np.nan, 5.0])
    >>> filled(values, np.zeros(5, np.int64), np.arange(5), 2).tolist()
    [1.0, 2.0, 3.0, 2.0, 5.0]
    """
    frame = pl.DataFrame({"value": values, "owner": owner, "phase": place % season}).fill_nan(None)
    before = pl.col("value").forward_fill()
    return frame.select(before.over("owner", "phase").fill_null(before.over("owner")))["value"].to_numpy()
