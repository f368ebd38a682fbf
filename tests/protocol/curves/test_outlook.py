from pathlib import Path

from fathom.protocol.curves.outlook import starved
from fathom.protocol.standing import Sample
from fathom.tasks.measures import ACCURACY, RMSE


def sample(rows, score, hurried, error=0.01):
    return Sample("feedforward", "deep", rows, 0, Path(), 1.0, 1.0, 0.1, None, hurried, score, error)


def test_a_sample_that_ran_out_of_time_and_learned_less_than_from_fewer_rows_is_no_point_of_the_curve():
    small = sample(100, 0.8, hurried=False)
    assert starved(sample(200, 0.7, hurried=True), [small], 400, ACCURACY)
    assert not starved(sample(200, 0.7, hurried=False), [small], 400, ACCURACY)  # worse with more rows: a fact
    assert not starved(sample(200, 0.79, hurried=True), [small], 400, ACCURACY)  # no worse than chance allows
    assert not starved(sample(400, 0.7, hurried=True), [small], 400, ACCURACY)  # what is deployed counts as it is
    assert not starved(sample(50, 0.7, hurried=True), [small], 400, ACCURACY)


def test_of_errors_less_is_better():
    small = sample(100, 0.8, hurried=False)
    assert starved(sample(200, 0.9, hurried=True), [small], 400, RMSE)
    assert not starved(sample(200, 0.7, hurried=True), [small], 400, RMSE)
