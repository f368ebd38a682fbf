"""Tables become numbers and codes, with the statistics of the training rows alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import torch
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

MISSING = ""  # the category of rows without a value; polars keeps null and "" apart, people do not
FEW_ROWS = 256  # below, a dictionary finds codes faster than a join
SOFT_LIMIT = 3.0  # where far-out values are bent back to, in spreads (Holzmüller et al. 2024)
LARGEST = 1e150  # of a number, and one over the smallest spread: their quotient is still a number
DAY = 86_400.0
CYCLES = (("day", DAY), ("week", 7 * DAY), ("year", 365.2425 * DAY))


@dataclass(frozen=True)
class Scale:
    """One number as the network reads it: its middle, its spread, and whether a missing value is told apart."""

    middle: float
    spread: float
    missing: bool


@dataclass(frozen=True)
class TableInputs:
    """How the rows of a table become tensors.

    Numbers are centred on their median, divided by their spread and softly bent at the ends; a missing one becomes
    the middle, with an indicator beside it where training rows had missing ones. Times become a running number and
    the place in the day, week and year. Categories become codes: 0 for a value never seen, then the known ones.
    """

    numbers: tuple[str, ...]
    times: tuple[str, ...]
    categories: tuple[str, ...]
    scales: tuple[Scale | None, ...]  # one for each number and each part of a time; None: constant, left out
    values: tuple[tuple[str, ...], ...]  # the known values of each category

    @classmethod
    def fit(cls, problem: Problem, train: Dataset) -> TableInputs:
        """Learn the statistics of the training rows."""
        numbers, times = problem.inputs_of(Kind.NUMBER), problem.inputs_of(Kind.TIME)
        columns = raw_numbers(train.frame, numbers, times)
        known = {name: known_values(train.frame[name]) for name in problem.inputs_of(Kind.CATEGORY)}
        known = {name: values for name, values in known.items() if len(values) > 1}
        scales = tuple(scale_of(columns[:, i]) for i in range(columns.shape[1]))
        return cls(numbers, times, tuple(known), scales, tuple(known.values()))

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""
        return sum(1 + scale.missing for scale in self.scales if scale)

    @property
    def counts(self) -> list[int]:
        """How many values of each category are known."""
        return [len(values) for values in self.values]

    def tensors(self, dataset: Dataset) -> tuple[Tensor, Tensor]:
        """Numbers float32 [rows, numbers] and codes int64 [rows, categories]."""
        columns = raw_numbers(dataset.frame, self.numbers, self.times)
        kept = [i for i, scale in enumerate(self.scales) if scale]
        scales = [scale for scale in self.scales if scale]
        columns = columns[:, kept]
        absent = np.isnan(columns)
        middle = np.array([scale.middle for scale in scales])
        scaled = (columns - middle) / np.array([scale.spread for scale in scales])
        scaled = np.where(absent, 0.0, scaled).clip(-1e6, 1e6)
        scaled /= np.sqrt(1 + (scaled / SOFT_LIMIT) ** 2)
        told = [i for i, scale in enumerate(scales) if scale.missing]
        numbers = np.concatenate([scaled, absent[:, told]], axis=1, dtype=np.float32)
        codes = np.zeros((len(dataset), len(self.categories)), dtype=np.int64)
        for position, (name, values) in enumerate(zip(self.categories, self.values, strict=True)):
            codes[:, position] = codes_of(dataset.frame[name], values)
        return torch.from_numpy(numbers), torch.from_numpy(codes)

    def blank(self) -> tuple[Tensor, ...]:
        """Two rows that say nothing, in the shape that real ones have."""
        return torch.zeros(2, self.width), torch.zeros(2, len(self.categories), dtype=torch.int64)

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TableInputs:
        """The inputs that `to_json` described."""
        return cls(
            tuple(data["numbers"]),
            tuple(data["times"]),
            tuple(data["categories"]),
            tuple(
                Scale(float(scale["middle"]), float(scale["spread"]), bool(scale["missing"])) if scale else None
                for scale in data["scales"]
            ),
            tuple(tuple(values) for values in data["values"]),
        )


def raw_numbers(frame: pl.DataFrame, numbers: tuple[str, ...], times: tuple[str, ...]) -> Floats:
    """Numbers and parts of times, float64 [rows, columns]; NaN where there is no value."""
    parts = [frame[name].cast(pl.Float64).to_numpy()[:, None] for name in numbers]
    parts += [time_parts(frame[name]) for name in times]
    if not parts:
        return np.zeros((frame.height, 0))
    columns: Floats = np.concatenate(parts, axis=1)
    return np.where(np.isfinite(columns), columns, np.nan).clip(-LARGEST, LARGEST)


def time_parts(times: pl.Series) -> Floats:
    """Days since 1970 and the place in each cycle as sine and cosine, float64 [rows, 7].

    >>> from datetime import datetime
    >>> time_parts(pl.Series([datetime(1970, 1, 1, 3)])).round(2).tolist()[0][:3]
    [0.12, 0.71, 0.71]
    """
    stamps = times.cast(pl.Datetime("us")).cast(pl.Int64).cast(pl.Float64).to_numpy() / 1e6
    parts = [stamps / DAY]
    for _, seconds in CYCLES:
        angle = 2 * np.pi * (stamps % seconds) / seconds
        parts += [np.sin(angle), np.cos(angle)]
    return np.stack(parts, axis=1)


def scale_of(column: Floats) -> Scale | None:
    """Middle and spread of a number; None where it is constant and so says nothing.

    >>> scale_of(np.array([1.0, 2.0, 3.0, np.nan]))
    Scale(middle=2.0, spread=0.741..., missing=True)
    >>> scale_of(np.ones(5)) is None
    True
    """
    found = column[~np.isnan(column)]
    missing = len(found) < len(column)
    if not len(found):
        return None
    low, quarter, middle, three_quarters, high = np.quantile(found, (0, 0.25, 0.5, 0.75, 1))
    if low == high:
        return Scale(float(middle), 1.0, True) if missing else None
    spread = (three_quarters - quarter) / 1.349 if three_quarters > quarter else (high - low) / 2
    return Scale(float(middle), max(float(spread), 1 / LARGEST), missing)


def known_values(categories: pl.Series) -> tuple[str, ...]:
    """The different values, sorted; a missing value is one of them."""
    return tuple(sorted(categories.cast(pl.String).fill_null(MISSING).unique().to_list()))


def codes_of(categories: pl.Series, values: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Each value's position from 1 on; 0 for one that is not known.

    >>> codes_of(pl.Series(["b", None, "new"]), ("", "a", "b")).tolist()
    [3, 1, 0]
    """
    if len(categories) < FEW_ROWS:
        positions = {value: code for code, value in enumerate(values, 1)}
        return np.array([positions.get(value or MISSING, 0) for value in categories.to_list()], dtype=np.int64)
    codes = categories.cast(pl.String).fill_null(MISSING)
    return codes.replace_strict(
        list(values), list(range(1, len(values) + 1)), default=0, return_dtype=pl.Int64
    ).to_numpy()


def quantile_edges(numbers: Tensor, intervals: int) -> Tensor:
    """Borders among the training values, float32 [numbers, intervals + 1], the last one repeated as filling.

    Few different values get a border each. Of many, half of the borders part the rows equally and half the
    different values: where most rows hold one value, the rest would otherwise share an interval.

    >>> quantile_edges(torch.tensor([[0.0], [1.0], [1.0], [2.0]]), 4)
    tensor([[0., 1., 2., 2., 2.]])
    """
    columns, half = numbers.numpy(), max(1, intervals // 2)
    edges = np.empty((columns.shape[1], intervals + 1), dtype=np.float32)
    for i in range(columns.shape[1]):
        found = np.unique(columns[:, i])
        if len(found) > intervals + 1:
            by_rows = np.quantile(columns[:, i], np.linspace(0, 1, half + 1))
            by_values = np.quantile(found, np.linspace(0, 1, intervals - half + 1)[1:-1])
            found = np.unique(np.concatenate([by_rows, by_values]).astype(np.float32))
        edges[i, : len(found)] = found
        edges[i, len(found) :] = found[-1]
    return torch.from_numpy(edges)
