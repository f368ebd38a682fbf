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


def grown(study: Study) -> dict[str, Any] | None:
    """Which learner to use with 8 times the rows; None where there is no forecast of both families.

    `learner`, `family`; `rows`: training rows; `times`: 8; `chance`: the probability that no other is better by more
    than what matters; `experience`: how many other data sets this is weighed with; `weight`: how much they say, 0 to 1.
    """
    outlook = study.outlook
    if outlook is None or not outlook.best:
        return None
    at = outlook.nearest(TIMES * outlook.rows[0])
    learner = outlook.best[at]
    return {
        "learner": learner,
        "family": next(trial.family for trial in study.trials if trial.learner == learner),
        "rows": outlook.rows[at],
        "times": TIMES,
        "chance": outlook.best_chance[at],
        "experience": outlook.experience,
        "weight": outlook.weight[at],
    }


def told(court: Court) -> list[str]:
    """What to use with more rows, and what that rests on, in a sentence each."""
    then = grown(court.study)
    if then is None:
        return []
    values = {"times": then["times"], "learner": then["learner"], "chance": 100 * then["chance"]}
    now = court.done[court.chosen].learner
    if now == BASELINE:
        said = phrase("With {times} times the rows, {learner} would be the first to try again.", **values)
    elif now == then["learner"]:
        said = phrase(
            "With {times} times the rows, {learner} is expected to be the best too (probability that none is better by "
            "what matters: {chance:.0f} %).",
            **values,
        )
    else:
        said = phrase(
            "With {times} times the rows, try {learner} before it: that is expected to be the best then (probability "
            "that none is better by what matters: {chance:.0f} %).",
            **values,
        )
    assert court.outlook is not None
    return [said, *leaning(court.outlook)]


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
