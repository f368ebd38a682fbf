"""The verdict: the cheapest contender that is not beaten, in words, with the numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fathom.messages import phrase, strung, words
from fathom.protocol import grown, sentences
from fathom.protocol.contenders import BASELINE
from fathom.protocol.costs import cost
from fathom.protocol.curves.curve import Curve, Outlook
from fathom.protocol.intervals import Bootstrap
from fathom.protocol.study import Study, Trial, Verdict
from fathom.tasks.task import Measure

POINTS = 0.5  # for measures in percent: half a point seldom matters
ERROR_SHARE = 0.1  # unless it is more than a tenth of all errors that are left
SHARE = 0.01  # for the others: a hundredth of the best score


def matters(trials: Sequence[Trial], measure: Measure, margin: float | None) -> float:
    """The smallest difference that matters, in the measure's own unit; `margin` is what a person gave, in points.

    Without it half a point of a hundred, or a tenth of the leader's distance to perfection where that is less; for
    measures that are not in percent a hundredth of the leader's score.

    >>> from fathom.tasks.measures import ACCURACY
    >>> trials = [Trial("ridge", "classical", score=0.985)]
    >>> round(matters(trials, ACCURACY, None), 6), matters(trials, ACCURACY, 2.0)
    (0.0015, 0.02)
    """
    if margin is not None:
        return margin / 100 if measure.percent else margin
    scores = [trial.score for trial in trials if trial.score is not None and math.isfinite(trial.score)]
    if not scores:
        return POINTS / 100 if measure.percent else 0.0
    best = max(scores) if measure.higher_is_better else min(scores)
    if measure.percent:
        left = 1 - best if measure.higher_is_better else best
        return min(POINTS / 100, ERROR_SHARE * left)
    return SHARE * abs(best)


def draw(study: Study, compared: Bootstrap | None, margin: float) -> Verdict:
    """The verdict over the study's trials; `compared` holds the bootstrap of those that are done, in the same order.

    A contender is beaten when another is better by at least `margin` (in the measure's unit) and the simultaneous
    95 % interval of the difference excludes zero. A baseline that is not beaten is named, whatever it costs.
    """
    done = [trial for trial in study.trials if trial.done]
    if compared is None or not done:
        why = strung(
            phrase("{learner}: {why}", learner=trial.learner, why=trial.message or words.status(trial.status))
            for trial in study.trials[:5]
        )
        text = phrase("No contender was trained and tested, so there is no verdict. {why}", why=why)
        return Verdict(None, None, False, text)
    court = Court(done, study, compared, margin)
    trial = done[court.chosen]
    text, notes = sentences.spoken(court)
    return Verdict(
        learner=trial.learner,
        family=trial.family,
        tie=len(court.standing) > 1,
        text=text,
        notes=notes,
        margin=margin,
        leader=done[court.leader].learner,
        beats_baseline=trial.learner != BASELINE,
        comparisons=[court.comparison(i) for i in range(len(done)) if i != court.leader],
        families=court.families(),
        ahead=court.ahead,
        grown=grown.grown(study, trial.learner),
    )


@dataclass
class Court:
    """What the parts of a verdict share; contenders are spoken of by their position among those that are done."""

    done: list[Trial]
    study: Study
    compared: Bootstrap
    margin: float

    @property
    def measure(self) -> Measure:
        """The measure that decides."""
        return self.compared.measure

    @property
    def outlook(self) -> Outlook | None:
        """How the answer changes with more rows."""
        return self.study.outlook

    @cached_property
    def leader(self) -> int:
        """The one that scored best, the cheapest where several did."""
        sign = 1 if self.measure.higher_is_better else -1
        return max(range(len(self.done)), key=lambda i: (sign * self.compared.scores[i], -cost.seconds(self.done[i])))

    @cached_property
    def standing(self) -> list[int]:
        """Those that are not beaten."""
        return [i for i in range(len(self.done)) if not self.beaten(i)]

    @cached_property
    def chosen(self) -> int:
        """The cheapest that is not beaten; the baseline where it is not, for then nobody has learned anything."""
        unlearned = [i for i in self.standing if self.done[i].learner == BASELINE]
        return min(unlearned or self.standing, key=lambda i: cost.seconds(self.done[i]))

    @cached_property
    def rival(self) -> int | None:
        """The best of the other family."""
        family = "deep" if self.done[self.chosen].family == "classical" else "classical"
        sign = 1 if self.measure.higher_is_better else -1
        members = [i for i, trial in enumerate(self.done) if trial.family == family and trial.learner != BASELINE]
        return max(members, key=lambda i: sign * self.compared.scores[i], default=None)

    @property
    def ahead(self) -> str | None:
        """The family whose best surely scored better than the best of the other; None: neither."""
        sign = 1 if self.measure.higher_is_better else -1
        best = {
            family: max(
                (i for i, trial in enumerate(self.done) if trial.family == family and trial.learner != BASELINE),
                key=lambda i: sign * self.compared.scores[i],
                default=None,
            )
            for family in ("classical", "deep")
        }
        classical, deep = best["classical"], best["deep"]
        if classical is None or deep is None:
            return None
        if self.compared.difference(classical, deep)[1] > 0:
            return "deep"
        return "classical" if self.compared.difference(deep, classical)[1] > 0 else None

    def curve(self, position: int) -> Curve | None:
        """The contender's learning curve."""
        name = self.done[position].learner
        return next((curve for curve in self.study.curves if curve.learner == name), None)

    def beaten(self, position: int) -> bool:
        """Whether another is better by as much as matters, and not by chance."""
        return self.beater(position) is not None

    def beater(self, position: int) -> int | None:
        """The best scored of those that beat it; None: it is not beaten."""
        sign = 1 if self.measure.higher_is_better else -1
        for other in sorted(range(len(self.done)), key=lambda i: -sign * self.compared.scores[i]):
            difference, low, _ = self.compared.difference(position, other)
            if low > 0 and difference >= self.margin:
                return other
        return None

    def surely_better(self, position: int) -> int | None:
        """The best scored of those that are better, and not by chance, by however little; None: nobody is."""
        sign = 1 if self.measure.higher_is_better else -1
        surely = [i for i in range(len(self.done)) if self.compared.difference(position, i)[1] > 0]
        return max(surely, key=lambda i: sign * self.compared.scores[i], default=None)

    def apart(self, rival: int) -> tuple[float, float, float]:
        """How much better the rival is than the chosen, with the interval by which either of them is called beaten."""
        better, low, high = self.compared.difference(self.chosen, rival)
        if better > 0:
            return better, low, high
        difference, low, high = self.compared.difference(rival, self.chosen)
        return -difference, -high, -low

    def comparison(self, position: int) -> dict[str, Any]:
        """One contender beside who beats it, else beside the leader."""
        against = self.beater(position)
        against = self.leader if against is None else against
        difference, low, high = self.compared.difference(position, against)
        names = {"learner": self.done[position].learner, "against": self.done[against].learner}
        return {**names, "difference": difference, "low": low, "high": high, "beaten": self.beaten(position)}

    def families(self) -> dict[str, Any] | None:
        """The chosen contender beside the best of the other family, told as deep minus classical."""
        if self.rival is None:
            return None
        own_is_classical = self.done[self.chosen].family == "classical"
        classical, deep = (self.chosen, self.rival) if own_is_classical else (self.rival, self.chosen)
        difference, low, high = self.apart(self.rival)
        if deep == self.chosen:
            difference, low, high = -difference, -high, -low
        return {
            "classical": self.done[classical].learner,
            "deep": self.done[deep].learner,
            "difference": difference,
            "low": low,
            "high": high,
            "cost_ratio": cost.ratio(self.done[deep], self.done[classical]),
        }
