"""Windows at every step of long series, cut out only when they are learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.series.windows import SERIES, Stretch
from fathom.deep.inputs import calendar
from fathom.deep.inputs.series import FARTHEST, LEAST, Floats, SeriesInputs, joined, normalised, scaled

Where = Tensor | slice


class Sliding:
    """The training windows of stretches, by number: what is held is the series, never their windows.

    Window `i` is a stretch and a position in it; there is one for each position from the last value that is only
    looked back at up to the last that has a whole horizon ahead. `views` are what a training asks for rows.
    """

    def __init__(
        self, stretches: list[Stretch], inputs: SeriesInputs, train: Dataset, units: Mapping[str, float]
    ) -> None:
        horizon = inputs.horizon
        self.inputs, self.ahead = inputs, horizon.ahead
        lengths = np.array([len(each.values) for each in stretches])
        self.start = np.cumsum(lengths) - lengths
        first = np.array([max(each.first, 1) for each in stretches])
        self.end = np.cumsum(lengths - horizon.ahead - first + 1)  # of each stretch's windows, counted through
        self.first = first - 1 - (self.end - (lengths - horizon.ahead - first + 1))  # a position, less its number
        self.values = np.concatenate([each.values for each in stretches])
        known = [_through(each, inputs) for each in stretches]
        self.known = np.concatenate(known)
        self.past = np.concatenate([scaled(each.past, inputs.past) for each in stretches])
        rows = train.frame.with_row_index("row").unique(SERIES, keep="first").select(SERIES, "row").rows()
        row_of = dict(rows)
        static = train.take(np.array([row_of[each.series] for each in stretches], dtype=np.int64))
        self.numbers, self.codes = inputs.beside.tensors(static)
        self.units = np.array([units[each.series] for each in stretches])
        self._last: tuple[bytes, tuple[Tensor, ...]] = (b"", ())

    def __len__(self) -> int:
        return int(self.end[-1])

    def views(self) -> tuple[View, ...]:
        """Past steps, steps ahead, numbers and codes, and the truth last; each gives rows as a tensor does."""
        return tuple(View(self, part) for part in range(5))

    def at(self, rows: Where) -> tuple[Tensor, ...]:
        """The windows of these numbers as tensors, the truth last."""
        numbers = np.arange(len(self))[rows] if isinstance(rows, slice) else rows.cpu().numpy()
        key = numbers.tobytes()
        if key != self._last[0]:
            self._last = (key, self._cut(numbers))
        return self._last[1]

    def through(self, rows: Tensor) -> Tensor:
        """How far through its stretch each of these windows is, from 0 to 1; float64 [rows]."""
        numbers = rows.numpy()
        stretch = np.searchsorted(self.end, numbers, side="right")
        counts = np.diff(self.end, prepend=0)[stretch]
        return torch.from_numpy((numbers - self.end[stretch] + counts + 0.5) / counts)

    def digest(self) -> bytes:
        """What tells these windows from others."""
        digest = hashlib.sha256()
        for each in (self.values, self.known, self.past, self.start, self.first, self.end, self.units):
            digest.update(np.ascontiguousarray(each).tobytes())
        return digest.digest()

    def _cut(self, numbers: npt.NDArray[np.int64]) -> tuple[Tensor, ...]:
        inputs = self.inputs
        stretch = np.searchsorted(self.end, numbers, side="right")
        start = self.start[stretch][:, None]
        origin = start[:, 0] + numbers + self.first[stretch]
        back = origin[:, None] + np.arange(1 - inputs.context, 1)
        on = origin[:, None] + np.arange(1, self.ahead + 1)
        inside = back >= start
        back = np.maximum(back, start)
        values, middle, unit = normalised(np.where(inside, self.values[back], np.nan))
        past = joined(values, self.past[back], self.known[back])
        truth = targets(self.values[on], middle, unit, self.units[stretch])
        picked = torch.from_numpy(stretch)
        return torch.from_numpy(past), torch.from_numpy(self.known[on]), self.numbers[picked], self.codes[picked], truth


class View:
    """One of the tensors of training windows, cut when its rows are asked for."""

    device = torch.device("cpu")

    def __init__(self, sliding: Sliding, part: int) -> None:
        self.sliding, self.part = sliding, part

    def __len__(self) -> int:
        return len(self.sliding)

    def __getitem__(self, rows: Where) -> Tensor:
        return self.sliding.at(rows)[self.part]

    def to(self, where: str) -> View:
        """Itself: what it gives is moved."""
        return self

    def digest(self) -> bytes:
        """What tells these rows from others."""
        return self.sliding.digest() if self.part == 0 else b""


def targets(future: Floats, middle: Floats, unit: Floats, scale: Floats) -> Tensor:
    """What came next as it is learned: float32 [rows, steps + 1], in the units of its window; NaN: nobody knows.

    The last figure is what a window's unit is worth in that of its series: what is far off in a quiet moment is less
    so in all.
    """
    found = ((future - middle) / unit).clip(-FARTHEST / LEAST, FARTHEST / LEAST)
    worth = (unit[:, 0] / scale).clip(1 / FARTHEST, FARTHEST)
    return torch.from_numpy(np.concatenate([found, worth[:, None]], axis=1).astype(np.float32))


def scale_of_series(values: Floats, season: int) -> float:
    """The unit of a series: how far values are from those a season before, in the mean; never 0.

    >>> scale_of_series(np.array([1.0, 2.0, 4.0]), 1), scale_of_series(np.array([5.0, 5.0]), 1)
    (1.5, 0.005)
    """
    values = values[np.isfinite(values)]
    season = season if len(values) > season else 1
    off = np.abs(values[season:] - values[:-season])
    _, _, unit = normalised(values[None])
    return float(max(off.mean(), LEAST * unit[0, 0])) if off.any() else float(unit[0, 0])


def _through(stretch: Stretch, inputs: SeriesInputs) -> npt.NDArray[np.float32]:
    """The figures of each step of a stretch that are known ahead: columns and calendar."""
    horizon = inputs.horizon
    stamps = horizon.stamps(np.array([stretch.start], "datetime64[us]"), 0, len(stretch.values) - 1)[0]
    return np.concatenate([scaled(stretch.known, inputs.known), calendar.calendar(stamps, inputs.cycles)], axis=1)
