"""What to use once there are more rows: a forecast, told beside the verdict and never instead of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fathom.messages import phrase
from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.curve import Outlook

if TYPE_CHECKING:
    from fathom.protocol.study import Study
    from fathom.protocol.verdict import Court

TIMES = 8  # the rows there are: as far as forecasts were compared with what happened
MOST_SURE = 99.0  # percent: of what is to come nobody is surer
EVEN = 0.5  # with less, nobody is expected to be the best
STAY = 0.8  # of the best's chance: with so much, what is used today need not be left


def grown(study: Study, now: str | None) -> dict[str, Any] | None:
    """Which learner to use with 8 times the rows, where `now` is used today; None without a forecast of both families.

    `learner`, `family`; `rows`: training rows; `times`: 8; `chance`: the probability that no other is better by more
    than what matters; `experience`: how many other data sets this is weighed with; `weight`: how much they say, 0 to 1.
    """
    outlook = study.outlook
    if outlook is None or not outlook.best:
        return None
    at = outlook.nearest(TIMES * outlook.rows[0])
    learner = choice(outlook, at, now)
    return {
        "learner": learner,
        "family": next(trial.family for trial in study.trials if trial.learner == learner),
        "rows": outlook.rows[at],
        "times": TIMES,
        "chance": outlook.near[learner][at],
        "experience": outlook.experience,
        "weight": outlook.weight[at],
    }


def choice(outlook: Outlook, at: int, now: str | None) -> str:
    """What to use at one of the outlook's sizes: today's choice where it does nearly as well, else the expected best.

    >>> ahead = {"best": ["forest"], "near": {"forest": [0.5], "ridge": [0.45], "network": [0.2]}}
    >>> choice(Outlook([800], [0.1], [0.1], 0.1, **ahead), 0, "ridge")
    'ridge'
    """
    best = outlook.best[at]
    if now in outlook.near and outlook.near[now][at] >= STAY * outlook.near[best][at]:
        return now
    return best


def told(court: Court) -> list[str]:
    """What to use with more rows, and what that rests on, in a sentence each."""
    now = court.done[court.chosen].learner
    then = grown(court.study, now)
    if then is None:
        return []
    assert court.outlook is not None
    values = {"times": then["times"], "learner": then["learner"], "chance": min(100 * then["chance"], MOST_SURE)}
    if now == BASELINE:
        if not _hope(court, then):
            return []
        said = phrase("With {times} times the rows, {learner} is expected to beat it.", **values)
    elif then["chance"] < EVEN:
        said = phrase(
            "With {times} times the rows it is open who is best; begin with {learner} (probability that none is better "
            "by what matters: {chance:.0f} %).",
            **values,
        )
    elif now == then["learner"]:
        said = phrase(
            "With {times} times the rows, stay with {learner} (probability that none is better by what matters: "
            "{chance:.0f} %).",
            **values,
        )
    else:
        said = phrase(
            "With {times} times the rows, try {learner} before {now}: it is expected to be the best then (probability "
            "that none is better by what matters: {chance:.0f} %).",
            now=now,
            **values,
        )
    return [said, *_family_apart(court.outlook, then), *leaning(court.outlook)]


def _family_apart(outlook: Outlook, then: dict[str, Any]) -> list[str]:
    """That the other family as a whole is likelier in front than the one contender that is expected to score best.

    The best of several is often better than each of them by itself is expected to be.
    """
    at = outlook.nearest(then["rows"])
    deep = outlook.deep_ahead[at]
    ahead = 1 - deep if then["family"] == "deep" else deep
    if ahead <= EVEN or then["learner"] != outlook.best[at]:
        return []
    values = {"chance": min(100 * ahead, MOST_SURE), "learner": then["learner"]}
    if then["family"] == "deep":
        return [
            phrase(
                "Some classical contender is in front then with a probability of {chance:.0f} %, but which of them is "
                "open; by itself each is expected to score worse than {learner}.",
                **values,
            )
        ]
    return [
        phrase(
            "Some deep contender is in front then with a probability of {chance:.0f} %, but which of them is open; by "
            "itself each is expected to score worse than {learner}.",
            **values,
        )
    ]


def _hope(court: Court, then: dict[str, Any]) -> bool:
    """Whether the one that is best with more rows surely beats the baseline then, by its own curve."""
    curve = next((each for each in court.study.curves if each.learner == then["learner"]), None)
    if curve is None:
        return False
    sign = 1 if court.measure.higher_is_better else -1
    _, *ends = curve.at(then["rows"])
    worst = min(sign * end for end in ends)
    return worst >= sign * float(court.compared.scores[court.chosen]) + court.margin


def leaning(outlook: Outlook) -> list[str]:
    """How far forecasts rest on other data sets, in one sentence; none where they do not."""
    if not outlook.experience:
        return []
    return [
        phrase(
            "Who leads, and with more rows, is judged from this study's curves and from how the same learners did on "
            "{sets} other tables, which count {now:.0f} % now and {then:.0f} % at {times} times the rows; scores, ties "
            "and what to use today are measured here alone.",
            sets=outlook.experience,
            now=100 * outlook.weight[0],
            then=100 * outlook.weight[outlook.nearest(TIMES * outlook.rows[0])],
            times=TIMES,
        )
    ]
