"""Wide tables of series made long: a row a series, or a column a series; and rows to test on put after the others."""

from __future__ import annotations

import difflib
from dataclasses import replace

import numpy as np
import polars as pl

from fathom.data.cast import as_text
from fathom.data.dataset import Dataset
from fathom.data.infer import inferred
from fathom.data.kinds import Column, Kind
from fathom.data.series.asked import Asked
from fathom.data.series.horizon import Horizon
from fathom.data.series.panel import GIVEN
from fathom.data.series.table import STEP
from fathom.errors import DataError
from fathom.messages import phrase

LIKE = 0.7  # how alike a column's name must be to be taken for a slip
SERIES = "series"  # what the column that names series is called in a wide table's long form
FEWEST = 3  # columns of numbers that make a table wide


def long(dataset: Dataset, target: str, asked: Asked) -> Dataset:
    """The table with a row for each series and time. It is wide where it has no column of the name to predict.

    With a column of times (`--time`, or the only one) each column of numbers is a series; without one each row is, its
    first column that holds no numbers (or `--series`) being its name, and its numbers are the values one after the
    other: empty cells at the end are none.
    """
    if target in dataset.names or difflib.get_close_matches(target, dataset.names, n=1, cutoff=LIKE):
        return dataset
    numbers = [each.name for each in dataset.columns if each.kind == Kind.NUMBER and each.name not in _named(asked)]
    numbers = [name for name in numbers if dataset[name].count()]
    times = [asked.time] if asked.time else [each.name for each in dataset.columns if each.kind == Kind.TIME][:1]
    if len(numbers) < FEWEST and not (times and numbers):
        return dataset
    if times:
        frame = _columns(dataset, target, times[0], numbers)
        told = phrase(
            "The table was read as wide: a row for each '{time}', a series for each of {count:,} columns",
            time=times[0],
            count=len(numbers),
        )
    else:
        frame = _rows(dataset, target, asked, numbers)
        told = phrase("The table was read as wide: a row for each of {count:,} series", count=len(dataset))
    kinds = {SERIES: Kind.CATEGORY, target: Kind.NUMBER, STEP: Kind.NUMBER}
    columns, typed, notices = inferred(frame, None, {name: kinds[name] for name in frame.columns if name in kinds})
    source = replace(dataset.source, notices=(*dataset.source.notices, told, *notices))
    return Dataset(typed, columns, source, dataset.folder)


def lengthened(frame: pl.DataFrame, target: str, horizon: Horizon) -> pl.DataFrame:
    """New rows for a model: a wide table made long, as the one that it was trained on was, any other as it is."""
    if target in frame.columns:
        return frame
    columns, typed, _ = inferred(frame, None)
    series = () if horizon.series == (SERIES,) else horizon.series
    time = horizon.time if horizon.time in typed.columns else None
    return long(Dataset(typed, columns), target, Asked(time=time, series=series)).frame


def joined(dataset: Dataset, tested: Dataset, target: str, asked: Asked) -> Dataset:
    """The rows with those to test on after them, told apart by `GIVEN`.

    Of a wide table without times the values to test on follow the last of each series. Whether others come after what
    trains is looked at once they lie on their grids (`windowed`).
    """
    if STEP in dataset.names and STEP in tested.names and not asked.time:
        names = [name for name in dataset.names if name not in (STEP, target)]
        ends = dataset.frame.filter(pl.col(target).is_not_null()).group_by(names).agg(pl.col(STEP).max().alias(GIVEN))
        moved = tested.frame.join(ends, on=names, how="left", maintain_order="left")
        moved = moved.with_columns(pl.col(STEP) + pl.col(GIVEN).fill_null(0)).select(tested.names)
        tested = replace(tested, frame=moved)
    marked = [
        each.frame.select(dataset.names).with_columns(pl.lit(given).alias(GIVEN))
        for each, given in ((dataset, False), (tested, True))
    ]
    columns = (*dataset.columns, Column(GIVEN, Kind.CATEGORY, ignored="constant"))
    return replace(dataset, frame=pl.concat(marked), columns=columns)


def _named(asked: Asked) -> tuple[str, ...]:
    return (*asked.series, *asked.known, *((asked.time,) if asked.time else ()))


def _columns(dataset: Dataset, target: str, time: str, numbers: list[str]) -> pl.DataFrame:
    frame = dataset.frame.select(time, *numbers)
    return frame.unpivot(on=numbers, index=time, variable_name=SERIES, value_name=target)


def _rows(dataset: Dataset, target: str, asked: Asked, numbers: list[str]) -> pl.DataFrame:
    """Each row's numbers one after the other; what lies behind the last of them is nothing."""
    others = [each.name for each in dataset.columns if each.name not in numbers and dataset[each.name].count()]
    name = asked.series[0] if asked.series else next(iter(others), None)
    keys = as_text(dataset[name]) if name else pl.Series([f"{row + 1}" for row in range(len(dataset))])
    if keys.n_unique() < len(dataset):
        raise DataError(
            phrase("Two rows of this wide table share the name of their series."),
            where=dataset.source.location,
            remedy=phrase("Name the column that tells them apart with --series."),
        )
    values = dataset.frame.select(numbers).to_numpy()
    there = np.isfinite(values)
    length = np.where(there.any(axis=1), values.shape[1] - there[:, ::-1].argmax(axis=1), 0)
    rows = np.repeat(np.arange(len(values)), length)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(length) - length, length)
    return pl.DataFrame(
        {
            asked.series[0] if asked.series else SERIES: keys.gather(rows),
            STEP: place + 1.0,
            target: pl.Series(values[rows, place]).fill_nan(None),
        }
    )
