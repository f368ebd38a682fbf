"""A study of anomalies from end to end: what is hidden, what is planted, what the model says of new rows."""

import numpy as np
import polars as pl
import pytest

import fathom
from fathom.data.read import read
from fathom.errors import DataError, FathomError
from fathom.model import Model
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request
from fathom.report.page import render

LEARNERS = ["ecod", "linear-residuals"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return fathom.compare(
        "sample:sensors",
        task="anomaly-detection",
        drop=["state"],
        time="time",
        series=["machine"],
        alerts="20 per day",
        learners=LEARNERS,
        minutes=0.5,
        curves=False,
        store=tmp_path_factory.mktemp("store"),
    )


def test_a_study_without_labels_says_that_its_anomalies_are_planted(study):
    assert study.problem.planted
    assert study.problem.conditions == ("usual", "spike", "stretch", "change")
    assert study.measure == "roc-auc"
    assert any("planted" in note for note in study.verdict.notes)
    assert "These anomalies were planted" in render(study)
    assert study.problem.share == pytest.approx(20 / 288, rel=0.01)
    assert "--predict" not in study.command


def test_the_model_needs_no_more_than_the_raw_columns(study, tmp_path):
    model = study.load_model("linear-residuals")
    rows = read("sample:sensors").frame.drop("state")
    said = model.predict(rows)
    assert len(said) == len(rows)
    assert np.isfinite(said.score).all()
    again = Model.load(model.save(tmp_path / "model"))
    assert np.array_equal(again.predict(rows).score, said.score)
    order = np.random.default_rng(0).permutation(len(rows))
    assert np.allclose(model.predict(rows[order]).score, said.score[order], atol=1e-6)
    alone = model.predict(rows.head(1).to_dicts()[0])  # without a past
    assert np.isfinite(alone.score).all()


def test_labels_and_kinds_are_in_no_file_that_learners_read():
    asked = Request("sample:sensors", "state", task="anomaly-detection", time="time", series=["machine"])
    found = prepare(asked, silent)
    assert "state" not in (*found.train.names, *found.valid.names, *found.test.names)
    assert "state" in found.truth.names
    assert found.test["time"].min() > found.train["time"].max()


def test_planted_rows_have_their_past_made_anew():
    asked = Request("sample:sensors", None, task="anomaly-detection", drop=["state"], time="time", series=["machine"])
    found = prepare(asked, silent)
    truth = found.problem.truth(found.truth)
    still = found.test.frame.filter(pl.Series(truth == found.problem.conditions.index("stretch")))
    least = still.select(pl.min_horizontal([name for name in still.columns if "movement" in name])).to_series()
    assert (least < -6).mean() > 0.3
    assert (found.valid["temperature: step"].is_null()).sum() == 0  # they go on from training rows


def test_what_cannot_be_is_said():
    with pytest.raises(DataError, match="No column to predict"):
        prepare(Request("sample:sensors", None), silent)
    with pytest.raises(FathomError, match="--alerts is for frauds"):
        prepare(Request("sample:customers", "plan", alerts="20"), silent)
    with pytest.raises(DataError, match="No column holds times"):
        prepare(
            Request({"a": list(range(50)), "b": [1.5, 2.0] * 25}, None, task="anomaly-detection", alerts="2 per day"),
            silent,
        )
    with pytest.raises(DataError, match="too few rows"):
        prepare(Request({"a": [1.0, 2.0], "b": [2.0, 1.0]}, None, task="anomaly-detection"), silent)
