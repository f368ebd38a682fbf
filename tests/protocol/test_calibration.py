import numpy as np
import pytest

from fathom.model import calibrated
from fathom.protocol import calibration
from fathom.tasks import measures
from fathom.tasks.predictions import Labels, Numbers


def overconfident(rows, seed):
    """Truth and probabilities of a learner that is twice too sure of itself."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(rows, 3))
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(3, p=row) for row in honest])
    sure = np.exp(2 * logits) / np.exp(2 * logits).sum(axis=1, keepdims=True)
    return truth, Labels(("a", "b", "c"), sure)


def test_a_temperature_mends_overconfidence_on_new_rows():
    found = calibration.fit(*overconfident(800, 0))
    assert found["temperature"] == pytest.approx(2.0, rel=0.2)
    truth, labels = overconfident(800, 1)
    mended = calibrated(labels, found)
    for measure in (measures.LOG_LOSS, measures.CALIBRATION_ERROR):
        assert measure.score(truth, mended, None) < 0.9 * measure.score(truth, labels, None)


def test_few_rows_and_unknown_labels_teach_nothing():
    truth, labels = overconfident(10, 0)
    assert calibration.fit(truth, labels) == {}
    truth, labels = overconfident(100, 0)
    assert calibration.fit(np.full(100, -1), labels) == {}
    assert calibration.fit(np.arange(5.0), Numbers(np.zeros(5))) == {}


def test_certain_and_right_stays_finite():
    sure = Labels(("a", "b"), np.tile([1.0, 0.0], (50, 1)))
    found = calibration.fit(np.zeros(50, int), sure)
    assert np.isfinite(calibrated(sure, found).probabilities).all()


def test_few_rows_all_right_do_not_make_answers_certain():
    right = np.arange(40) % 2
    labels = Labels(("a", "b"), np.where(np.eye(2)[right] == 1, 0.9, 0.1))
    surest = calibrated(labels, calibration.fit(right, labels)).probabilities.max()
    assert 0.9 < surest < 1 - 0.2 / 40
    surer = Labels(("a", "b"), np.where(np.eye(2)[right] == 1, 0.999, 0.001))
    assert calibration.fit(right, surer) == {}


def test_intervals_cover_what_they_promise():
    random = np.random.default_rng(0)
    covered = []
    for _ in range(200):
        valid, test = random.standard_t(3, 60), random.standard_t(3, 60)
        half = calibration.fit(valid, Numbers(np.zeros(60)))["half_width"]
        covered.append(np.mean(np.abs(test) <= half))
    assert 0.89 <= np.mean(covered) <= 0.93
