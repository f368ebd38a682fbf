from pathlib import Path

import numpy as np
import pytest

from fathom.protocol.curves.forecast import Measured, forecast
from fathom.protocol.curves.growth import growth
from fathom.protocol.curves.outlook import _measured, bounds, keep, kept, starved
from fathom.protocol.standing import Sample
from fathom.tasks.measures import ACCURACY, LOG_LOSS, R2, RMSE


def sample(rows, score, hurried, error=0.01):
    return Sample("feedforward", "deep", rows, 0, Path(), 1.0, 1.0, 0.1, None, hurried, score, error)


def test_a_sample_that_ran_out_of_time_and_learned_less_than_from_fewer_rows_is_no_point_of_the_curve():
    small = sample(100, 0.8, hurried=False)
    assert starved(sample(200, 0.7, hurried=True), [small], 400, ACCURACY)
    assert not starved(sample(200, 0.7, hurried=False), [small], 400, ACCURACY)  # worse with more rows: a fact
    assert not starved(sample(200, 0.79, hurried=True), [small], 400, ACCURACY)  # no worse than chance allows
    assert not starved(sample(400, 0.7, hurried=True), [small], 400, ACCURACY)  # what is deployed counts as it is
    assert not starved(sample(50, 0.7, hurried=True), [small], 400, ACCURACY)


def test_a_fit_that_was_cut_short_tells_nothing_of_how_time_grows():
    samples = [sample(100, 0.7, hurried=True), sample(200, 0.8, hurried=False), sample(400, 0.9, hurried=False)]
    measured = _measured(samples, np.array([0.7, 0.8, 0.9]), np.full((5, 3), 0.8))
    assert np.isnan(measured.seconds).tolist() == [True, False, False]
    assert growth([100, 200, 400], [1.0, 1.0, np.nan]) == 0.0


def test_of_errors_less_is_better():
    small = sample(100, 0.8, hurried=False)
    assert starved(sample(200, 0.9, hurried=True), [small], 400, RMSE)
    assert not starved(sample(200, 0.7, hurried=True), [small], 400, RMSE)


@pytest.mark.parametrize(
    ("measure", "lowest", "highest"), [(ACCURACY, 0, 1), (R2, -np.inf, 1), (RMSE, 0, np.inf), (LOG_LOSS, 0, np.inf)]
)
def test_scores_are_bounded_by_what_their_measure_can_be(measure, lowest, highest):
    assert bounds(measure) == (lowest, highest)


def test_a_share_of_variance_below_zero_stays_there():
    rows = np.array([100, 200, 400, 800])
    scores = np.array([-2.0, -1.5, -1.2, -1.1])
    draws = scores + np.random.default_rng(0).normal(0, 0.05, (100, 1))
    measured = [Measured("ridge", "classical", rows, scores, draws, rows / 100)]
    curve = forecast(measured, rows=800.0, bounds=bounds(R2), higher_is_better=True, margin=0.005)[0][0]
    assert curve.at(800)[0] == pytest.approx(-1.1, abs=0.15)


def test_what_a_forecast_is_drawn_from_can_be_read_again(tmp_path):
    size, score = np.array([10, 20]), np.array([0.5, 0.6])
    draws = np.arange(6.0).reshape(3, 2)
    known = [
        Measured("mine/own", "classical", size, score, draws, score),
        Measured("net", "deep", size[:1], score[:1], draws[:, :1], score[:1], True),
    ]
    keep(known, tmp_path / "curves.npz")
    for one, same in zip(known, kept(tmp_path / "curves.npz"), strict=True):
        assert (same.learner, same.family, same.hurried) == (one.learner, one.family, one.hurried)
        assert np.array_equal(same.draws, one.draws)
        assert np.array_equal(same.rows, one.rows)
