"""The ladder: the sizes and draws at which contenders are tried before they get all rows."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_ROWS = 24  # a smaller sample says nothing of a curve
LEAST_OF_A_LABEL = 4
MOST_RUNGS = 6
DRAWS = ((500, 5), (20_000, 3))  # up to so many rows, so many draws of a sample: few rows make scores jump
FEWEST_DRAWS = 2


@dataclass(frozen=True, slots=True, order=True)
class Rung:
    """A sample of so many training rows; `draw` says which of several samples of that size."""

    rows: int
    draw: int = 0

    @property
    def name(self) -> str:
        """What its folder is called."""
        return f"{self.rows}-{self.draw}"


def sizes(rows: int, labels: int = 0) -> list[int]:
    """The sizes below `rows`, each half the next; none where so few rows cannot be divided.

    >>> sizes(1_152, labels=10), sizes(60)
    ([72, 144, 288, 576], [30])
    """
    least = max(LEAST_ROWS, LEAST_OF_A_LABEL * labels)
    found = [rows // 2**step for step in range(1, MOST_RUNGS + 1)]
    return sorted(size for size in found if size >= least)


def draws(rows: int) -> int:
    """How many samples of a size are worth drawing from so many rows.

    >>> draws(300), draws(5_000), draws(100_000)
    (5, 3, 2)
    """
    return next((count for most, count in DRAWS if rows <= most), FEWEST_DRAWS)
