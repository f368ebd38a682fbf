"""Features of texts: their n-grams, and beside them what the table's other columns say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.classical.features.table import Table
from fathom.classical.features.vocabulary import MOST_FEATURES, Vocabulary
from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.tasks.problem import Problem

MOST_WEIGHTS = 20_000_000  # of a linear learner: features times classes


@dataclass(frozen=True)
class Text:
    """For each column of texts its vocabulary; the other columns as a `Table`, or None where there are none.

    >>> import polars as pl
    >>> from fathom.data.kinds import Column
    >>> inputs = (Column("said", Kind.TEXT), Column("stars", Kind.NUMBER))
    >>> rows = Dataset(pl.DataFrame({"said": ["good", "bad"], "stars": [5.0, 1.0]}), inputs)
    >>> text = Text.learn(Problem("text-classification", "liked", inputs, ("no", "yes")), rows)
    >>> text.names[-1], text.matrix(rows).shape == (2, text.width)
    ('stars', True)
    """

    vocabularies: dict[str, Vocabulary]
    table: Table | None

    @classmethod
    def learn(cls, problem: Problem, train: Dataset) -> Self:
        """Count the n-grams of the training rows, measure the other columns."""
        texts = problem.inputs_of(Kind.TEXT)
        width = len(problem.classes) if len(problem.classes) > 2 else 1
        most = max(min(MOST_FEATURES, MOST_WEIGHTS // width) // len(texts), 1_000)
        vocabularies = {name: Vocabulary.learn(train.frame.get_column(name), most) for name in texts}
        beside = tuple(column for column in problem.inputs if column.kind in TABLE_KINDS)
        return cls(vocabularies, Table.learn(beside, train.frame) if beside else None)

    @cached_property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order: n-grams behind their column's name."""
        words = [f"{name}: {gram}" for name, each in self.vocabularies.items() for gram in each.names]
        return words + (self.table.names if self.table else []) or ["nothing"]

    @property
    def width(self) -> int:
        """How many features there are."""
        words = sum(len(each.hashes) for each in self.vocabularies.values())
        return words + (len(self.table.names) if self.table else 0) or 1

    @property
    def words(self) -> int:
        """How many of them, the first ones, are n-grams."""
        return sum(len(each.hashes) for each in self.vocabularies.values())

    def matrix(self, dataset: Dataset) -> sparse.csr_matrix:
        """The features of a dataset's rows, sparse float32 [rows, names]."""
        blocks = [each.matrix(dataset.frame.get_column(name)) for name, each in self.vocabularies.items()]
        if self.table:
            blocks.append(sparse.csr_matrix(self.table.matrix(dataset, np.float32)))
        if self.width > sum(block.shape[1] for block in blocks):
            return sparse.csr_matrix((len(dataset), self.width), dtype=np.float32)
        return blocks[0] if len(blocks) == 1 else sparse.hstack(blocks, format="csr", dtype=np.float32)

    def to_json(self) -> dict[str, Any]:
        """The columns and what was measured of the table, as plain JSON data; the n-grams are `arrays`."""
        return {"columns": list(self.vocabularies), "table": self.table.to_json() if self.table else None}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is too large for JSON."""
        found: dict[str, npt.NDArray[Any]] = {}
        for place, each in enumerate(self.vocabularies.values()):
            parts: dict[str, npt.NDArray[Any]] = {
                "hashes": each.hashes.view(np.int64),
                "rarity": each.rarity,
                "spelled": each.spelled,
            }
            found |= {f"{name}.{place}": part for name, part in parts.items()}
        return found

    @classmethod
    def restored(cls, data: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Self:
        """The features that `to_json` and `arrays` described."""
        vocabularies = {}
        for place, name in enumerate(data["columns"]):
            hashes, rarity, spelled = (arrays[f"{part}.{place}"] for part in ("hashes", "rarity", "spelled"))
            vocabularies[name] = Vocabulary(hashes.view(np.uint64), rarity, spelled)
            vocabularies[name].check()
        return cls(vocabularies, Table.from_json(data["table"]) if data["table"] else None)
