import json

import pytest


@pytest.fixture(scope="module")
def client(serving, make):
    with serving(make.capitals()) as client:
        yield client


SAID = {"start": 3, "end": 8, "text": "Seoul", "label": "city", "probability": 0.75}


def test_predict_answers_with_a_list_of_entities(client):
    answer = client.post("/predict", json={"rows": [{"text": "to Seoul"}, {"text": "home"}]}).json()
    assert [each["prediction"] for each in answer["predictions"]] == [[SAID], []]


def test_offsets_are_those_of_the_text_that_was_sent(client):
    answer = client.post("/predict", json={"row": {"text": "  Seoul "}}).json()
    found = answer["predictions"][0]["prediction"][0]
    assert "  Seoul "[found["start"] : found["end"]] == "Seoul"


def test_invocations_and_tensors(client):
    answer = client.post("/invocations", json={"dataframe_records": [{"text": "to Seoul"}]}).json()
    assert answer["predictions"] == [{"prediction": [SAID]}]
    card = client.get("/model").json()
    assert card["labels"] == ["city", "name"]
    tensor = {"name": "text", "datatype": "BYTES", "shape": [1], "data": ["to Seoul"]}
    outputs = client.post(f"/v2/models/{card['name']}/infer", json={"inputs": [tensor]}).json()["outputs"]
    assert [each["name"] for each in outputs] == ["prediction"]
    assert json.loads(outputs[0]["data"][0]) == [SAID]


def test_the_schema_says_so(client):
    schema = client.get("/openapi.json").json()["components"]["schemas"]["Prediction"]
    assert schema["properties"]["prediction"]["items"]["properties"]["label"]["enum"] == ["city", "name"]
    assert "probability" in json.dumps(schema)
