"""The standing of contenders while a study runs, from rows kept for choosing: who leads, who cannot win any more."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fathom.protocol.curves.ladder import Rung
from fathom.tasks.task import Measure

LEAST_GROWTH, MOST_GROWTH = 0.5, 2.2  # plausible exponents of seconds in rows
DOUBTS = 2.0  # standard errors that a comparison must be beyond
BEND = 0.5  # of what a straight line promises: learning curves rise ever more slowly
FARTHEST = 8  # times the rows that were learned, to which a straight line is trusted: curves of many labels rise late


@dataclass(frozen=True)
class Sample:
    """One contender trained on so many rows: seconds it took, its score on validation rows and that score's error."""

    learner: str
    family: str
    rows: int
    draw: int
    folder: Path
    seconds: float
    fit_seconds: float
    predict_ms_per_row: float
    peak_mb: float | None
    hurried: bool
    score: float
    error: float

    @classmethod
    def of(cls, learner: str, family: str, draw: int, folder: Path, result: dict[str, Any]) -> Sample:
        """What a trial's result.json tells."""
        valid = result.get("valid") or {}
        return cls(
            learner,
            family,
            result["rows"],
            draw,
            folder,
            result["seconds"],
            result["fit_seconds"],
            result["predict_ms_per_row"],
            result.get("peak_mb"),
            result["hurried"],
            *(math.nan if valid.get(key) is None else valid[key] for key in ("score", "error")),
        )


@dataclass
class Standing:
    """What is known of each contender so far; `rows` is how many training rows there are in all.

    Test rows play no part in it: validation rows decide who is tried on.
    """

    rows: int
    measure: Measure
    samples: list[Sample] = field(default_factory=list)

    def of(self, learner: str) -> list[Sample]:
        """The learner's samples of the first draw, small ones first."""
        found = [each for each in self.samples if each.learner == learner and each.draw == 0]
        return sorted(found, key=lambda each: each.rows)

    def has(self, learner: str, rung: Rung) -> bool:
        """Whether the learner has learned this sample."""
        return any((each.learner, each.rows, each.draw) == (learner, rung.rows, rung.draw) for each in self.samples)

    def stuck(self, learner: str) -> bool:
        """Whether it ran out of time on most rows, and was no better there than on fewer."""
        known = self.of(learner)
        if len(known) < 2 or not known[-1].hurried:
            return False
        return not self._oriented(known[-1]) > self._oriented(known[-2])

    def promise(self, learner: str) -> float:
        """How good it may be on all rows, more is better; minus infinity where nothing is known.

        Half-way between what it reached on most rows and the line through its last two points: a curve that still rises
        is about to pass one that no longer does.
        """
        known = [each for each in self.of(learner) if math.isfinite(each.score)]
        return self._oriented(known[-1]) + BEND * self._rise(known) if known else -math.inf

    def need(self, learner: str, rows: int | None = None) -> float:
        """Seconds that it is expected to need for so many rows (None: all); infinite where nothing is known.

        Where it ran out of time, what it would need is unknown too.
        """
        known = self.of(learner)
        if not known or known[-1].hurried:
            return math.inf
        last = known[-1]
        growth = 1.0
        if len(known) > 1 and known[-2].seconds > 0 and last.seconds > 0:
            growth = math.log(last.seconds / known[-2].seconds) / math.log(last.rows / known[-2].rows)
        growth = min(max(growth, LEAST_GROWTH), MOST_GROWTH)
        return float(last.seconds * ((rows or self.rows) / last.rows) ** growth)

    def hopeless(self, learner: str) -> str | None:
        """The contender that it can no longer reach, in all likelihood; None while it can.

        A learning curve that rises ever more slowly lies below the line through its last two points: where even that
        line, and two standard errors, stays below what another contender has reached already, the rest need not be
        learned (LCCV, Mohr and van Rijn 2021). From less than an eighth of the rows no line is drawn.
        """
        known = [each for each in self.of(learner) if math.isfinite(each.score)]
        if len(known) < 2 or known[-1].hurried or known[-1].rows < self.rows // FARTHEST:
            return None
        last = known[-1]
        hope = self._oriented(last) + self._rise(known)
        others = [self.of(name)[-1] for name in {each.learner for each in self.samples} - {learner}]
        for rival in sorted(others, key=self._oriented, reverse=True):
            doubt = DOUBTS * math.hypot(last.error, rival.error)
            if self._oriented(rival) - hope > doubt:
                return rival.learner
        return None

    def leaders(self) -> list[str]:
        """The most promising contender of each family."""
        best: dict[str, str] = {}
        for each in self.samples:
            now = best.get(each.family)
            if now is None or self.promise(each.learner) > self.promise(now):
                best[each.family] = each.learner
        return list(best.values())

    def _rise(self, known: list[Sample]) -> float:
        """What all rows bring beyond the last of these points on a straight line through the last two."""
        if len(known) < 2:
            return 0.0
        before, last = known[-2:]
        slope = max(self._oriented(last) - self._oriented(before), 0.0) / math.log(last.rows / before.rows)
        return slope * math.log(min(self.rows / last.rows, FARTHEST))

    def _oriented(self, sample: Sample) -> float:
        return sample.score if self.measure.higher_is_better else -sample.score
