"""How the minutes are divided: the same time for both families, cheap contenders first."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

AFTERWARDS = 0.06  # share of the minutes for scoring, importance and the report
LEAST_AFTERWARDS, MOST_AFTERWARDS = 3.0, 30.0
GRACE = 0.03  # share of the minutes by which a trial may overrun before it is ended by force
LEAST_GRACE, MOST_GRACE = 1.0, 15.0
LEAST_SHARE = 0.25  # of its family's time for a contender: some that finish tell more than many that are cut off
LEAST_SECONDS = 0.5  # with less left, training is not worth starting


@dataclass
class Schedule:
    """The time of one study, in seconds; `started` is a reading of `time.monotonic()`.

    Each family gets the same time. Within it every contender may take an equal share of what is left, and at least
    a quarter of the whole, so that what the cheap ones, which come first, do not use goes to the later ones.
    Learning curves will ask for their points in the same way, as more contenders on fewer rows.

    >>> schedule = Schedule(60.0, started=time.monotonic())
    >>> schedule.open({"classical": 2, "deep": 1})
    >>> round(schedule.limit("deep") / schedule.limit("classical"))
    2
    """

    seconds: float
    started: float
    budgets: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    share: float = 0.0  # what each family was given

    @property
    def afterwards(self) -> float:
        """Seconds kept for what comes after the trials."""
        return min(max(AFTERWARDS * self.seconds, LEAST_AFTERWARDS), MOST_AFTERWARDS, self.seconds / 3)

    @property
    def grace(self) -> float:
        """Seconds that a trial may overrun."""
        return min(max(GRACE * self.seconds, LEAST_GRACE), MOST_GRACE)

    def left(self) -> float:
        """Seconds until everything must be over."""
        return self.started + self.seconds - time.monotonic()

    def open(self, waiting: dict[str, int], spent: dict[str, float] | None = None) -> None:
        """Divide the time from now on; `waiting` counts each family's contenders, `spent` seconds of an earlier run."""
        earlier = spent or {}
        families = [family for family, count in waiting.items() if count or earlier.get(family)]
        total = self.left() - self.afterwards
        self.share = total / max(len(families), 1)
        self.budgets = {family: self.share - earlier.get(family, 0.0) for family in families}
        self.waiting = dict(waiting)

    def limit(self, family: str) -> float:
        """Seconds that the family's next contender may take."""
        budget = self.budgets.get(family, 0.0)
        share = max(budget / max(self.waiting.get(family, 1), 1), LEAST_SHARE * self.share)
        return max(min(share, budget, self.left() - self.afterwards), 0.0)

    def ended(self, family: str, seconds: float) -> None:
        """A contender of the family took so many seconds."""
        self.budgets[family] = self.budgets.get(family, 0.0) - seconds
        self.waiting[family] = self.waiting.get(family, 1) - 1


def counted(names: Iterable[str]) -> dict[str, int]:
    """How many contenders each family has.

    >>> counted(["classical", "deep", "classical"])
    {'classical': 2, 'deep': 1}
    """
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
