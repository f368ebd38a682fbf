"""Cost: what it takes to have a learner's predictions."""

from __future__ import annotations

from fathom.protocol.study import Trial

PREDICTED_ROWS = 100_000  # a model is trained once and asked often


def seconds(trial: Trial) -> float:
    """Seconds to train it and to predict 100,000 rows in batches: what "cheap" means in a verdict.

    >>> seconds(Trial("ridge", "classical", fit_seconds=2.0, predict_ms_per_row=0.01))
    3.0
    """
    return (trial.fit_seconds or 0.0) + (trial.predict_ms_per_row or 0.0) / 1_000 * PREDICTED_ROWS


def ratio(one: Trial, other: Trial) -> float:
    """How many times as much `one` costs as `other`."""
    return seconds(one) / max(seconds(other), 1e-9)


def times(ratio: float) -> str:
    """A ratio of costs in words, to two digits.

    >>> times(213.7), times(0.25), times(1.04)
    ('210 x the cost', '1/4 of the cost', 'the same cost')
    """
    if ratio < 1 / 1.15:
        part = 1 / ratio
        return f"1/{_two_digits(part)} of the cost"
    if ratio < 1.15:
        return "the same cost"
    return f"{_two_digits(ratio)} x the cost"


def _two_digits(value: float) -> str:
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 or rounded == round(rounded) else f"{rounded:.1f}"
