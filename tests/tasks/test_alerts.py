"""Measures of alerts are what they say, and weights are copies of rows."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from fathom.data.events.events import Events
from fathom.model import calibrated
from fathom.protocol import calibration
from fathom.report.sections.alerts import _few
from fathom.tasks import alerts
from fathom.tasks.predictions import Alerts, Labels, from_frame

CLASSES = ("no", "yes")
MEASURES = {measure.name: measure for measure in alerts.MEASURES}


def said(scores, amounts=None, threshold=0.5, cost=0.0):
    scores = np.asarray(scores, dtype=float)
    amounts = None if amounts is None else np.asarray(amounts, dtype=float)
    return Alerts(CLASSES, np.column_stack([1 - scores, scores]), threshold, amounts, cost)


def score(name, truth, answers, weight=None):
    return MEASURES[name].score(np.asarray(truth), answers, weight)


def test_money_is_what_is_stopped_less_the_looks():
    truth, answers = [1, 0, 1, 0], said([0.9, 0.8, 0.2, 0.1], [100, 50, 70, 5], cost=10)
    assert score("money-saved", truth, answers) == 100 - 2 * 10
    assert score("money-saved", truth, answers, np.array([2.0, 1, 1, 1])) == 2 * 90 - 10
    assert np.isnan(score("money-saved", truth, said([0.9, 0.8, 0.2, 0.1])))


def test_recall_and_precision_at_the_ends_of_the_ranking():
    truth = np.zeros(1_000, dtype=int)
    truth[:20] = 1
    scores = np.linspace(1, 0, 1_000)
    assert score("recall-at-1-percent", truth, said(scores)) == 1.0
    assert score("recall-at-1-percent", truth, said(scores[::-1])) == 0.0
    assert score("precision-at-k", truth, said(scores)) == pytest.approx(0.2)
    assert score("precision-at-k", truth, said(np.full(1_000, 0.3))) == pytest.approx(0.02)  # all alike: by chance
    assert score("average-precision", truth, said(scores[::-1])) == pytest.approx(
        average_precision_score(truth, scores[::-1])
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_weights_are_copies(seed):
    random = np.random.default_rng(seed)
    truth = np.append(random.integers(0, 2, 28), [0, 1])
    answers = said(np.round(random.random(30), 1), random.random(30) * 100, cost=7)
    times = np.append(random.integers(0, 4, 28), [1, 1])
    copied = answers.take(np.repeat(np.arange(30), times))
    for name in set(MEASURES) - {"precision-at-k"}:  # how many are highest hangs on the rows there are
        one, other = score(name, truth, answers, times.astype(float)), score(name, np.repeat(truth, times), copied)
        assert one == pytest.approx(other, nan_ok=True), name


def test_the_threshold_is_chosen_by_money_budget_or_f1():
    random = np.random.default_rng(0)
    truth = (random.random(2_000) < 0.05).astype(int)
    scores = np.clip(0.3 * truth + 0.2 * random.random(2_000), 0, 1)
    dear = said(scores, np.full(2_000, 100.0), cost=1.0)
    cheap = said(scores, np.full(2_000, 100.0), cost=99.5)
    kept = {
        name: calibration.fit(truth, each) for name, each in {"dear": dear, "cheap": cheap, "f1": said(scores)}.items()
    }
    flagged = {name: int((calibrated(dear, each).codes == 1).sum()) for name, each in kept.items()}
    assert flagged["f1"] == truth.sum()
    assert flagged["dear"] >= truth.sum() >= flagged["cheap"]
    few = calibration.fit(truth, dear, budget=0.01)
    assert (calibrated(dear, few).codes == 1).sum() <= 20
    worthless = calibration.fit(truth, said(scores, np.full(2_000, 1.0), cost=50.0))
    assert not (calibrated(dear, worthless).codes == 1).any()
    assert calibration.fit(np.zeros(50, dtype=int), said(np.zeros(50))) == {"alert": 0.5}


def test_probabilities_are_calibrated_and_keep_their_order():
    random = np.random.default_rng(1)
    rate = random.random(5_000) * 0.2
    truth = (random.random(5_000) < rate).astype(int)
    skewed = said(1 / (1 + np.exp(-(3 * np.log(rate / (1 - rate)) + 4))))
    mended = calibrated(skewed, calibration.fit(truth, skewed))
    assert abs(mended.scores.mean() - truth.mean()) < 0.005
    assert score("log-loss", truth, mended) < score("log-loss", truth, skewed)
    assert score("average-precision", truth, mended) == pytest.approx(score("average-precision", truth, skewed))


def test_to_disk_and_back():
    for answers in (said([0.2, 0.9]), said([0.2, 0.9], [5, 6], 0.3, 2.0), said([])):
        again = from_frame(answers.frame())
        assert isinstance(again, Alerts)
        assert again.frame().equals(answers.frame())
    assert isinstance(from_frame(Labels(CLASSES, np.array([[0.5, 0.5]])).frame()), Labels)
    assert pl.Series(said([0.2, 0.9]).values).to_list() == ["no", "yes"]


def test_a_budget_holds_where_no_fraud_validates():
    scores = np.linspace(0.5, 0.99, 100)
    found = calibration.fit(np.zeros(100, dtype=int), said(scores), budget=0.05)
    assert (scores >= found["alert"]).sum() == 5
    assert calibration.fit(np.zeros(100, dtype=int), said(scores)) == {"alert": 0.5}
    assert found["rows"] == 100


def test_a_budget_below_one_validation_row_is_told():
    few = SimpleNamespace(calibration={"rows": 50.0}, study=SimpleNamespace(problem=SimpleNamespace(events=Events())))
    assert _few(few) is None
    few.study.problem.events = Events(budget=0.01)
    assert "validation rows (50)" in _few(few)
    few.study.problem.events = Events(budget=0.02)
    assert _few(few) is None
