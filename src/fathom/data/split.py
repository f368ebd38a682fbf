"""Which rows train, which stop and calibrate, which test: drawn once, nothing in common between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
import polars.selectors as cs
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fathom.data.dataset import Dataset
from fathom.data.events.parts import enough, parts_of_events
from fathom.data.kinds import MEDIA_KINDS
from fathom.data.posed import Posed
from fathom.data.same_files import first_of_same
from fathom.data.strangers import parts_of_persons

Rows = npt.NDArray[np.int64]
BINS = 10  # a number is stratified by tenths of its rows
ROW = "\0row"  # no file holds a column of this name
MOST_TESTED = 10_000  # rows; half as many validate at most
TOO_LARGE = 1.5  # a group of more rows than this multiple of a part stays in training


@dataclass(frozen=True)
class Split:
    """Row positions (int64, sorted) of the three parts; rows without a target are in none."""

    train: Rows
    valid: Rows
    test: Rows


def split(
    dataset: Dataset,
    problem: Posed,
    *,
    seed: int,
    test: float = 0.2,
    valid: float = 0.15,
    most: int = MOST_TESTED,
) -> Split:
    """Divide the rows as the problem asks: by time, by group, and with every label's share kept.

    `test` and `valid` are shares of all rows, of at most `most` rows and half of that: more would tell little more, and
    are worth more in training. Rows with equal inputs, and rows of one group, stay together.
    By time, the latest rows test and those before them validate. A class with one row trains. Where the source says
    which rows train and which test (`Source.part`), that is kept to.
    Where persons are to be recognised, some are held out wholly: see `parts_of_persons`. Where frauds are looked for by
    time, see `parts_of_events`.
    The same dataset, problem and seed give the same split.

    >>> from fathom.data.kinds import Column, Kind
    >>> from fathom.tasks.problem import Problem
    >>> x = Column("x", Kind.NUMBER)
    >>> frame = pl.DataFrame({"x": np.arange(10.0), "y": ["a", "b"] * 5})
    >>> data = Dataset(frame, (x, Column("y", Kind.CATEGORY)))
    >>> parts = split(data, Problem("tabular-classification", "y", (x,), ("a", "b")), seed=0)
    >>> len(parts.train), len(parts.valid), len(parts.test)
    (6, 2, 2)
    """
    rows = np.flatnonzero(problem.known(problem.truth(dataset))).astype(np.int64)
    if not len(rows):
        return Split(rows, rows, rows)
    units = _units(dataset, problem, rows)
    if problem.persons:
        part = parts_of_persons(problem.truth(dataset)[rows], units, seed=seed, test=test, valid=valid)
        return Split(rows[part == 0], rows[part == 1], rows[part == 2])
    tested, stopping = float(most), most / 2
    if problem.events is not None:
        rare = problem.truth(dataset)[rows] == 1
        tested, stopping = enough("test", rare, tested), enough("valid", rare, stopping)
    test, valid = min(test, tested / len(rows)), min(valid, stopping / len(rows))
    if test and dataset.source.part in dataset.names and not (problem.time or problem.group):
        return _as_given(dataset, problem, rows, seed, valid)
    if problem.time and problem.events is not None and not problem.group:
        times, delay = places_in_time(dataset, problem.time, rows), problem.events.delay
        part = parts_of_events(times, rare, delay, test=test, valid=valid)
        return Split(rows[part == 0], rows[part == 1], rows[part == 2])
    if problem.time:
        parts = _by_time(places_in_time(dataset, problem.time, rows), units, test, valid)
    else:
        strata = _strata(dataset, problem, rows)
        parts = _by_chance(strata, units, seed, test, valid)
        if problem.classes:
            parts = _with_training_rows(parts, strata, units)
    part = parts[units]
    return Split(rows[part == 0], rows[part == 1], rows[part == 2])


def _as_given(dataset: Dataset, problem: Posed, rows: Rows, seed: int, valid: float) -> Split:
    """The parts that the source names; what validates tests where nothing else does, and is drawn where it is left."""
    named = dataset.frame[dataset.source.part][rows].to_numpy()
    tested = named == "test" if (named == "test").any() else named == "valid"
    stops = (named == "valid") & ~tested
    if not tested.any() or tested.all():
        whole = replace(dataset, source=replace(dataset.source, part=""))
        return split(whole, problem, seed=seed, valid=valid)
    if stops.any():
        return Split(rows[~tested & ~stops], rows[stops], rows[tested])
    left = split(dataset.take(rows[~tested]), problem, seed=seed, test=0.0, valid=valid)
    return Split(rows[~tested][left.train], rows[~tested][left.valid], rows[tested])


def duplicate_groups(dataset: Dataset, names: tuple[str, ...]) -> Rows:
    """A number for each row, equal for rows whose values in these columns are equal; int64 [rows].

    Of files it is what they hold that counts, not their names.
    """
    files = [name for name in names if dataset.column(name).kind in MEDIA_KINDS and dataset[name].dtype == pl.String]
    held = [first_of_same(dataset[name], dataset.folder) for name in files]
    keyed = dataset.frame.select(names).with_columns((cs.binary() | cs.array()).hash()).with_columns(held)
    if not names:
        return np.arange(len(dataset))
    firsts = keyed.with_row_index(ROW).group_by(names, maintain_order=True).agg(ROW)
    member = firsts.select(ROW).with_row_index("unit").explode(ROW).sort(ROW)
    return member["unit"].to_numpy().astype(np.int64)


def rarest(held: npt.NDArray[np.int8]) -> Rows:
    """Of each row's labels the one that fewest rows have, for rows without any a number of their own; int64 [rows].

    >>> rarest(np.array([[1, 1], [1, 0], [0, 0]], dtype=np.int8)).tolist()
    [1, 0, 2]
    """
    there = held > 0
    order = np.argsort(there.sum(axis=0), kind="stable")
    found: Rows = np.where(there.any(axis=1), order[there[:, order].argmax(axis=1)], held.shape[1]).astype(np.int64)
    return found


def _units(dataset: Dataset, problem: Posed, rows: Rows) -> Rows:
    """Rows that must stay together share a number, 0 to units - 1; int64 [rows]."""
    part = dataset.take(rows)
    same = np.unique(duplicate_groups(part, tuple(column.name for column in problem.inputs)), return_inverse=True)[1]
    if not problem.group:
        return same.astype(np.int64)
    labels = part.frame[problem.group].cast(pl.String)
    lone = pl.Series([f"\0{row}" for row in range(len(labels))])  # a row without a group is a group of its own
    group = labels.zip_with(labels.is_not_null(), lone).rank("dense").to_numpy().astype(np.int64) - 1
    size = same.max() + 1
    links = coo_array((np.ones(len(same)), (same, group + size)), shape=(size + group.max() + 1,) * 2)
    component = connected_components(links, directed=False)[1]
    return np.unique(component[same], return_inverse=True)[1].astype(np.int64)


def _strata(dataset: Dataset, problem: Posed, rows: Rows) -> Rows:
    """The class (of several the rarest), or the tenth of the ranks (of spans, boxes: of their number); int64 [rows]."""
    truth = problem.truth(dataset)[rows]
    if problem.sets:
        return rarest(truth)
    if problem.classes or problem.conditions:
        return truth.astype(np.int64)
    if problem.labels or problem.boxes:
        truth = np.array([len(row) for row in truth], dtype=np.float64)
    order = np.argsort(np.argsort(truth, kind="stable"), kind="stable")
    return (order * BINS // max(len(rows), 1)).astype(np.int64)


def _by_chance(strata: Rows, units: Rows, seed: int, test: float, valid: float) -> Rows:
    """The part of each unit (0 train, 1 valid, 2 test), every stratum drawn from evenly."""
    order = np.lexsort((strata, units))
    first = np.searchsorted(units[order], np.arange(units.max() + 1))
    sizes = np.bincount(units)
    stratum = strata[order][first + sizes // 2]  # the middle row speaks for its unit
    chance = np.random.default_rng(seed).random(len(sizes))
    line = np.lexsort((chance, sizes, stratum))
    parts = np.zeros(len(sizes), dtype=np.int64)
    free = line[sizes[line] <= max(1.0, TOO_LARGE * test * len(units))] if test else line
    parts[_every(free if len(free) else line, test * len(line), seed)] = 2
    left = line[parts[line] == 0]
    free = left[sizes[left] <= max(1.0, TOO_LARGE * valid * len(units))] if valid else left
    parts[_every(free if len(free) else left, valid * len(line), seed + 1)] = 1
    return parts


def _every(line: Rows, wanted: float, seed: int) -> Rows:
    """About `wanted` of a line of units at even distances, beginning at a random place."""
    if wanted <= 0 or len(line) < 2:
        return line[:0]
    count = min(len(line) - 1, max(1, round(wanted)))
    start = np.random.default_rng(seed).random()
    return line[((np.arange(count) + start) * len(line) / count).astype(np.int64)]


def _with_training_rows(parts: Rows, classes: Rows, units: Rows) -> Rows:
    """A class that has no row in training gets one back, with the unit that holds most of it."""
    trained = np.bincount(classes[parts[units] == 0], minlength=classes.max() + 1)
    for missing in np.flatnonzero((trained == 0) & (np.bincount(classes) > 0)):
        parts[np.bincount(units[classes == missing]).argmax()] = 0
    return parts


def places_in_time(dataset: Dataset, name: str, rows: Rows) -> npt.NDArray[np.float64]:
    """Each row's place in time; a row without one comes first, and so trains."""
    values = dataset.frame[name][rows]
    if not values.dtype.is_numeric():
        values = values.rank("dense") if values.dtype == pl.String else values.cast(pl.Int64)
    return values.cast(pl.Float64).fill_null(-np.inf).to_numpy()


def _by_time(times: npt.NDArray[np.float64], units: Rows, test: float, valid: float) -> Rows:
    """The part of each unit by its latest row; rows of one moment stay together."""
    latest = np.full(units.max() + 1, -np.inf)
    np.maximum.at(latest, units, times)
    late = np.sort(latest[units])
    parts = np.zeros(len(latest), dtype=np.int64)
    if valid:
        parts[latest > late[max(0, int(len(late) * (1 - test - valid)) - 1)]] = 1
    if test:
        parts[latest > late[max(0, int(len(late) * (1 - test)) - 1)]] = 2
    return parts
