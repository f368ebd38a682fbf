"""What matters where hardly any test row has the label that is looked for."""

import time
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.protocol.insight import importance
from fathom.tasks.measures import ACCURACY, AVERAGE_PRECISION
from fathom.tasks.predictions import Labels

ROWS = 6_000
NUMBERS = (Column("tells", Kind.NUMBER), Column("noise", Kind.NUMBER))


class Telling:
    """Says a fraud where the column says one."""

    def predict(self, rows):
        fraud = 1 / (1 + np.exp(-rows["tells"].to_numpy()))
        return Labels(("no", "yes"), np.stack([1 - fraud, fraud], axis=1))


def looked_at(frauds, measure=AVERAGE_PRECISION, seed=0, seconds=60.0, further=0):
    random = np.random.default_rng(seed)
    truth = np.zeros(ROWS, dtype=np.int64)
    truth[random.choice(ROWS, frauds, replace=False)] = 1
    frame = pl.DataFrame({"tells": random.normal(size=ROWS) + 3.0 * truth, "noise": random.normal(size=ROWS)})
    columns = (*NUMBERS, *(Column(f"noise {place}", Kind.NUMBER) for place in range(further)))
    frame = frame.with_columns(pl.Series(column.name, random.normal(size=ROWS)) for column in columns[2:])
    problem = SimpleNamespace(inputs=columns, classes=("no", "yes"), conditions=())
    model = SimpleNamespace(problem=problem, learner=Telling(), calibration={})
    found = importance.permutation(model, Dataset(frame, columns), truth, measure, seconds, seed)
    whole = measure.score(truth, Telling().predict(frame), None)
    return {each["column"]: each for each in found}, whole


@pytest.mark.parametrize("seed", range(3))
def test_the_one_fraud_among_thousands_is_looked_at(seed):
    found, _ = looked_at(1, seed=seed)
    assert set(found) == {"tells", "noise"}
    assert all(np.isfinite(each[name]) for each in found.values() for name in ("drop", "low", "high"))


def test_no_column_is_told_where_the_measure_has_no_value():
    assert looked_at(0)[0] == {}


def test_a_sample_that_holds_more_frauds_loses_what_all_rows_would():
    found, whole = looked_at(60)
    gone = looked_at(60)[0]["tells"]["drop"]
    assert found["tells"]["drop"] == gone
    assert found["tells"]["drop"] == pytest.approx(whole - 60 / ROWS, abs=0.06)  # chance is what is left
    assert abs(found["noise"]["drop"]) < 0.02


def test_labels_of_the_same_size_are_drawn_as_they_come():
    truth = np.arange(ROWS) % 2
    rows, each = importance._sample(truth, 2, np.random.default_rng(0))
    assert each is None
    assert len(rows) == importance.MOST_ROWS
    found, whole = looked_at(2_900, ACCURACY)
    assert found["tells"]["drop"] == pytest.approx(whole - 0.5, abs=0.05)


def test_many_columns_keep_to_the_seconds_and_those_that_matter_most_are_told():
    begun = time.process_time()
    found, _ = looked_at(60, seconds=1.0, further=60)
    assert time.process_time() - begun < 4  # every interval of average precision takes a tenth of a second
    assert "tells" in found
    assert 1 <= len(found) < 62
