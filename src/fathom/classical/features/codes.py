"""Features of a table for trees: numbers as they are, categories as codes, times in parts, NaN for what is missing."""

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

MOST_LEVELS = 10_000  # rarer levels of a category count as missing


@dataclass(frozen=True)
class Codes:
    """One feature a column (a time: one a part); a category's code is its rank by frequency, unseen ones are NaN.

    Trees only ask whether a value is larger, so nothing is scaled. Target-free.

    >>> people = pl.DataFrame({"age": [31.0, None], "pet": ["cat", "dog"]})
    >>> inputs = (Column("age", Kind.NUMBER), Column("pet", Kind.CATEGORY))
    >>> codes = Codes.learn(inputs, people)
    >>> codes.names, codes.categorical
    (['age', 'pet'], [1])
    >>> codes.matrix(Dataset(people, inputs)).tolist()
    [[31.0, 0.0], [nan, 1.0]]
    """

    numbers: tuple[str, ...]
    times: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]  # by category: its levels, the most frequent first

    @classmethod
    def learn(cls, inputs: tuple[Column, ...], frame: pl.DataFrame) -> Self:
        """List each category's levels among the training rows."""
        levels = {}
        for column in inputs:
            if column.kind == Kind.CATEGORY:
                counts = frame.get_column(column.name).drop_nulls().value_counts()
                ordered = counts.sort(["count", column.name], descending=[True, False])[column.name]
                levels[column.name] = tuple(ordered.head(MOST_LEVELS).to_list())
        numbers = tuple(column.name for column in inputs if column.kind == Kind.NUMBER)
        return cls(numbers, tuple(column.name for column in inputs if column.kind == Kind.TIME), levels)

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        parts = [f"{name}: {part}" for name in self.times for part in columns.PARTS]
        return [*self.numbers, *self.levels, *parts]

    @property
    def categorical(self) -> list[int]:
        """The positions of the features that are codes of a category."""
        return list(range(len(self.numbers), len(self.numbers) + len(self.levels)))

    @cached_property
    def _positions(self) -> dict[str, dict[str, int]]:
        return {
            name: {level: position for position, level in enumerate(levels)} for name, levels in self.levels.items()
        }

    def matrix(self, dataset: Dataset) -> Floats:
        """The features of a dataset's rows, float64 [rows, names]; NaN where there is no value or an unseen one."""
        frame = dataset.frame
        width = len(self.numbers) + len(self.levels)
        matrix = np.empty((frame.height, width + len(self.times) * len(columns.PARTS)))
        matrix[:, : len(self.numbers)] = columns.numbers(frame, self.numbers)
        for position, (name, positions) in enumerate(self._positions.items(), len(self.numbers)):
            codes = columns.codes(frame.get_column(name), positions).astype(np.float64)
            codes[codes < 0] = np.nan
            matrix[:, position] = codes
        for position, name in enumerate(self.times):
            start = width + position * len(columns.PARTS)
            matrix[:, start : start + len(columns.PARTS)] = columns.time_parts(frame.get_column(name))
        return matrix

    def rows(self, records: Sequence[Mapping[str, Any]]) -> Floats:
        """The matrix of a few rows, each a dict of cells as a frame would give them: no frame has to be made first.

        >>> codes = Codes(("age",), (), {"pet": ("cat",)})
        >>> codes.rows([{"age": 31, "pet": "cat"}, {"age": None, "pet": "yak"}]).tolist()
        [[31.0, 0.0], [nan, nan]]
        """
        lines = []
        for record in records:
            line = [record[name] for name in self.numbers]
            line += [positions.get(record[name], columns.NAN) for name, positions in self._positions.items()]
            for name in self.times:
                line += columns.time_parts_of(record[name])
            lines.append(line)
        return np.array(lines, dtype=np.float64)  # None becomes NaN

    def to_json(self) -> dict[str, Any]:
        """The levels as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The features that `to_json` described."""
        levels = {name: tuple(each) for name, each in data["levels"].items()}
        return cls(tuple(data["numbers"]), tuple(data["times"]), levels)
