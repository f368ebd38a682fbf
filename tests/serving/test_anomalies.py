"""Strange rows, over every protocol."""

import json
from dataclasses import replace
from functools import partial

import polars as pl
import pytest

from fathom.classical.residuals import LinearResiduals
from fathom.classical.tails import Ecod
from fathom.data.read import read
from fathom.errors import ExportError
from fathom.learner import Run
from fathom.model import Model
from fathom.serving.batching import Job
from fathom.serving.inference import Answering, Question
from fathom.serving.limits import Limits
from fathom.serving.models import Models, load
from fathom.serving.rows import Rows
from fathom.tasks.anomaly_detection import TASK


@pytest.fixture(scope="module")
def rows():
    return read("sample:sensors").take(range(300))


@pytest.fixture(scope="module")
def client(serving, rows):
    problem = TASK.pose(rows, "state")
    learner = Ecod()
    learner.fit(problem, rows, rows.take([]), Run())
    with serving(Model(learner, "ecod", "classical", problem, {"threshold": 20.0})) as client:
        yield client


def test_a_row_is_answered_with_its_score_and_reasons(client, rows):
    usual = rows.frame.drop("state").row(0, named=True) | {"time": "2026-03-02T12:00"}
    wild = usual | dict.fromkeys(("temperature", "current", "pressure", "vibration", "flow"), 900.0)
    said = client.post("/predict", json={"rows": [usual, wild]}).json()["predictions"]
    assert [each["prediction"] for each in said] == [False, True]
    assert said[1]["score"] > said[1]["threshold"] == 20.0 > said[0]["score"]
    assert {each["column"] for each in said[1]["reasons"]} <= set(wild) - {"time", "machine"}
    flat = client.post("/invocations", json={"dataframe_records": [wild]}).json()["predictions"][0]
    assert flat == said[1]
    name = client.get("/model").json()["name"]
    tensors = [
        {"name": key, "datatype": "BYTES" if isinstance(value, str) else "FP64", "shape": [1], "data": [value]}
        for key, value in wild.items()
    ]
    outputs = client.post(f"/v2/models/{name}/infer", json={"inputs": tensors}).json()["outputs"]
    assert [each["data"][0] for each in outputs[:2]] == [True, said[1]["score"]]
    assert json.loads(outputs[2]["data"][0]) == said[1]["reasons"]


def test_the_schema_and_the_card_say_so(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert set(schemas["Prediction"]["required"]) == {"prediction", "score", "threshold", "reasons"}
    assert client.get("/model").json()["conditions"][0] == "normal"


@pytest.fixture(scope="module")
def of_series():
    rows = read("sample:sensors")
    problem = replace(TASK.pose(rows, "state"), time="time", series=("machine",))
    rows, problem, _ = TASK.ready(rows, problem)
    learner = LinearResiduals()
    learner.fit(problem, rows.take(range(600)), rows.take([]), Run())
    return Model(learner, "linear-residuals", "classical", problem, {"threshold": 20.0})


@pytest.fixture(scope="module")
def machine():
    rows = read("sample:sensors").frame.drop("state").filter(pl.col("machine") == "north").head(40)
    return rows.with_columns(pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S")).to_dicts()


def test_a_reading_is_judged_by_those_before_it_in_its_request_alone(of_series, machine, serving):
    readings = [dict(row) for row in machine]
    readings[-1]["temperature"] += 5.0
    with serving(of_series) as client:
        after = client.post("/predict", json={"rows": readings}).json()["predictions"][-1]
        alone = client.post("/predict", json={"rows": readings[-1:]}).json()["predictions"][0]
    told = of_series.predict(readings)
    assert after["score"] == pytest.approx(told.score[-1])
    assert alone["score"] == pytest.approx(of_series.predict(readings[-1:]).score[0])
    assert after["score"] != pytest.approx(alone["score"])


def _rows(records, served, limits):
    return Rows(records)


def test_readings_of_two_requests_are_not_joined(of_series, machine):
    answering, seen = Answering(Models(load(of_series, "m")), Limits()), []
    jobs = [
        Job(Question(partial(_rows, rows), lambda said, *_: seen.append(said.score)), None, 0.0, len(rows))
        for rows in (machine[:-1], machine[-1:])
    ]
    answering(jobs)
    assert seen[1] == pytest.approx(of_series.predict(machine[-1:]).score)


def test_what_hangs_on_readings_before_is_not_exported(of_series, tmp_path):
    with pytest.raises(ExportError, match="readings before"):
        of_series.export(tmp_path / "out")
