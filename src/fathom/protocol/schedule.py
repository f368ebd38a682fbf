"""How the minutes are divided: the same time for both families, samples before all rows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

AFTERWARDS = 0.06  # share of the minutes for scoring, importance and the report
LEAST_AFTERWARDS, MOST_AFTERWARDS = 3.0, 30.0
GRACE = 0.03  # share of the minutes by which a trial may overrun before it is ended by force
LEAST_GRACE, MOST_GRACE = 1.0, 15.0
LEAST_SHARE = 0.25  # of its family's time for a contender: some that finish tell more than many that are cut off
LEADING = 0.5  # of its family's time for the one that led on samples: the verdict is about the best
LEAST_SECONDS = 0.5  # with less left, training is not worth starting
LEAST_SAMPLE_SECONDS = 0.7  # with less, starting takes more than learning
CLIMBING = 1 / 3  # of its family's time for learning from samples of the rows, before all rows are learned


@dataclass
class Schedule:
    """The time of one study, in seconds; `started` is a reading of `time.monotonic()`.

    Each family gets the same time. A third of it at most goes to learning from samples; a sample's share of that grows
    with the root of its size. Of the rest every contender may take an equal share, at least a quarter of the whole, or
    half of the rest where it leads on samples, and what the others are not expected to need.

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

    def limit(self, family: str, others: float = math.inf, kept: float = 0.0, leads: bool = False) -> float:
        """Seconds that the family's next contender may take.

        `others`: what those after it are expected to take; `kept`: the share of the family's time that is for samples
        and still to come; `leads`: whether it led on samples.
        """
        budget = self.budgets.get(family, 0.0) - kept * self.share
        equal = max(budget / max(self.waiting.get(family, 1), 1), LEAST_SHARE * self.share, LEAST_SECONDS)
        equal = max(equal, LEADING * budget) if leads else equal
        return max(min(max(equal, budget - others), budget, self.left() - self.afterwards), 0.0)

    def sample_limit(self, family: str, rows: int, waiting: Iterable[int]) -> float:
        """Seconds that learning a sample of `rows` may take; `waiting`: its size and those that the family has to come.

        With too little left for samples it is 0: all rows matter more.
        """
        if self._for_samples(family) < LEAST_SAMPLE_SECONDS:
            return 0.0
        return max(self.sample_share(family, rows, waiting), LEAST_SAMPLE_SECONDS)

    def sample_share(self, family: str, rows: int, waiting: Iterable[int]) -> float:
        """Seconds of the family's time for samples that fall to one of `rows`, which `waiting` contains."""
        return self._for_samples(family) * math.sqrt(rows) / sum(map(math.sqrt, waiting))

    def _for_samples(self, family: str) -> float:
        """What is left of the family's time for samples."""
        return min(self.budgets.get(family, 0.0) - (1 - CLIMBING) * self.share, self.left() - self.afterwards)

    def took(self, family: str, seconds: float) -> None:
        """Something of the family took so many seconds."""
        self.budgets[family] = self.budgets.get(family, 0.0) - seconds

    def ended(self, family: str, seconds: float) -> None:
        """A contender of the family took so many seconds on all rows."""
        self.took(family, seconds)
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
