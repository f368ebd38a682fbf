"""Features for detectors: each column's cells as numbers whose size says something, and whose feature each is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.classical.features import columns
from fathom.classical.features.table import varying
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

FARTHEST = 1e6  # spreads; single precision holds it, and nothing is lost by calling more the same
STRAIGHT = (
    3.0  # spreads up to which numbers count as they are where columns are looked at jointly; then their logarithm
)
QUANTILE_ROWS = 50_000
MOST_LEVELS = 300  # that get a feature of their own, of all categories together
CLOCK = (
    ("hour", 24.0),
    ("weekday", 7.0),
)  # parts of a time that come again; its day does not, so every new row would be strange
ALIKE = 0.5**0.5  # of a level's feature, so that two different levels are one spread apart


@dataclass(frozen=True)
class Category:
    """A category's levels, and for each how surprising it is: minus the logarithm of its share of the rows."""

    name: str
    levels: tuple[str, ...]
    surprise: tuple[float, ...]
    missing: float  # surprise of no value
    unseen: float  # of a level that training did not have
    own: int  # how many of the levels, the most frequent ones, have a feature where columns are looked at jointly
    part: str = ""  # of a time: what of it these levels are, its hour or its weekday


@dataclass(frozen=True)
class Gauges:
    """Numbers in spreads from the middle, times by the clock, categories by how rare they are or one feature a level.

    Of times it is how rare their hour and weekday are, or the places of these as waves. Middle and spread are median
    and quartile range, which strange rows among those of training do not move.
    `joint`: for learners that look at columns together: large numbers bent, levels one feature each. Otherwise a
    category is one feature, how surprising its level is, and so is a missing value; these are `one_sided`.
    `made`: columns made of a row's past; where it has none that says nothing, and is no surprise.

    >>> people = pl.DataFrame({"age": [31.0, 40.0, 64.0, 35.0], "pet": ["cat", "cat", "cat", "dog"]})
    >>> gauges = Gauges.learn((Column("age", Kind.NUMBER), Column("pet", Kind.CATEGORY)), people)
    >>> gauges.names, gauges.matrix(people)[3].round(2).tolist()
    (['age', 'pet: how rare'], [-0.28, 1.39])
    """

    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    times: tuple[str, ...]
    kept: tuple[int, ...]  # of numbers and parts of times, those that vary
    middle: tuple[float, ...]
    spread: tuple[float, ...]
    absent: tuple[tuple[int, float, float], ...]  # of the kept, those with gaps: place, surprise of a gap, of a value
    categories: tuple[Category, ...]
    joint: bool
    made: tuple[str, ...] = ()

    @classmethod
    def learn(
        cls, inputs: tuple[Column, ...], frame: pl.DataFrame, *, joint: bool = False, made: tuple[str, ...] = ()
    ) -> Self:
        """Measure the columns of the training rows."""
        numbers, times, names = (
            tuple(column.name for column in inputs if column.kind == kind)
            for kind in (Kind.NUMBER, Kind.TIME, Kind.CATEGORY)
        )
        waves = times if joint else ()
        raw = _raw(frame, numbers, waves)
        kept = varying(raw)
        raw = raw[:, kept]
        middle, spread = _scales(raw)
        share = np.isnan(raw).mean(axis=0) if len(raw) else np.zeros(len(kept))
        own = [place < len(numbers) and numbers[place] not in made for place in kept.tolist()]
        gaps = np.flatnonzero((share > 0) & (share < 1) & np.array(own, dtype=bool)).tolist()
        absent = tuple((place, -float(np.log(share[place])), -float(np.log1p(-share[place]))) for place in gaps)
        room = max(MOST_LEVELS // max(len(names), 1), 2)
        found = [_category(frame[name], room) for name in names]
        if not joint:
            found += [_category(_clock(frame[name], part), room, part) for name in times for part, _ in CLOCK]
        known = tuple(filter(None, found))
        order = tuple(column.name for column in inputs)
        return cls(order, numbers, waves, _whole(kept), _plain(middle), _plain(spread), absent, known, joint, made)

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        return [name for name, _ in self._features] or ["nothing"]

    @cached_property
    def _features(self) -> list[tuple[str, str]]:
        """Each feature's name and its column."""
        parts = [(name, name) for name in self.numbers]
        parts += [(f"{name}: {part}", name) for name in self.times for part in _parts()]
        found = [parts[at] for at in self.kept]
        found += [(f"{found[at][0]} is missing", found[at][1]) for at, *_ in self.absent]
        for each in self.categories:
            if self.joint:
                found += [(f"{each.name} = {level}", each.name) for level in each.levels[: each.own]]
                found += [(f"{each.name} is another", each.name)]
            else:
                what = f"{each.name}: {each.part}" if each.part else each.name
                found += [(f"{what}: how rare", each.name)]
        return found

    @cached_property
    def owner(self) -> npt.NDArray[np.intp]:
        """The place among `columns` of each feature's column."""
        places = {name: at for at, name in enumerate(self.columns)}
        return np.array([places[column] for _, column in self._features] or [0], dtype=np.intp)

    @cached_property
    def one_sided(self) -> npt.NDArray[np.bool_]:
        """Which features are surprises: only high ones are strange."""
        sided = np.arange(len(self.names)) >= len(self.kept)
        return sided & (not self.joint)

    def by_column(self, parts: Floats) -> Floats:
        """What features contribute, float64 [rows, names], as what their columns do, [rows, columns]."""
        found = np.zeros((len(parts), len(self.columns)))
        np.add.at(found.T, self.owner, parts.T)
        return found

    def matrix(self, data: Dataset | pl.DataFrame) -> Floats:
        """The features of rows, float64 [rows, names]; always finite."""
        frame = data.frame if isinstance(data, Dataset) else data
        raw = _raw(frame, self.numbers, self.times)[:, list(self.kept)]
        gone = np.isnan(raw)
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (raw - np.array(self.middle)) / np.array(self.spread)
        scaled = np.clip(np.where(gone, 0.0, scaled), -FARTHEST, FARTHEST)
        matrix = np.zeros((frame.height, len(self.names)))
        width = len(self.kept)
        matrix[:, :width] = _bent(scaled) if self.joint else scaled
        for place, gap, value in self.absent:
            missing = gone[:, place]
            matrix[:, width] = missing if self.joint else np.where(missing, gap, value)
            width += 1
        for each in self.categories:
            cells = frame.get_column(each.name)
            codes = columns.codes(_clock(cells, each.part) if each.part else cells, self._codes[each.name, each.part])
            if self.joint:
                own = np.where((codes < 0) | (codes >= each.own), each.own, codes)
                matrix[np.arange(frame.height), width + own] = ALIKE
                width += each.own + 1
            else:
                matrix[:, width] = np.array([*each.surprise, each.unseen, each.missing])[codes]  # -1 missing, -2 unseen
                width += 1
        return matrix

    def untold(self, data: Dataset | pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Which features of rows a past is missing for, [rows, names]: in the matrix they are in the middle."""
        frame = data.frame if isinstance(data, Dataset) else data
        gone = np.zeros((frame.height, len(self.names)), dtype=bool)
        past = [at for at, place in enumerate(self.kept) if self.numbers[place:] and self.numbers[place] in self.made]
        if past:
            gone[:, past] = ~np.isfinite(columns.numbers(frame, tuple(self.numbers[self.kept[at]] for at in past)))
        return gone

    @cached_property
    def _codes(self) -> dict[tuple[str, str], dict[str, int]]:
        return {(each.name, each.part): {level: at for at, level in enumerate(each.levels)} for each in self.categories}

    def to_json(self) -> dict[str, Any]:
        """The measured columns as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The features that `to_json` described; a ValueError where their parts do not fit one another."""
        known = tuple(
            Category(**{**each, "levels": tuple(each["levels"]), "surprise": tuple(map(float, each["surprise"]))})
            for each in data["categories"]
        )
        lists = {name: tuple(data[name]) for name in ("columns", "numbers", "times", "kept", "middle", "spread")}
        absent = tuple((int(at), float(gap), float(value)) for at, gap, value in data["absent"])
        past = tuple(map(str, data.get("made", ())))
        made = cls(**lists, absent=absent, categories=known, joint=bool(data["joint"]), made=past)
        parts = len(made.numbers) + len(made.times) * len(_parts())
        sizes = {len(made.kept), len(made.middle), len(made.spread)}
        if len(sizes) > 1 or any(not 0 <= at < parts for at in made.kept):
            raise ValueError(phrase("columns and features differ in number"))
        if any(len(each.levels) != len(each.surprise) or not 0 <= each.own <= len(each.levels) for each in known):
            raise ValueError(phrase("columns and features differ in number"))
        return made


def _category(cells: pl.Series, room: int, part: str = "") -> Category | None:
    """A category's levels, the most frequent first; None where all rows hold the same."""
    counts = cells.drop_nulls().value_counts(name="rows").sort(["rows", cells.name], descending=[True, False])
    gaps, rows = cells.null_count(), len(cells)
    if len(counts) + (gaps > 0) < 2:
        return None
    shares = counts["rows"].to_numpy() / rows
    fewest = max(2, rows // 5_000)
    own = min(int((counts["rows"] >= fewest).sum()), room)
    never = float(np.log(rows + 1.0))
    missing = -float(np.log(gaps / rows)) if gaps else never
    levels = tuple(counts[cells.name].to_list())
    return Category(cells.name, levels, tuple((-np.log(shares)).tolist()), missing, never, own, part)


def _clock(cells: pl.Series, part: str) -> pl.Series:
    """The hour or the weekday of times, as text."""
    found = cells.dt.hour() if part == "hour" else cells.dt.weekday()
    return found.cast(pl.String)


def _parts() -> list[str]:
    return [f"{wave} of {part}" for part, _ in CLOCK for wave in ("sine", "cosine")]


def _raw(frame: pl.DataFrame, numbers: tuple[str, ...], times: tuple[str, ...]) -> Floats:
    """Numbers and the clock's places, float64; NaN where there is no finite value."""
    blocks = [columns.numbers(frame, numbers)]
    for name in times:
        parts = columns.time_parts(frame.get_column(name))
        turns = [parts[:, columns.PARTS.index(part)] * (2 * np.pi / length) for part, length in CLOCK]
        blocks.append(np.column_stack([wave(turn) for turn in turns for wave in (np.sin, np.cos)]))
    raw = np.hstack(blocks)
    raw[~np.isfinite(raw)] = np.nan
    return raw


def _scales(raw: Floats) -> tuple[Floats, Floats]:
    """Median and quartile range of each column; where half of the rows hold one value, the deviation of the others."""
    middle, spread = np.zeros(raw.shape[1]), np.ones(raw.shape[1])
    for place in range(raw.shape[1]):
        cells = raw[:, place]
        cells = cells[~np.isnan(cells)][:: 1 + len(cells) // QUANTILE_ROWS]
        if not len(cells):
            continue
        low, centre, high = np.quantile(cells, (0.25, 0.5, 0.75))
        with np.errstate(over="ignore", invalid="ignore"):
            wide = (high - low) / 1.349
            if not wide > 0:
                wide = float(np.sqrt(np.mean((cells - centre) ** 2)))
        middle[place] = centre
        spread[place] = wide if np.isfinite(wide) and wide > 0 else 1.0
    return middle, spread


def _bent(scaled: Floats) -> Floats:
    """Numbers as they are up to some spreads, then their logarithm: a wild cell must not drown all other columns."""
    far = np.abs(scaled)
    return np.where(far > STRAIGHT, np.sign(scaled) * (STRAIGHT + np.log1p(np.maximum(far - STRAIGHT, 0.0))), scaled)


def _whole(values: npt.NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(values.tolist())


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())
