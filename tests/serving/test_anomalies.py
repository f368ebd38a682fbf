"""Strange rows, over every protocol."""

import json

import pytest

from fathom.classical.tails import Ecod
from fathom.data.read import read
from fathom.learner import Run
from fathom.model import Model
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
