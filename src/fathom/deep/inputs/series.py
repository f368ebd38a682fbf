"""Windows of series become tensors, each in units of its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import SERIES, Stretch, windows
from fathom.deep.inputs import calendar
from fathom.deep.inputs.table import LARGEST, Scale, TableInputs, scale_of
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

FLAT = 1e-9  # of its largest value: a series that varies by less is constant, but for rounding
LEAST = 1e-3  # of its value: the unit of a constant series, and of one of noughts this much
SMALLEST = float(np.finfo(np.float64).tiny)  # unit: what is smaller loses digits
SOFT_LIMIT = 3.0  # where far-out values of other columns are bent back to, in spreads
FARTHEST = 1e4  # units from the middle of its window that a value is learned at


@dataclass(frozen=True)
class SeriesInputs:
    """How windows become tensors: each centred on its mean, in units of its spread (Kim et al. 2022).

    Series of a thousand and of a billion look alike so. Columns known ahead and afterwards are centred on the training
    rows' middle; `beside` reads the series' name and what is said of it as a whole.
    """

    target: str
    horizon: Horizon
    context: int  # steps that are looked back
    beside: TableInputs
    known: tuple[Scale | None, ...]
    past: tuple[Scale | None, ...]
    cycles: tuple[str, ...]  # of the calendar

    @classmethod
    def fit(cls, problem: Problem, train: Dataset, stretches: list[Stretch], context: int) -> SeriesInputs:
        """Learn the statistics of the training rows."""
        horizon = problem.horizon
        assert horizon is not None
        kept = {SERIES, *horizon.static}
        still = replace(problem, inputs=tuple(each for each in problem.inputs if each.name in kept))
        known, past = (
            np.concatenate([getattr(each, name) for each in stretches]) if stretches else np.empty((0, 0))
            for name in ("known", "past")
        )
        scales = [tuple(scale_of(_finite(columns[:, i])) for i in range(columns.shape[1])) for columns in (known, past)]
        cycles = calendar.repeated(horizon.step, span_of(stretches, horizon))
        return cls(problem.target, horizon, context, TableInputs.fit(still, train), scales[0], scales[1], cycles)

    @property
    def channels(self) -> int:
        """How many figures each past step has: the value, whether there is one, and the columns beside it."""
        return 2 + len(self.past) + self.ahead

    @property
    def ahead(self) -> int:
        """How many figures each step ahead has: the columns that are known, and the calendar."""
        return len(self.known) + calendar.width(self.cycles)

    def tensors(self, dataset: Dataset) -> tuple[Tensor, ...]:
        """Past steps float32 [rows, context, channels], steps ahead float32 [rows, steps, ahead], numbers and codes."""
        return self.read(dataset)[0]

    def read(self, dataset: Dataset) -> tuple[tuple[Tensor, ...], Floats, Floats]:
        """The tensors of windows, and their middles and units, float64 [rows, 1] each."""
        found = windows(dataset, self)
        horizon, context = self.horizon, self.context
        values, middle, unit = normalised(tail(found.history, context))
        stamps = horizon.stamps(found.origin, 1 - context, horizon.ahead)
        steps = context + horizon.ahead
        through = np.concatenate(
            [scaled(tail(found.known, steps), self.known), calendar.calendar(stamps, self.cycles)], axis=2
        )
        beside = scaled(tail(found.past, context), self.past)
        past = joined(values, beside, through[:, :context])
        numbers, codes = self.beside.tensors(dataset)
        ahead = torch.from_numpy(np.ascontiguousarray(through[:, context:]))
        return (torch.from_numpy(past), ahead, numbers, codes), middle, unit

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        return {
            "target": self.target,
            "horizon": self.horizon.to_json(),
            "context": self.context,
            "beside": self.beside.to_json(),
            "known": [asdict(each) if each else None for each in self.known],
            "past": [asdict(each) if each else None for each in self.past],
            "cycles": list(self.cycles),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SeriesInputs:
        """The inputs that `to_json` described."""
        known, past = (tuple(Scale(**scale) if scale else None for scale in data[name]) for name in ("known", "past"))
        horizon, beside = Horizon.from_json(data["horizon"]), TableInputs.from_json(data["beside"])
        every = calendar.cycles(horizon.step)
        cycles = tuple(each for each in every if each in data.get("cycles", every))  # older models were told of all
        return cls(str(data["target"]), horizon, int(data["context"]), beside, known, past, cycles)


def span_of(stretches: list[Stretch], horizon: Horizon) -> np.timedelta64:
    """How long a time stretches cover, from the first of them to the end of the last."""
    if not stretches:
        return np.timedelta64(0, "us")
    ends = [horizon.stamps(np.array([each.start]), len(each.values), len(each.values))[0, 0] for each in stretches]
    return np.timedelta64(max(ends) - min(each.start for each in stretches), "us")


def normalised(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Values [rows, steps] less their mean, in units of their spread; the means and units [rows, 1]. NaN stays NaN.

    A constant row has a thousandth of its value as its unit: something must be one, and nothing is expected to move.

    >>> found, middle, unit = normalised(np.array([[np.nan, 1.0, 3.0], [5.0, 5.0, 5.0]]))
    >>> found[0].tolist(), middle.ravel().tolist(), unit.ravel().tolist()
    ([nan, -1.0, 1.0], [2.0, 5.0], [1.0, 0.005])
    """
    known = np.isfinite(values)
    held = np.where(known, values, 0.0).clip(-LARGEST, LARGEST)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    middle = held.sum(axis=1, keepdims=True) / count
    off = np.where(known, held - middle, 0.0)
    size = np.abs(held).max(axis=1, keepdims=True, initial=0.0)
    most = np.abs(off).max(axis=1, keepdims=True, initial=0.0)
    even = most <= FLAT * size
    most = np.where(even, 1.0, most)  # squares of what is very large or very small are no numbers
    spread = most * np.sqrt(((off / most) ** 2).sum(axis=1, keepdims=True) / count)
    unit = np.maximum(np.where(even, np.where(size > 0, LEAST * size, LEAST), spread), SMALLEST)
    return np.where(known, off / unit, np.nan), middle, unit


def joined(values: Floats, *beside: Singles) -> Singles:
    """A window's figures for each step: its value, whether there is one, and what stands beside it; else noughts."""
    known = np.isfinite(values)
    first = np.stack([np.where(known, values, 0.0), known], axis=2).astype(np.float32)
    return np.concatenate([first, *(each * known[:, :, None] for each in beside)], axis=2)


def scaled(columns: Floats, scales: tuple[Scale | None, ...]) -> Singles:
    """Columns [..., columns] centred, in units of their spread, softly bent at the ends; 0 where nothing is known."""
    found = np.zeros(columns.shape, dtype=np.float32)
    for place, scale in enumerate(scales):
        if scale is not None:
            each = np.nan_to_num((_finite(columns[..., place]) - scale.middle) / scale.spread).clip(-1e6, 1e6)
            found[..., place] = each / np.sqrt(1 + (each / SOFT_LIMIT) ** 2)
    return found


def tail(steps: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """The last steps of each row; where there are fewer, NaN before them.

    >>> tail(np.array([[1.0, 2.0]]), 3).tolist()
    [[nan, 1.0, 2.0]]
    """
    lacking = count - steps.shape[1]
    if lacking <= 0:
        return steps[:, -lacking:]
    return np.pad(steps, [(0, 0), (lacking, 0), *[(0, 0)] * (steps.ndim - 2)], constant_values=np.nan)


def _finite(values: Floats) -> Floats:
    found: Floats = np.where(np.isfinite(values), values, np.nan).clip(-LARGEST, LARGEST)
    return found
