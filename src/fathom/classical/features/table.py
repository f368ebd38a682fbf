"""Features of a table for estimators that add and measure: numbers scaled, categories one-hot, times in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.classical.features import columns
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind

Floats = npt.NDArray[np.float64]

FARTHEST = 10.0  # scaled numbers are clipped here, so that one wild cell cannot outweigh all other columns
WILDEST = 1e6  # before large values are bent
MOST_FEATURES = 2_000
MOST_CELLS = 50_000_000  # of the feature matrix: 400 MB as float64
QUANTILE_ROWS = 20_000  # enough to place quartiles
CYCLES = {"month": 12.0, "weekday": 7.0, "hour": 24.0}


@dataclass(frozen=True)
class OneHot:
    """A category as one feature per frequent level; `other` for rare or unseen ones, `missing` for none at all."""

    name: str
    levels: tuple[str, ...]
    other: bool
    missing: bool

    @property
    def names(self) -> list[str]:
        """The features' names."""
        extra = ["other"] * self.other + ["missing"] * self.missing
        return [f"{self.name} = {level}" for level in (*self.levels, *extra)]


@dataclass(frozen=True)
class Table:
    """Numbers centred, scaled and filled, with marks for missing ones; categories one-hot; times in parts and cycles.

    Nothing here looks at the target. `squash` bends large values smoothly instead of leaving them to the clip
    (RealMLP's smooth clipping, Holzmueller et al. 2024), for learners that measure distances.

    >>> people = pl.DataFrame({"age": [31.0, None, 64.0], "pet": ["cat", "cat", "dog"]})
    >>> inputs = (Column("age", Kind.NUMBER), Column("pet", Kind.CATEGORY))
    >>> table = Table.learn(inputs, people)
    >>> table.names
    ['age', 'age is missing', 'pet = cat', 'pet = other']
    >>> table.matrix(Dataset(people, inputs)).round(1).tolist()
    [[-1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]]
    """

    numbers: tuple[str, ...]
    times: tuple[str, ...]
    kept: tuple[int, ...]  # of the raw numbers and time parts, those that vary
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    marked: tuple[int, ...]  # of the kept, those that get a feature saying "is missing"
    categories: tuple[OneHot, ...]
    squash: bool

    @classmethod
    def learn(cls, inputs: tuple[Column, ...], frame: pl.DataFrame, *, squash: bool = False) -> Self:
        """Measure the columns of the training rows."""
        names = _named(inputs, Kind.NUMBER)
        times = _named(inputs, Kind.TIME)
        raw = _raw(frame, names, times)
        kept = varying(raw)
        centre, scale = _scales(raw[:, kept], robust=squash)
        share = np.isnan(raw[:, kept]).mean(axis=0) if len(raw) else np.zeros(len(kept))
        marked = np.flatnonzero((share > 0) & (kept < len(names)))  # a time that is missing is marked once, by its day
        hot = one_hots(_named(inputs, Kind.CATEGORY), frame, room=MOST_FEATURES - len(kept))
        return cls(names, times, _ints(kept), _floats(centre), _floats(scale), _ints(marked), hot, squash)

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        raw = _raw_names(self.numbers, self.times)
        kept = [raw[position] for position in self.kept]
        marks = [f"{kept[position]} is missing" for position in self.marked]
        return kept + marks + [name for hot in self.categories for name in hot.names] or ["nothing"]

    @cached_property
    def _plan(self) -> tuple[npt.NDArray[np.intp], Floats, Floats, npt.NDArray[np.intp], int]:
        """Kept columns, centre, scale, marked columns and the matrix's width, ready for use on every single row."""
        kept, marked = np.array(self.kept, dtype=np.intp), np.array(self.marked, dtype=np.intp)
        return kept, np.array(self.centre), np.array(self.scale), marked, len(self.names)

    @cached_property
    def _hot(self) -> list[tuple[str, dict[str, int], npt.NDArray[np.int64]]]:
        """For each category: its name, its levels' codes, and each code's place in the matrix (-1: none)."""
        start = len(self.kept) + len(self.marked)
        ready = []
        for hot in self.categories:
            width = len(hot.levels)
            places = np.full(width + 2, -1)  # the last two answer for unseen (-2) and missing (-1)
            places[:width] = np.arange(start, start + width)
            places[-2] = start + width if hot.other else -1
            places[-1] = start + width + hot.other if hot.missing else -1
            ready.append((hot.name, {level: position for position, level in enumerate(hot.levels)}, places))
            start += len(hot.names)
        return ready

    @cached_property
    def _places(self) -> list[tuple[str, dict[str | None, int], int]]:
        """The same for single cells: each level's place and that of a missing one, and the place of an unseen one."""
        ready = []
        for name, positions, places in self._hot:
            of: dict[str | None, int] = {level: int(places[code]) for level, code in positions.items()}
            ready.append((name, of | {None: int(places[-1])}, int(places[-2])))
        return ready

    def matrix(self, dataset: Dataset, dtype: type[np.floating[Any]] = np.float64) -> npt.NDArray[Any]:
        """The features of a dataset's rows, float [rows, names]; always finite."""
        frame = dataset.frame
        matrix = self._scaled(_raw(frame, self.numbers, self.times), dtype)
        for name, positions, places in self._hot:
            place = places[columns.codes(frame.get_column(name), positions)]
            rows = np.flatnonzero(place >= 0)
            matrix[rows, place[rows]] = 1.0
        return matrix

    def rows(self, records: Sequence[Mapping[str, Any]]) -> Floats:
        """The matrix of a few rows, each a dict of cells as a frame would give them: no frame has to be made first."""
        raw = np.array([_raw_of(record, self.numbers, self.times) for record in records], dtype=np.float64)
        raw[np.isinf(raw)] = np.nan
        matrix: Floats = self._scaled(raw, np.float64)
        for name, places, unseen in self._places:
            for row, record in enumerate(records):
                place = places.get(record[name], unseen)
                if place >= 0:
                    matrix[row, place] = 1.0
        return matrix

    def _scaled(self, raw: Floats, dtype: type[np.floating[Any]]) -> npt.NDArray[Any]:
        """A matrix with its numbers and marks filled in from raw numbers and time parts, and no category yet."""
        kept, centre, scale, marked, features = self._plan
        scaled = raw[:, kept]
        missing = np.isnan(scaled)
        with np.errstate(over="ignore"):  # the clip mends it
            scaled = np.clip((scaled - centre) / scale, -WILDEST, WILDEST)
        scaled[missing] = 0.0
        if self.squash:
            scaled /= np.sqrt(1 + (scaled / 3) ** 2)
        matrix = np.zeros((len(raw), features), dtype=dtype)
        width = len(kept)
        matrix[:, :width] = np.clip(scaled, -FARTHEST, FARTHEST)
        matrix[:, width : width + len(marked)] = missing[:, marked]
        return matrix

    def to_json(self) -> dict[str, Any]:
        """The measured columns as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The features that `to_json` described."""
        hot = tuple(
            OneHot(each["name"], tuple(each["levels"]), each["other"], each["missing"]) for each in data["categories"]
        )
        lists = {name: tuple(data[name]) for name in ("numbers", "times", "kept", "centre", "scale", "marked")}
        return cls(**lists, categories=hot, squash=data["squash"])


def one_hots(names: tuple[str, ...], frame: pl.DataFrame, *, room: int) -> tuple[OneHot, ...]:
    """Which levels of each category get a feature: the frequent ones, in `room` features for all columns."""
    rows = max(frame.height, 1)
    room = max(min(room, MOST_CELLS // rows), 5 * len(names))
    fewest = max(2, rows // 5_000)  # rows that a level needs to be worth a feature
    hots = []
    for name in names:
        counts = frame.get_column(name).drop_nulls().value_counts().sort(["count", name], descending=[True, False])
        frequent = counts.filter(pl.col("count") >= fewest)[name].head(max(room // len(names) - 2, 1)).to_list()
        missing = frame.get_column(name).null_count() > 0
        other = len(frequent) < counts.height
        if len(frequent) + other + missing > 1:  # a constant says nothing
            hots.append(OneHot(name, tuple(frequent), other, missing))
    return tuple(hots)


def varying(raw: Floats) -> npt.NDArray[np.intp]:
    """The columns of a matrix that hold at least two different values, NaN counting as one."""
    if len(raw) == 0:
        return np.zeros(0, dtype=np.intp)
    low = np.fmin.reduce(raw, axis=0)
    high = np.fmax.reduce(raw, axis=0)
    absent = np.isnan(raw)
    return np.flatnonzero((low < high) | (absent.any(axis=0) & ~absent.all(axis=0)))


def _named(inputs: tuple[Column, ...], kind: Kind) -> tuple[str, ...]:
    return tuple(column.name for column in inputs if column.kind == kind)


def _raw_names(numbers: tuple[str, ...], times: tuple[str, ...]) -> list[str]:
    waves = [f"{wave} of {part}" for part in CYCLES for wave in ("sine", "cosine")]
    parts = [f"{name}: {part}" for name in times for part in (*columns.PARTS, *waves)]
    return [*numbers, *parts]


def _raw(frame: pl.DataFrame, numbers: tuple[str, ...], times: tuple[str, ...]) -> Floats:
    """Numbers, time parts and cycles, float64 [rows, raw names]; NaN where there is no finite value."""
    blocks = [columns.numbers(frame, numbers)]
    for name in times:
        parts = columns.time_parts(frame.get_column(name))
        turns = [parts[:, columns.PARTS.index(part)] * (2 * np.pi / length) for part, length in CYCLES.items()]
        blocks.append(np.column_stack([parts, *(wave(turn) for turn in turns for wave in (np.sin, np.cos))]))
    raw = blocks[0] if len(blocks) == 1 else np.hstack(blocks)
    raw[np.isinf(raw)] = np.nan
    return raw


def _raw_of(record: Mapping[str, Any], numbers: tuple[str, ...], times: tuple[str, ...]) -> list[float | None]:
    """What `_raw` says of one row; None for a number that is missing."""
    line = [record[name] for name in numbers]
    for name in times:
        parts = columns.time_parts_of(record[name])
        turns = np.array([parts[columns.PARTS.index(part)] * (2 * np.pi / length) for part, length in CYCLES.items()])
        line += parts
        for waves in zip(np.sin(turns).tolist(), np.cos(turns).tolist(), strict=True):
            line += waves
    return line


def _scales(raw: Floats, *, robust: bool) -> tuple[Floats, Floats]:
    """Centre and scale of each column: mean and deviation, or median and quartile range."""
    centre, scale = np.zeros(raw.shape[1]), np.ones(raw.shape[1])
    for position in range(raw.shape[1]):
        cells = raw[:, position]
        cells = cells[~np.isnan(cells)]
        if len(cells) == 0:
            continue
        with np.errstate(over="ignore", invalid="ignore"):  # near the end of float64; then unscaled and clipped
            middle, spread = float(cells.mean()), float(cells.std())
            if robust:
                low, middle, high = np.quantile(cells[:: 1 + len(cells) // QUANTILE_ROWS], (0.25, 0.5, 0.75))
                spread = float(high - low) / 1.349 or spread  # of a normal column, the deviation
        centre[position] = middle if np.isfinite(middle) else 0.0
        scale[position] = spread if np.isfinite(spread) and spread > 0 else 1.0
    return centre, scale


def _ints(values: npt.NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(values.tolist())


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())
