"""None, one or several labels a row, over every protocol."""

import json

import pytest


@pytest.fixture(scope="module")
def client(serving, make):
    with serving(make.mentions()) as client:
        yield client


def test_predict_answers_with_a_list_of_labels(client):
    rows = [{"letter": "late and rude"}, {"letter": "fine"}, {"letter": None}]
    answer = client.post("/predict", json={"rows": rows}).json()["predictions"]
    assert [each["prediction"] for each in answer] == [["late", "rude"], [], []]
    assert answer[1]["probabilities"] == {"late": 0.3, "rude": 0.3}


def test_the_threshold_of_the_model_decides(serving, make):
    with serving(make.mentions({"threshold": 0.25})) as client:
        answer = client.post("/predict", json={"row": {"letter": "late"}}).json()["predictions"]
    assert answer[0]["prediction"] == ["late", "rude"]


def test_invocations_and_tensors(client):
    answer = client.post("/invocations", json={"dataframe_records": [{"letter": "late"}]}).json()["predictions"][0]
    assert answer == {"prediction": ["late"], "probability:late": 0.9, "probability:rude": 0.3}
    name = client.get("/model").json()["name"]
    tensor = {"name": "letter", "datatype": "BYTES", "shape": [1], "data": ["late"]}
    outputs = client.post(f"/v2/models/{name}/infer", json={"inputs": [tensor]}).json()["outputs"]
    assert json.loads(outputs[0]["data"][0]) == ["late"]
    assert outputs[1]["data"] == [0.9, 0.3]
    told = client.get(f"/v2/models/{name}").json()["outputs"]
    assert [each["shape"] for each in told] == [[-1], [-1, 2]]


def test_the_schema_says_so(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Prediction"]["properties"]["prediction"]["items"]["enum"] == ["late", "rude"]
    assert client.get("/model").json()["sets"] == ["late", "rude"]


def test_the_words_of_all_labels_are_explained(client):
    answer = client.post("/explain", json={"row": {"letter": "late but not rude"}}).json()
    worth = {answer["text"][mark["start"] : mark["end"]]: round(mark["worth"], 2) for mark in answer["marks"]}
    assert worth == {"late": 0.6, "but": 0.0, "not": 0.0, "rude": 0.6}
    assert client.post("/explain", json={"row": {"letter": "fine"}}).json()["prediction"]["prediction"] == []
