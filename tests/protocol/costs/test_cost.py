import math

import pytest

from fathom.protocol.costs import cost
from fathom.protocol.study import Trial


def tried(name, score=None, fit=1.0, predict=0.0):
    return Trial(name, "classical", score=score, fit_seconds=fit, predict_ms_per_row=predict)


def test_the_front_is_what_nothing_beats_for_less():
    trials = [
        tried("dear", 0.95, 90.0),
        tried("cheap", 0.80, 1.0),
        tried("beaten", 0.79, 2.0),
        tried("good", 0.94, 5.0),
    ]
    assert [each.learner for each in cost.front(trials, True)] == ["cheap", "good", "dear"]
    assert [each.learner for each in cost.front(trials, False)] == ["cheap", "beaten"]


def test_the_front_counts_predictions_too():
    slow = tried("slow", 0.9, 1.0, predict=1.0)  # 101 seconds with its hundred thousand rows
    quick = tried("quick", 0.9, 2.0, predict=0.01)
    assert cost.front([slow, quick], True) == [quick]


def test_ties_and_contenders_without_a_score_on_the_front():
    one, other = tried("one", 0.9), tried("other", 0.9)
    assert cost.front([tried("failed"), tried("nan", math.nan), one, other], True) == [one]
    assert cost.front([], True) == []


@pytest.mark.parametrize(("growth", "times", "seconds"), [(1.0, 64, 128.0), (2.0, 2, 8.0), (-0.3, 64, 2.0)])
def test_training_seconds_grow_by_a_power(growth, times, seconds):
    assert cost.training_seconds_at(tried("x", fit=2.0), growth, times) == pytest.approx(seconds)


def test_what_is_not_known_is_not_predicted():
    assert cost.training_seconds_at(tried("x", fit=None), 1.0, 2) is None
    assert cost.training_seconds_at(tried("x"), None, 2) is None
    assert cost.training_seconds_at(tried("x"), math.nan, 2) is None


def test_money():
    assert cost.money(tried("x", fit=1800.0, predict=3.6), 2.0) == pytest.approx(
        {"training": 1.0, "million_predictions": 2.0}
    )
    assert cost.money(tried("x"), None) is None
    assert cost.money(tried("x", fit=None), 2.0) is None
    assert cost.money(tried("x"), 0.0) == {"training": 0.0, "million_predictions": 0.0}
