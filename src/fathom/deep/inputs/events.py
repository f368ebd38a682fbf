"""Events become the steps of whoever they are of, the latest last, with the columns of the table beside them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.events import features
from fathom.data.events.events import Events
from fathom.deep.inputs.table import TableInputs
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

CHANNELS = 4  # amount, hours before the event, others the same, whether there was one
FARTHEST = 6.0  # spreads that an amount may lie from the middle


@dataclass(frozen=True)
class EventInputs:
    """How events become tensors: what `TableInputs` makes of their columns, and float [rows, STEPS + 1, CHANNELS].

    Amounts and hours go in as logarithms. The last step is the event itself. Without entities to follow it is the only
    one that says anything.
    """

    table: TableInputs
    steps: tuple[tuple[str, ...], ...]  # names of the columns of each step back, the latest first
    amount: str | None
    others: int  # how many other entities an event names
    middle: float
    spread: float

    @classmethod
    def fit(cls, problem: Problem, train: Dataset) -> EventInputs:
        """Learn the statistics of the training rows."""
        events = problem.events or Events()
        names = {column.name for column in problem.inputs}
        back = range(1, features.STEPS + 1)
        steps = tuple(tuple(features.step(events, each)) for each in back) if events.follows else ()
        steps = tuple(each for each in steps if names.issuperset(each))
        told = {name for each in steps for name in each}
        plain = tuple(column for column in problem.inputs if column.name not in told)
        amount = events.amount if events.amount in names else None
        size = _logarithm(_column(train, amount)) if amount else np.zeros(0)
        size = size[np.isfinite(size)]
        middle, spread = (float(size.mean()), float(size.std()) or 1.0) if len(size) else (0.0, 1.0)
        table = TableInputs.fit(replace(problem, inputs=plain), train)
        return cls(table, steps, amount, max(len(events.entities) - 1, 1), middle, spread)

    def tensors(self, dataset: Dataset) -> tuple[Tensor, Tensor, Tensor]:
        """Steps, and numbers and codes of the table."""
        rows = np.zeros((len(dataset), features.STEPS + 1, CHANNELS), dtype=np.float32)
        if self.amount:
            rows[:, -1, 0] = self._size(_column(dataset, self.amount))
        rows[:, -1, 2:] = 1.0
        for back, names in enumerate(self.steps, 1):
            columns = {name.rsplit(": ", 1)[1].split(" ")[0]: _column(dataset, name) for name in names}
            hours = columns["hours"]
            there = np.isfinite(hours)
            if self.amount:
                rows[:, -1 - back, 0] = np.where(there, self._size(_column(dataset, names[0])), 0.0)
            rows[:, -1 - back, 1] = np.where(there, np.log1p(np.clip(np.nan_to_num(hours), 0, 1e6)) / 4, 0.0)
            if "others" in columns:
                rows[:, -1 - back, 2] = np.nan_to_num(columns["others"]).clip(0, self.others) / self.others * there
            rows[:, -1 - back, 3] = there
        return torch.from_numpy(rows), *self.table.tensors(dataset)

    def _size(self, amounts: Floats) -> Floats:
        away = np.nan_to_num((_logarithm(amounts) - self.middle) / self.spread)
        found: Floats = away.clip(-FARTHEST, FARTHEST)
        return found

    def blank(self) -> tuple[Tensor, ...]:
        """Two rows that say nothing, in the shape that real ones have."""
        return torch.zeros(2, features.STEPS + 1, CHANNELS), *self.table.blank()

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        return {**asdict(self), "table": self.table.to_json(), "steps": [list(each) for each in self.steps]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> EventInputs:
        """The inputs that `to_json` described."""
        steps = tuple(tuple(map(str, each)) for each in data["steps"])
        if len(steps) > features.STEPS:
            raise ValueError("more steps than there are")
        middle, spread = float(data["middle"]), float(data["spread"])
        return cls(TableInputs.from_json(data["table"]), steps, data["amount"], int(data["others"]), middle, spread)


def _column(dataset: Dataset, name: str | None) -> Floats:
    values: Floats = dataset.frame[name].to_numpy().astype(np.float64) if name else np.zeros(len(dataset))
    return np.where(np.isfinite(values), values, np.nan)


def _logarithm(amounts: Floats) -> Floats:
    """Refunds are as large as they are negative."""
    found: Floats = np.sign(amounts) * np.log1p(np.abs(amounts).clip(0, 1e15))
    return found
