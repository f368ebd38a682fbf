import time

import numpy as np
import polars as pl
import pytest

from fathom.data.boxes import Mark
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.protocol import intervals
from fathom.protocol.intervals import bootstrap, units_of
from fathom.tasks import detections, measures
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem


def labels(right):
    """Predictions of class 0 (the truth everywhere) where `right`."""
    chance = np.where(right, 0.9, 0.1)
    return Labels(("yes", "no"), np.column_stack([chance, 1 - chance]))


def test_the_interval_of_a_mean_has_the_width_that_theory_says():
    random = np.random.default_rng(0)
    errors = random.normal(size=400)
    drawn = bootstrap(measures.MAE, np.zeros(400), [Numbers(errors)])
    low, high = drawn.interval(0)
    expected = 1.96 * np.abs(errors).std() / np.sqrt(400)
    assert (high - low) / 2 == pytest.approx(expected, rel=0.1)
    assert low < drawn.scores[0] < high


def test_no_error_in_forty_rows_is_not_certainty():
    low, high = bootstrap(measures.ACCURACY, np.zeros(40, int), [labels(np.ones(40, bool))]).interval(0)
    assert 0.88 < low < 0.93
    assert high == 1.0


@pytest.mark.parametrize("measure", [measures.MACRO_F1, measures.BALANCED_ACCURACY, measures.ROC_AUC])
@pytest.mark.parametrize("units", [None, np.arange(40) // 2])
def test_no_other_share_is_certain_either(measure, units):
    truth = np.arange(40) % 2
    perfect = Labels(("yes", "no"), np.where(np.eye(2)[truth] > 0, 0.9, 0.1))
    low, high = bootstrap(measure, truth, [perfect], units=units).interval(0)
    assert 0.9 < low < 0.95
    assert high == 1.0
    exact = bootstrap(measures.R2, np.arange(40.0), [Numbers(np.arange(40.0))]).interval(0)
    assert exact == (1.0, 1.0)  # numbers that are told exactly are no share of rows


def test_intervals_hold_the_true_score():
    random = np.random.default_rng(2)
    inside = 0
    for seed in range(100):
        right = random.random(150) < 0.8
        low, high = bootstrap(measures.ACCURACY, np.zeros(150, int), [labels(right)], seed=seed).interval(0)
        inside += low <= 0.8 <= high
    assert 90 <= inside <= 99


def test_equal_contenders_are_seldom_told_apart_and_different_ones_are():
    random = np.random.default_rng(3)
    false_alarms = found = 0
    for seed in range(60):
        equal = [labels(random.random(200) < 0.8) for _ in range(5)]
        better = labels(random.random(200) < 0.97)
        drawn = bootstrap(measures.ACCURACY, np.zeros(200, int), [*equal, better], seed=seed)
        leader = int(np.argmax(drawn.scores[:5]))
        chance = bootstrap(measures.ACCURACY, np.zeros(200, int), equal, seed=seed)
        false_alarms += any(chance.difference(i, leader)[1] > 0 for i in range(5) if i != leader)
        found += drawn.difference(0, 5)[1] > 0
    assert false_alarms <= 6  # 5 % are allowed, although the leader was chosen on the same rows
    assert found >= 55


def test_a_smaller_error_is_better():
    drawn = bootstrap(measures.MAE, np.zeros(50), [Numbers(np.ones(50)), Numbers(np.full(50, 0.5))])
    difference, low, high = drawn.difference(0, 1)
    assert (difference, low, high) == (0.5, 0.5, 0.5)


def test_the_same_predictions_differ_by_nothing():
    right = np.arange(60) % 3 > 0
    drawn = bootstrap(measures.ACCURACY, np.zeros(60, int), [labels(right), labels(right)])
    assert drawn.difference(0, 1) == (0.0, 0.0, 0.0)


def test_rows_that_hang_together_are_drawn_together():
    random = np.random.default_rng(4)
    groups = np.repeat(np.arange(20), 20)
    right = (random.random(20) < 0.7)[groups]
    alone = bootstrap(measures.ACCURACY, np.zeros(400, int), [labels(right)]).interval(0)
    grouped = bootstrap(measures.ACCURACY, np.zeros(400, int), [labels(right)], units=groups).interval(0)
    assert grouped[1] - grouped[0] > 2 * (alone[1] - alone[0])


def test_units_are_groups_or_stretches_of_time():
    frame = pl.DataFrame({"who": ["b", "a", "b", None], "when": [3.0, 1.0, 2.0, 4.0]})
    data = Dataset(frame, (Column("who", Kind.CATEGORY), Column("when", Kind.NUMBER)))
    problem = Problem("tabular-classification", "y", ())
    assert units_of(problem, data) is None
    who = units_of(Problem(**{**vars(problem), "group": "who"}), data)
    assert who[0] == who[2] != who[1]
    assert units_of(Problem(**{**vars(problem), "time": "when"}), data).tolist() == [1, 0, 0, 1]


def test_a_hundred_thousand_rows_take_bounded_time():
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, 100_000)
    chance = random.random((100_000, 1))
    predictions = [Labels(("a", "b"), np.hstack([1 - chance, chance])) for _ in range(4)]
    begin = time.perf_counter()
    drawn = bootstrap(measures.ROC_AUC, truth, predictions, seconds=1.0)
    assert time.perf_counter() - begin < 30  # a bound for a machine with other things to do
    assert 200 <= len(drawn.resamples) <= 1_000


def test_many_boxes_are_weighed_few_resamples_at_a_time(monkeypatch):
    truth = np.empty(6, dtype=object)
    truth[:] = [(Mark(0, 0, 9, 9, "cat"),)] * 6
    said = Boxes.of([[Box(0, 0, 9, 9 - row, "cat", 0.9 - box / 100) for box in range(50)] for row in range(6)])
    sizes = []
    original = detections.BoxScore.figures
    monkeypatch.setattr(
        detections.BoxScore,
        "figures",
        lambda score, found, weights: sizes.append(len(weights)) or original(score, found, weights),
    )
    monkeypatch.setattr(intervals, "BLOCK_BYTES", 8 * 300 * 4)
    few = bootstrap(detections.MAP50, truth, [said])
    assert max(sizes) == 4  # and not 200, as six rows would allow
    monkeypatch.setattr(intervals, "BLOCK_BYTES", 1 << 40)
    assert np.array_equal(bootstrap(detections.MAP50, truth, [said]).resamples, few.resamples)
