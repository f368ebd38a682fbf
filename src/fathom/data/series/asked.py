"""What a person says of series: how far ahead, which column is time, which name a series, what is known when."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from fathom.errors import FathomError
from fathom.messages import phrase

STEP = re.compile(r"[1-9]\d{0,5}(mo|[smhdbwqyi])")
MOST_AHEAD = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's words about series; what is left out follows from the data.

    `ahead`: steps to forecast. `time`: the column of stamps; `series`: the columns that name a series. `known`: columns
    that are known ahead. `country`: whose holidays count ("KR"). `season`: steps after which series repeat
    themselves. `step`: from one value to the next, as in `Horizon`.
    """

    ahead: int | None = None
    time: str | None = None
    series: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    country: str = ""
    season: int | None = None
    step: str = ""

    def __bool__(self) -> bool:
        """Whether anything was said that only series have."""
        return self.ahead is not None or bool(self.series or self.known or self.country or self.season or self.step)

    def to_json(self) -> dict[str, Any]:
        """The words as plain JSON data."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def check_asked(asked: Asked) -> None:
    """Raise a FathomError for what cannot be."""
    if asked.ahead is not None and not 1 <= asked.ahead <= MOST_AHEAD:
        raise FathomError(
            phrase("A horizon of {ahead} steps makes no sense.", ahead=asked.ahead),
            where="--horizon",
            remedy=phrase("Give a whole number from 1 to {most:,}: how many steps ahead.", most=MOST_AHEAD),
        )
    if asked.season is not None and asked.season < 1:
        raise FathomError(
            phrase("A season of {season} steps makes no sense.", season=asked.season),
            where="--season",
            remedy=phrase("Give the steps after which series repeat themselves, such as 7 for days; 1 for none."),
        )
    if asked.step and not STEP.fullmatch(asked.step):
        raise FathomError(
            phrase("'{step}' is no step of time.", step=asked.step),
            where="--step",
            remedy=phrase("Write one such as 15m, 1h, 1d, 1w, 1mo, 1q, 1y, or 1b for working days."),
        )
