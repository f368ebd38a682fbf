"""What windows remember, fit for arithmetic: finite, aligned at the origin, with a count of what is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fathom.data.series.windows import Windows

Floats = npt.NDArray[np.float64]
LARGEST = 1e100  # beyond, squares are no numbers any more


@dataclass(frozen=True)
class Past:
    """Histories: `values` float64 [rows, steps], NaN before a series begins and finite from there on.

    `length`: int64 [rows], how many values there are; 0 for a row without any. What is missing in between is as the
    value before.
    """

    values: Floats
    length: npt.NDArray[np.int64]

    @classmethod
    def of(cls, seen: Windows) -> Past:
        """The histories of windows."""
        return past(seen.history)

    def __len__(self) -> int:
        return len(self.values)

    def last(self, steps: int) -> Floats:
        """The last steps, float64 [rows, steps]; before a series begins, NaN."""
        width = self.values.shape[1]
        if steps <= width:
            return self.values[:, width - steps :]
        return np.concatenate([np.full((len(self), steps - width), np.nan), self.values], axis=1)


def past(history: Floats) -> Past:
    """Histories float64 [rows, steps], aligned at their ends, made finite.

    >>> past(np.array([[np.nan, 1.0, np.nan, 3.0]])).values.tolist()
    [[nan, 1.0, 1.0, 3.0]]
    """
    there = np.isfinite(history)
    width = history.shape[1]
    places = np.maximum.accumulate(np.where(there, np.arange(width), -1), axis=1)
    values = np.take_along_axis(history, np.maximum(places, 0), axis=1) if width else history
    values = np.where(places >= 0, np.clip(values, -LARGEST, LARGEST), np.nan)
    length = np.where(there.any(axis=1), width - there.argmax(axis=1), 0) if width else np.zeros(len(history))
    return Past(values, length.astype(np.int64))
