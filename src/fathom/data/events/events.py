"""What makes rows events: whose they are, when they were and how much they moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fathom.data.kinds import Column

SECOND = 1_000_000  # microseconds
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
WINDOWS = {"1 h": HOUR, "1 d": DAY, "7 d": 7 * DAY, "30 d": 30 * DAY}
LONGEST = max(WINDOWS.values())


@dataclass(frozen=True)
class Events:
    """How rows are events, and what a wrong alert and a missed one cost.

    `given` are the columns that a new event must have: features are made of them. `entities` name the columns whose
    earlier events count (card, device, merchant), `time` when an event was, `amount` what it moved. `review_cost` is
    what looking at an alert costs, in the amount's unit; `alerts` how many alerts a day may be at most, and `budget`
    the share of the rows that this is; `delay` the seconds until a row's label is known.

    >>> Events(entities=("card",), time="at").follows
    True
    """

    given: tuple[Column, ...] = ()
    entities: tuple[str, ...] = ()
    time: str | None = None
    amount: str | None = None
    review_cost: float | None = None
    alerts: float | None = None
    budget: float | None = None
    delay: float = 0.0

    @property
    def follows(self) -> bool:
        """Whether there is somebody to follow through time."""
        return bool(self.entities) and self.time is not None

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON data."""
        return {
            "given": [column.to_json() for column in self.given],
            "entities": list(self.entities),
            "time": self.time,
            "amount": self.amount,
            "review_cost": self.review_cost,
            "alerts": self.alerts,
            "budget": self.budget,
            "delay": self.delay,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Events:
        """What `to_json` described."""
        given = tuple(map(Column.from_json, data["given"]))
        return cls(**{**data, "given": given, "entities": tuple(data["entities"])})
