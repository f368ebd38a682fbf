"""Cost: what it takes to have a learner's predictions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from fathom.messages import phrase

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

PREDICTED_ROWS = 100_000  # a model is trained once and asked often
MILLION = 1_000_000
HOUR = 3_600


def seconds(trial: Trial) -> float:
    """Seconds to train it and to predict 100,000 rows in batches: what "cheap" means in a verdict.

    >>> from fathom.protocol.study import Trial
    >>> seconds(Trial("ridge", "classical", fit_seconds=2.0, predict_ms_per_row=0.01))
    3.0
    """
    return (trial.fit_seconds or 0.0) + (trial.predict_ms_per_row or 0.0) / 1_000 * PREDICTED_ROWS


def ratio(one: Trial, other: Trial) -> float:
    """How many times as much `one` costs as `other`."""
    return seconds(one) / max(seconds(other), 1e-9)


def training_seconds_at(trial: Trial, growth: float | None, times: float) -> float | None:
    """Seconds that training would take on `times` as many rows, where it grows with rows to the power `growth`.

    None where either is not known. A power below zero is noise of short trainings and counts as zero.

    >>> from fathom.protocol.study import Trial
    >>> training_seconds_at(Trial("ridge", "classical", fit_seconds=2.0), 1.5, 4)
    16.0
    """
    if trial.fit_seconds is None or growth is None or not math.isfinite(growth):
        return None
    return float(trial.fit_seconds * times ** max(growth, 0.0))


def money(trial: Trial, price_per_hour: float | None) -> dict[str, float] | None:
    """What one training and a million predictions in batches cost where the machine costs so much an hour.

    None without a price, or where the trial has not ended well.

    >>> from fathom.protocol.study import Trial
    >>> money(Trial("ridge", "classical", fit_seconds=2.0, predict_ms_per_row=0.04), 1.8)
    {'training': 0.001, 'million_predictions': 0.02}
    """
    if price_per_hour is None or trial.fit_seconds is None or trial.predict_ms_per_row is None:
        return None
    asked = trial.predict_ms_per_row / 1_000 * MILLION
    return {"training": price_per_hour * trial.fit_seconds / HOUR, "million_predictions": price_per_hour * asked / HOUR}


def front(trials: Iterable[Trial], higher_is_better: bool) -> list[Trial]:
    """The contenders that no other beats in score without costing more: the cheapest first, each better than the last.

    Those without a score are left out; of two that cost and score the same, the first stays.

    >>> from fathom.protocol.study import Trial
    >>> def tried(name, score, fit):
    ...     return Trial(name, "classical", score=score, fit_seconds=fit)
    >>> [each.learner for each in front([tried("a", 0.9, 9.0), tried("b", 0.8, 1.0), tried("c", 0.7, 5.0)], True)]
    ['b', 'a']
    """
    sign = 1.0 if higher_is_better else -1.0
    scored = [(sign * trial.score, trial) for trial in trials if trial.score is not None and math.isfinite(trial.score)]
    found: list[Trial] = []
    highest = -math.inf
    for value, trial in sorted(scored, key=lambda pair: (seconds(pair[1]), -pair[0])):
        if value > highest:
            found.append(trial)
            highest = value
    return found


def times(ratio: float) -> str:
    """A ratio of costs in words, to two digits.

    >>> times(213.7), times(0.25), times(1.04)
    ('210 x the cost', '1/4 of the cost', 'the same cost')
    """
    if ratio < 1 / 1.15:
        part = 1 / ratio
        return phrase("1/{part} of the cost", part=_two_digits(part))
    if ratio < 1.15:
        return phrase("the same cost")
    return phrase("{times} x the cost", times=_two_digits(ratio))


def _two_digits(value: float) -> str:
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 or rounded == round(rounded) else f"{rounded:.1f}"
