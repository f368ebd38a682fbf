import time

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.protocol.costs import latency
from fathom.tasks.predictions import Numbers


class Slow:
    """Takes a fixed time for each call and for each row."""

    def __init__(self, call=0.002, row=0.0):
        self.call, self.row = call, row
        self.sizes = []

    def predict(self, data):
        self.sizes.append(len(data))
        time.sleep(self.call + self.row * len(data))
        return Numbers(np.zeros(len(data)))


def rows(count):
    return Dataset(pl.DataFrame({"x": np.arange(count, dtype=float)}), (Column("x", Kind.NUMBER),))


def test_rows_alone_and_rows_in_a_batch_are_told_apart():
    learner = Slow()
    predictions, per_row, found = latency.measure(learner, rows(2_500), 0.15)
    assert len(predictions) == 2_500
    assert 2.0 <= found["row"]["p50"] <= found["row"]["p99"]
    assert found["row"]["calls"] > 5
    assert found["batch"]["rows"] == 1_000
    assert 0.002 <= found["batch"]["p50"] < found["row"]["p50"] / 50
    assert per_row <= found["batch"]["p50"]
    assert set(learner.sizes) == {2_500, 1, 1_000}


def test_it_keeps_to_its_time():
    begin = time.perf_counter()
    latency.measure(Slow(), rows(100), 0.1)
    assert time.perf_counter() - begin < 0.1 + 5 * 0.002 + 0.1


def test_a_slow_learner_is_asked_once_more_at_most():
    learner = Slow(call=0.6)
    _, per_row, found = latency.measure(learner, rows(10), 0.05)
    assert learner.sizes == [10, 1]
    assert found["row"]["calls"] == found["batch"]["calls"] == 1
    assert found["batch"]["p50"] == per_row >= 60


def test_without_time_only_the_first_prediction_counts():
    learner = Slow()
    _, per_row, found = latency.measure(learner, rows(10), 0.0)
    assert learner.sizes == [10]
    assert per_row >= 0.2
    assert found == {}


def test_without_rows_there_is_nothing_to_measure():
    predictions, _, found = latency.measure(Slow(), rows(0), 0.1)
    assert (len(predictions), found) == (0, {})


def test_the_slowest_of_few_calls_is_their_99th_percentile():
    assert latency._spread([0.001, 0.002, 0.009]) == {"p50": pytest.approx(2), "p99": pytest.approx(9), "calls": 3}
    many = latency._spread([0.001] * 989 + [0.005] * 10 + [1.0])
    assert many["p99"] == pytest.approx(5)


def test_a_device_that_is_slow_gets_a_smaller_batch():
    found = latency.brief(Slow(call=0, row=0.01), rows(1_000), 0.3)
    assert 10 <= found["row"]["p50"] < 20
    assert 10 <= found["batch"]["rows"] <= 30
