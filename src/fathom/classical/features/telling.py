"""Features of texts for trees: the n-grams that tell the labels apart best, and the other columns as codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.classical.features.codes import Codes
from fathom.classical.features.text import Text
from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS
from fathom.tasks.problem import Problem

MOST = 3_000  # n-grams, of all columns together
ROWS = 50_000  # enough to find them


@dataclass(frozen=True)
class Telling:
    """The n-grams of highest chi-squared between their presence and the labels (Yang and Pedersen 1997), and `Codes`.

    >>> import polars as pl
    >>> from fathom.data.kinds import Column, Kind
    >>> inputs = (Column("said", Kind.TEXT),)
    >>> said, liked = ["good film", "bad film", "good", "bad"], ["yes", "no", "yes", "no"]
    >>> rows = Dataset(pl.DataFrame({"said": said, "liked": liked}), (*inputs, Column("liked", Kind.CATEGORY)))
    >>> problem = Problem("text-classification", "liked", inputs, ("no", "yes"))
    >>> "said: film" in Telling.learn(problem, rows, most=10).names
    False
    """

    text: Text
    codes: Codes | None

    @classmethod
    def learn(cls, problem: Problem, train: Dataset, most: int = MOST) -> Self:
        """Count all n-grams, keep few."""
        rows = np.linspace(0, len(train) - 1, min(len(train), ROWS)).astype(np.intp)
        part = train.take(rows) if len(rows) < len(train) else train
        whole = Text(Text.learn(problem, part).vocabularies, None)
        truth = problem.truth(part)
        kept = np.sort(np.argsort(-chi_squared(whole.matrix(part), truth), kind="stable")[:most])
        vocabularies, start = {}, 0
        for name, each in whole.vocabularies.items():
            end = start + len(each.hashes)
            vocabularies[name] = each.take(kept[(kept >= start) & (kept < end)] - start)
            start = end
        beside = tuple(column for column in problem.inputs if column.kind in TABLE_KINDS)
        return cls(Text(vocabularies, None), Codes.learn(beside, train.frame) if beside else None)

    @cached_property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        return self.text.names + (self.codes.names if self.codes else [])

    @property
    def categorical(self) -> list[int]:
        """The positions of the features that are codes of a category."""
        return [self.text.width + place for place in self.codes.categorical] if self.codes else []

    def matrix(self, dataset: Dataset) -> sparse.csr_matrix:
        """The features of a dataset's rows, sparse float64 [rows, names]; NaN where a column has no value."""
        words = self.text.matrix(dataset).astype(np.float64)
        if self.codes is None:
            return words
        return sparse.hstack([words, sparse.csr_matrix(self.codes.matrix(dataset))], format="csr")

    def to_json(self) -> dict[str, Any]:
        """The columns as plain JSON data; the n-grams are `arrays`."""
        return {"text": self.text.to_json(), "codes": self.codes.to_json() if self.codes else None}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is too large for JSON."""
        return self.text.arrays()

    @classmethod
    def restored(cls, data: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Self:
        """The features that `to_json` and `arrays` described."""
        return cls(Text.restored(data["text"], arrays), Codes.from_json(data["codes"]) if data["codes"] else None)


def chi_squared(x: sparse.csr_matrix, truth: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How far each feature's presence departs from being independent of the classes, float64 [features].

    >>> chi_squared(sparse.csr_matrix([[1, 1], [0, 1], [1, 0], [0, 0]]), np.array([1, 0, 1, 0])).tolist()
    [2.0, 0.0]
    """
    known = np.flatnonzero(truth >= 0)
    classes, codes = np.unique(truth[known], return_inverse=True)
    share = np.bincount(codes) / max(len(known), 1)
    there = x[known]
    there = sparse.csr_matrix((np.ones(there.nnz, np.float32), there.indices, there.indptr), shape=there.shape)
    total = np.bincount(there.indices, minlength=x.shape[1]).astype(np.float64)
    found = np.zeros(x.shape[1])
    for place in range(len(classes)):  # one class at a time: of many, all at once would take much memory
        expected = total * share[place]
        seen = there.T @ (codes == place).astype(np.float32)
        found += np.divide((seen - expected) ** 2, expected, out=np.zeros_like(found), where=expected > 0)
    return found
