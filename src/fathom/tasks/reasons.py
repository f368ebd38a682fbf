"""Why a row was flagged: what each feature adds to the log-odds of the rare label.

Trees tell it themselves (TreeSHAP, Lundberg et al. 2018, as LightGBM computes it), weighted sums by weight and
deviation from the mean. Of every other learner a column is put back to its usual value, and the log-odds are looked at
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

MOST = 3  # reasons that are told of a row
LEAST = 1e-9  # log-odds
SURE = 1e-9  # probability that log-odds are told from


@runtime_checkable
class Telling(Protocol):
    """What a learner may offer beside its contract: what each of its features adds to the log-odds."""

    def contributions(self, dataset: Dataset) -> tuple[list[str], Floats] | None:
        """Features by name, and float64 [rows, features]: what each adds for the second label; None if not of two."""


@dataclass(frozen=True)
class Reason:
    """A feature, its value in the row (None: none, or not a column of its own), and what it adds to the log-odds."""

    column: str
    value: Any
    worth: float

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {"column": self.column, "value": self.value, "worth": round(self.worth, 4)}

    def __str__(self) -> str:
        value = f"{self.value:.4g}" if isinstance(self.value, float) else str(self.value)
        return f"{self.column}{'' if self.value is None else f' {value}'} ({self.worth:+.2f})"


def reasons(learner: Any, problem: Problem, dataset: Dataset, most: int = MOST) -> list[list[Reason]]:
    """What speaks most for the rare label in each row, the strongest first; what speaks against it is not told."""
    told = learner.contributions(dataset) if isinstance(learner, Telling) else None
    names, worth = told if told is not None else _left_out(learner, problem, dataset)
    found = []
    for row, each in enumerate(worth):
        order = np.argsort(-each, kind="stable")[:most].tolist()
        found.append([Reason(names[at], _value(dataset, names[at], row), float(each[at])) for at in order
                      if each[at] > LEAST])  # fmt: skip
    return found


def _value(dataset: Dataset, name: str, row: int) -> Any:
    value = dataset.frame[name][row] if name in dataset.names else None
    return value if isinstance(value, int | float | str | None) else str(value)


def _left_out(learner: Any, problem: Problem, dataset: Dataset) -> tuple[list[str], Floats]:
    """What the log-odds lose when each column by itself is as usual, float64 [rows, columns]."""
    names = [column.name for column in problem.inputs]
    whole = _log_odds(learner.predict(dataset))
    parts = [dataset.frame.with_columns(_usual(column, dataset.frame.schema[column.name])) for column in problem.inputs]
    if not len(dataset) or not parts:
        return names, np.zeros((len(dataset), len(names)))
    together = Dataset(pl.concat(parts), dataset.columns, dataset.source, dataset.folder)
    without = _log_odds(learner.predict(together)).reshape(len(names), len(dataset))
    worth: Floats = (whole - without).T
    return names, worth


def _usual(column: Column, kind: pl.DataType) -> pl.Expr:
    """A column's usual value in every row: the median, the most frequent category, else none."""
    usual = column.middle if column.kind == Kind.NUMBER else None
    if column.kind == Kind.CATEGORY and column.categories:
        return pl.lit(column.categories[0], dtype=kind).alias(column.name)
    return pl.lit(usual, dtype=kind).alias(column.name)


def _log_odds(labels: Labels) -> Floats:
    given = np.clip(labels.probabilities, SURE, 1.0)
    found: Floats = np.log(given[:, 1]) - np.log(given[:, 0])
    return found


def said(row: Sequence[Reason]) -> str:
    """Reasons in one line.

    >>> said([Reason("amount", 912.5, 1.25), Reason("hour", 3.0, 0.5)])
    'amount 912.5 (+1.25); hour 3 (+0.50)'
    """
    return "; ".join(map(str, row))
