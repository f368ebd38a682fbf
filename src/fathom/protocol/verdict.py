"""The verdict: the cheapest contender that is not beaten, in words, with the numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fathom.protocol import cost
from fathom.protocol.contenders import BASELINE
from fathom.protocol.intervals import Bootstrap
from fathom.protocol.study import Trial, Verdict
from fathom.tasks.task import Measure

POINTS = 0.5  # for measures in percent: half a point seldom matters
UNHEARD = ("timed out", "interrupted")
SHARE = 0.01  # for the others: neither does a hundredth of the best score


def draw(trials: Sequence[Trial], compared: Bootstrap | None, target: str, margin: float | None = None) -> Verdict:
    """The verdict over `trials`; `compared` holds the bootstrap of those that are done, in the same order.

    A contender is beaten when the leader is better by at least `margin` (points for measures in percent, else in the
    measure's unit; a default where None) and the simultaneous 95 % interval of the difference excludes zero.
    """
    done = [trial for trial in trials if trial.done]
    if compared is None or not done:
        why = "; ".join(f"{trial.learner}: {trial.message or trial.status}" for trial in trials[:5])
        return Verdict(None, None, False, f"No contender was trained and tested, so there is no verdict. {why}".strip())
    return _Court(done, list(trials), compared, target, margin).verdict()


class _Court:
    """What the parts of a verdict share."""

    def __init__(
        self, done: list[Trial], trials: list[Trial], compared: Bootstrap, target: str, margin: float | None
    ) -> None:
        self.done, self.trials, self.compared, self.target = done, trials, compared, target
        self.measure = compared.measure
        sign = 1 if self.measure.higher_is_better else -1
        self.leader = max(range(len(done)), key=lambda i: (sign * compared.scores[i], -cost.seconds(done[i])))
        self.margin = _margin(self.measure, float(compared.scores[self.leader]), margin)

    def verdict(self) -> Verdict:
        standing = [i for i in range(len(self.done)) if not self._beaten(i)]
        chosen = min(standing, key=lambda i: cost.seconds(self.done[i]))
        trial = self.done[chosen]
        families = self._families(chosen)
        return Verdict(
            learner=trial.learner,
            family=trial.family,
            tie=len(standing) > 1,
            text=" ".join(self._sentences(chosen, standing, families)),
            margin=self.margin,
            leader=self.done[self.leader].learner,
            beats_baseline=trial.learner != BASELINE,
            comparisons=[self._comparison(i) for i in range(len(self.done)) if i != self.leader],
            families=families,
        )

    def _beaten(self, position: int) -> bool:
        difference, low, _ = self.compared.difference(position, self.leader)
        return position != self.leader and low > 0 and difference >= self.margin

    def _comparison(self, position: int) -> dict[str, Any]:
        difference, low, high = self.compared.difference(position, self.leader)
        names = {"learner": self.done[position].learner, "against": self.done[self.leader].learner}
        return {**names, "difference": difference, "low": low, "high": high, "beaten": self._beaten(position)}

    def _families(self, chosen: int) -> dict[str, Any] | None:
        """The chosen contender beside the best of the other family, told as deep minus classical."""
        other = self._best_of("deep" if self.done[chosen].family == "classical" else "classical")
        if other is None:
            return None
        classical, deep = (chosen, other) if self.done[chosen].family == "classical" else (other, chosen)
        difference, low, high = self.compared.difference(chosen, other)
        if deep == chosen:
            difference, low, high = -difference, -high, -low
        return {
            "classical": self.done[classical].learner,
            "deep": self.done[deep].learner,
            "difference": difference,
            "low": low,
            "high": high,
            "cost_ratio": cost.ratio(self.done[deep], self.done[classical]),
        }

    def _best_of(self, family: str) -> int | None:
        sign = 1 if self.measure.higher_is_better else -1
        members = [i for i, trial in enumerate(self.done) if trial.family == family and trial.learner != BASELINE]
        return max(members, key=lambda i: sign * self.compared.scores[i], default=None)

    def _sentences(self, chosen: int, standing: list[int], families: dict[str, Any] | None) -> list[str]:
        trial = self.done[chosen]
        if trial.learner == BASELINE:
            return self._nothing(chosen)
        sentences = [f"Use {trial.family}: {trial.learner}, with {self._score(chosen)}."]
        sentences.append(self._other_family(trial, families) if families else self._absent_family(trial))
        kin = [self.done[i].learner for i in standing if i != chosen and self.done[i].family == trial.family]
        if kin:
            sentences.append(f"It ties with {_listed(kin)} and is the cheapest of them.")
        if (other := self._versus_baseline(chosen)) is not None:
            sentences.append(other)
        return sentences + self._unheard(standing)

    def _unheard(self, standing: list[int]) -> list[str]:
        """Who did not get to show what it can do: the time was too short to train it, or to train it to its end."""
        absent = [each.learner for each in self.trials if each.status in UNHEARD]
        hurried = [each.learner for i, each in enumerate(self.done) if each.hurried and i not in standing]
        sentences = [f"Not tested for lack of time: {_listed(absent)}."] if absent else []
        return sentences + ([f"Cut short, so more minutes may change this: {_listed(hurried)}."] if hurried else [])

    def _nothing(self, chosen: int) -> list[str]:
        others = [trial for trial in self.done if trial.learner != BASELINE]
        if not others:
            absent = [f"{each.learner} ({each.message or each.status})" for each in self.trials if not each.done]
            only = f"Only the baseline was trained and tested, with {self._score(chosen)}: there is nothing to choose."
            return [only, f"Not trained: {_listed(absent)}."] if absent else [only]
        best = self.done[self.leader].learner if self.leader != chosen else None
        reason = (
            f"the best other contender, {best}, is {self._difference(chosen, self.leader)}, which could be chance"
            if best
            else "no other contender scored better"
        )
        return [
            f"Nothing beats the baseline ({self._score(chosen)}): {reason}.",
            f"From these columns and so many rows '{self.target}' cannot be predicted.",
        ]

    def _score(self, position: int) -> str:
        low, high = self.compared.interval(position)
        score = float(self.compared.scores[position])
        if self.measure.percent:
            return f"{self.measure.name} {100 * score:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
        return f"{self.measure.name} {score:.4g} ({low:.4g} to {high:.4g})"

    def _other_family(self, trial: Trial, families: dict[str, Any]) -> str:
        rival_family = "deep" if trial.family == "classical" else "classical"
        position = {each.learner: i for i, each in enumerate(self.done)}
        rival, chosen = position[families[rival_family]], position[trial.learner]
        price = cost.times(cost.ratio(self.done[rival], trial))
        told = self._difference(chosen, rival)
        beaten = self.compared.difference(rival, chosen)
        if beaten[1] > 0 and beaten[0] >= self.margin:
            judgement = ""
        elif beaten[2] < 0 or beaten[1] > 0:
            judgement = f": less than the {self._amount(self.margin)} that would matter"
        else:
            judgement = ": a tie"
        return f"{rival_family.capitalize()} ({self.done[rival].learner}) is {told}{judgement}, at {price}."

    def _absent_family(self, trial: Trial) -> str:
        family = "deep" if trial.family == "classical" else "classical"
        absent = [each for each in self.trials if each.family == family and each.learner != BASELINE]
        if not absent:
            return f"No {family} contender was tried."
        why = f"{absent[0].learner}: {absent[0].message or absent[0].status}"
        return f"No {family} contender was trained to the end ({why})."

    def _versus_baseline(self, chosen: int) -> str | None:
        for position, trial in enumerate(self.done):
            if trial.learner == BASELINE:
                return f"The baseline is {self._difference(chosen, position)}."
        return None

    def _difference(self, one: int, other: int) -> str:
        """How much better or worse `other` is than `one`, in words: "0.4 ± 0.9 points better"."""
        difference, low, high = self.compared.difference(one, other)
        half = (high - low) / 2
        word = "better" if difference > 0 else "worse"
        if difference == 0 and half == 0:
            return "exactly as good"
        if self.measure.percent:
            return f"{abs(100 * difference):.1f} ± {100 * half:.1f} points {word}"
        return f"{abs(difference):.3g} ± {half:.2g} {word}"

    def _amount(self, value: float) -> str:
        return f"{100 * value:.1f} points" if self.measure.percent else f"{value:.3g}"


def _margin(measure: Measure, best: float, margin: float | None) -> float:
    """The smallest difference that matters, in the measure's own unit."""
    if margin is not None:
        return margin / 100 if measure.percent else margin
    if measure.percent:
        return POINTS / 100
    return SHARE * abs(best) if math.isfinite(best) else 0.0


def _listed(names: list[str]) -> str:
    """Names as a person lists them.

    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
