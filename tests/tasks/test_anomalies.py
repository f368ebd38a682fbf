"""Anomalies: what is posed, planted, budgeted and measured."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from fathom.data.read import read
from fathom.data.series.pasts import go_on
from fathom.errors import DataError, FathomError
from fathom.protocol import calibration
from fathom.tasks import planting, strangeness
from fathom.tasks.anomaly_detection import TASK, unlabelled
from fathom.tasks.budget import Budget
from fathom.tasks.predictions import from_frame
from fathom.tasks.scores import Scores


@pytest.fixture(scope="module")
def sensors():
    return read("sample:sensors")


def scores(values, **settings):
    values = np.asarray(values, dtype=np.float64)
    return Scores(("a", "b"), values, np.tile([0.25, 0.75], (len(values), 1)), **settings)


def test_what_most_rows_hold_is_usual(sensors):
    problem = TASK.pose(sensors, "state")
    assert problem.conditions[0] == "normal"
    assert set(problem.conditions) == {"normal", "point", "stretch", "change"}
    assert not problem.planted
    assert ((problem.truth(sensors) > 0) == (sensors["state"] != "normal").to_numpy()).all()
    assert type(problem).from_json(problem.to_json()) == problem


def test_a_column_that_says_nothing_of_anomalies_is_refused(sensors):
    with pytest.raises(DataError, match="different values"):
        TASK.pose(sensors, "temperature")
    with pytest.raises(DataError, match="No value of 'machine'"):
        TASK.pose(read({"machine": ["a", "b", "c"] * 20, "x": list(range(60))}), "machine")


def test_without_labels_some_rows_are_made_strange(sensors):
    rows, target = unlabelled(sensors.select([name for name in sensors.names if name != "state"]))
    problem = TASK.pose(rows, target)
    assert problem.planted
    changed, truth = planting.planted(rows, problem, 3)
    again, same = planting.planted(rows, problem, 3)
    assert changed.frame.equals(again.frame)
    assert (truth == same).all()
    assert (truth > 0).mean() == pytest.approx(planting.SHARE, abs=0.01)
    assert len(np.unique(truth)) == len(problem.conditions) == 4
    untouched = truth == 0
    assert changed.frame.filter(untouched).equals(rows.frame.filter(untouched))
    extreme = changed.frame.filter(truth == 1 + problem.conditions[1:].index("extreme"))
    names = ("current", "flow", "pressure", "temperature", "vibration")
    beyond = [(extreme[name] > rows[name].max()) | (extreme[name] < rows[name].min()) for name in names]
    assert pl.DataFrame(beyond).fold(lambda one, other: one | other).all()
    told = planting.told(changed, truth, problem)
    assert (problem.truth(told) == truth).all()


def test_values_that_are_mixed_are_values_of_the_column(sensors):
    rows, target = unlabelled(sensors)
    problem = TASK.pose(rows, target)
    changed, truth = planting.planted(rows, problem, 0)
    mixed = changed.frame.filter(truth == 1 + problem.conditions[1:].index("mixed"))
    assert all(mixed[name].is_in(rows[name].implode()).all() for name in ("current", "machine"))


def test_who_brings_labels_later_may_use_their_own_words(sensors):
    rows, target = unlabelled(sensors)
    problem = TASK.pose(rows, target)
    frame = rows.frame.head(4).with_columns(pl.Series(target, ["no", "Normal", "yes", None]))
    assert problem.truth(replace(rows, frame=frame)).tolist() == [0, 0, len(problem.conditions), -1]


@pytest.mark.parametrize(
    ("said", "budget"),
    [
        (None, Budget(0.01)),
        ("0.05", Budget(0.05)),
        (0.2, Budget(0.2)),
        ("5 %", Budget(0.05)),
        ("20/day", Budget(20, "day")),
        ("1.5 per hour", Budget(1.5, "hour")),
    ],
)
def test_budgets_are_read(said, budget):
    assert Budget.of(said) == budget


@pytest.mark.parametrize("said", ["20", "0", "-1", "lots", "0.9", "0 per day", "20 per fortnight", "nan", float("nan")])
def test_budgets_that_make_no_sense_are_refused(said):
    with pytest.raises(FathomError, match="makes no sense") as refused:
        Budget.of(said)
    assert refused.value.remedy


def test_a_rate_is_a_share_of_the_rows(sensors):
    assert Budget.of("20 per day").share(sensors, None) == pytest.approx(20 / 288, rel=0.01)
    with pytest.raises(DataError, match="no budget"):
        Budget.of("200 per day").share(sensors, "time")
    without = sensors.select(["temperature", "flow"])
    with pytest.raises(DataError, match="No column holds times"):
        Budget.of("20 per day").share(without, None)


def test_the_threshold_keeps_the_budget_on_rows_like_those_it_was_chosen_by():
    random = np.random.default_rng(0)
    rates = []
    for _ in range(200):
        chosen = calibration.fit(np.zeros(199), scores(random.normal(size=199), share=0.05))
        rates.append((random.normal(size=500) >= chosen["threshold"]).mean())
    assert np.mean(rates) == pytest.approx(0.05, abs=0.005)
    few = calibration.fit(np.zeros(9), scores(range(9), share=0.01))
    assert few["threshold"] > 8


def test_labels_of_validation_rows_move_no_threshold():
    said = scores(np.arange(50.0), share=0.1)
    assert calibration.fit(np.zeros(50), said) == calibration.fit(np.ones(50), said)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 60))
def test_ranks_are_measured_as_scikit_learn_does(seed, rows):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, rows)
    truth[:2] = (0, 1)
    said, weight = scores(random.integers(0, 8, rows)), random.integers(1, 4, rows).astype(float)
    pairs = {strangeness.ROC_AUC: metrics.roc_auc_score, strangeness.AVERAGE_PRECISION: metrics.average_precision_score}
    for measure, theirs in pairs.items():
        assert measure.score(truth, said, weight) == pytest.approx(theirs(truth > 0, said.score, sample_weight=weight))


def test_alarms_are_counted():
    said = scores([0.0, 1.0, 2.0, 3.0], threshold=1.5)
    truth = np.array([0, 2, 0, 1])
    found = TASK.scores(truth, said)
    assert (found["alarm-precision"], found["alarm-recall"], found["false-alarm-rate"]) == (0.5, 0.5, 0.5)
    assert np.isnan(TASK.scores(np.zeros(4, dtype=int), said)["roc-auc"])


def test_scores_come_back_from_disk():
    said = scores([0.5, 2.0], threshold=1.0, share=0.02)
    again = from_frame(said.frame())
    assert isinstance(again, Scores)
    assert again.columns == said.columns
    assert (again.threshold, again.share) == (1.0, 0.02)
    assert np.array_equal(again.parts, said.parts)
    assert again.records()[1] == {
        "prediction": True,
        "score": 2.0,
        "threshold": 1.0,
        "reasons": [{"column": "b", "part": 0.75}, {"column": "a", "part": 0.25}],
    }
    assert len(from_frame(said.take(np.array([], dtype=int)).frame())) == 0
    assert scores([1.0]).records()[0]["threshold"] is None


def test_a_reading_sent_twice_leaves_a_series_a_series(sensors):
    frame = sensors.frame
    assert go_on(pl.concat([frame, frame[40:41]]), "time", ["machine"])
    assert not go_on(pl.concat([frame, frame[40:200]]), "time", ["machine"])
    assert not go_on(frame, "time")  # two machines that are not told apart
