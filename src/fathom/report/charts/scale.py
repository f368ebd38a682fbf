"""From values to places on a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

SMALLEST, LARGEST = 1e-12, 1e100  # beyond, arithmetic on axes breaks down


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` laid out from pixel `start` to pixel `end`, evenly or by their logarithm.

    >>> Scale(1, 100, 0, 200, log=True)(10)
    100.0
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The value's place, in pixels; what lies outside is put at the edge."""
        return round(self.start + min(max(self._share(value), 0.0), 1.0) * (self.end - self.start), 1)

    def beyond(self, value: float) -> float:
        """The value's place, also outside, for a line that leaves the chart; at most three charts away.

        >>> Scale(0, 1, 0, 100).beyond(1.5)
        150.0
        """
        return round(self.start + min(max(self._share(value), -3.0), 4.0) * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values to write at the axis.

        >>> Scale(0.0, 1.0, 0, 100).ticks(), Scale(0.02, 30, 0, 100, log=True).ticks()
        ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.1, 1.0, 10.0])
        """
        return self._log_ticks(most) if self.log else self._even_ticks(most)

    def _share(self, value: float) -> float:
        low, high = self._place(self.low), self._place(self.high)
        return (self._place(value) - low) / (high - low)

    def _place(self, value: float) -> float:
        return math.log10(max(value, SMALLEST)) if self.log else value

    def _even_ticks(self, most: int) -> list[float]:
        rough = (self.high - self.low) / max(most - 1, 1)
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * factor for factor in (1, 2, 5, 10, 20) if unit * factor >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(position * step, 12) for position in range(first, last + 1)]

    def _log_ticks(self, most: int) -> list[float]:
        first, last = math.ceil(self._place(self.low) - 1e-9), math.floor(self._place(self.high) + 1e-9)
        if last - first >= 2:
            stride = math.ceil((last - first + 1) / most)
            return [float(f"1e{power}") for power in range(first, last + 1, stride)]
        fine = [float(f"{digit}e{power}") for power in range(first - 1, last + 1) for digit in (1, 2, 5)]
        return [value for value in fine if self.low <= value <= self.high]


def around(values: Iterable[float], start: float, end: float, *, log: bool = False, room: float = 0.06) -> Scale:
    """A scale that holds all values of a size that can be drawn, with some room at both ends.

    >>> scale = around([3.0, 3.0, float("nan")], 0, 100)
    >>> scale.low < 3 < scale.high
    True
    """
    sizes = [0.0 if abs(value) < SMALLEST else value for value in values if abs(value) < LARGEST]
    drawn = [value for value in sizes if value > 0 or not log] or [1.0]
    low, high = min(drawn), max(drawn)
    if log:
        factor = max((high / low) ** room, 1.5)
        return Scale(low / factor, high * factor, start, end, log=True)
    size = max(abs(low), abs(high))
    spread = max(high - low, 1e-9 * size, SMALLEST) if high > low else size or 1.0
    return Scale(low - room * spread, high + room * spread, start, end)
