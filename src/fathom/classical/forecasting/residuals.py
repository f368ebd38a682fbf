"""How far off a learner was, in windows' own units: the quantiles of its forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.tasks.forecasts import LEVELS, Forecasts

Floats = npt.NDArray[np.float64]
MIDDLE = LEVELS.index(0.5)
FEWEST = 30  # errors of a step, below which all steps' errors are taken together
LARGEST = 1e300


@dataclass(frozen=True)
class Residuals:
    """Quantiles of the errors at each step, float64 [ahead, levels], in windows' own units; 0 at the median."""

    table: Floats

    @classmethod
    def of(cls, errors: Floats) -> Self:
        """Learned from errors float64 [windows, ahead], truth less forecast; NaN where nobody saw the truth."""
        ahead = errors.shape[1]
        everything = errors[np.isfinite(errors)]
        usual = np.quantile(everything, LEVELS) if len(everything) else np.zeros(len(LEVELS))
        table = np.tile(usual, (ahead, 1))
        for step in range(ahead):
            there = errors[np.isfinite(errors[:, step]), step]
            if len(there) >= FEWEST:
                table[step] = np.quantile(there, LEVELS)
        table -= table[:, [MIDDLE]]  # the median is the learner's to say
        if ahead >= 5:  # neighbouring steps are alike: less noise
            padded = np.concatenate([table[:1], table, table[-1:]])
            table = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
        return cls(table)

    def around(self, middle: Floats, unit: Floats, mean: Floats | None = None) -> Forecasts:
        """Forecasts with these errors around medians [rows, ahead], in units [rows, 1]."""
        middle = np.clip(np.nan_to_num(middle), -LARGEST, LARGEST)
        quantiles = np.clip(middle[:, :, None] + unit[:, :, None] * self.table, -LARGEST, LARGEST)
        return Forecasts(quantiles, middle if mean is None else mean)

    def to_json(self) -> list[list[float]]:
        """The table as plain JSON data."""
        return [[float(each) for each in row] for row in self.table]

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """What `to_json` wrote."""
        table = np.array(data, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != len(LEVELS):
            raise ValueError("residuals")
        return cls(table)
