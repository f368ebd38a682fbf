"""The Open Inference Protocol."""

import base64

import pytest


def tensors(**changes):
    made = {
        "age": {"name": "age", "datatype": "FP64", "shape": [2], "data": [50, None]},
        "city": {"name": "city", "datatype": "BYTES", "shape": [2, 1], "data": [["Seoul"], ["Busan"]]},
        "since": {"name": "since", "datatype": "BYTES", "shape": [2], "data": ["2024-03-01", None]},
    }
    return list((made | changes).values())


def test_server_and_model_describe_themselves(client):
    assert client.get("/v2").json()["name"] == "fathom"
    for place in ("/v2/models/people", "/v2/models/people/versions/1"):
        model = client.get(place).json()
        assert (model["name"], model["versions"]) == ("people", ["1"])
        assert model["inputs"][0] == {"name": "age", "datatype": "FP64", "shape": [-1]}
        assert [output["shape"] for output in model["outputs"]] == [[-1], [-1, 2]]
        assert client.get(f"{place}/ready").json() == {"name": "people", "ready": True}


@pytest.mark.parametrize("place", ["/v2/models/people", "/v2/models/people/versions/1"])
def test_infer_echoes_the_id_and_answers_in_tensors(client, place):
    answer = client.post(f"{place}/infer", json={"id": "q7", "inputs": tensors()}).json()
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("q7", "people", "1")
    prediction, probabilities = answer["outputs"]
    assert prediction["data"] == ["yes", "no"] or len(prediction["data"]) == 2
    assert probabilities["shape"] == [2, 2]
    assert len(probabilities["data"]) == 4
    assert probabilities["parameters"] == {"classes": ["no", "yes"]}


def test_outputs_can_be_chosen(client):
    asked = {"inputs": tensors(), "outputs": [{"name": "probabilities"}]}
    answer = client.post("/v2/models/people/infer", json=asked).json()
    assert [output["name"] for output in answer["outputs"]] == ["probabilities"]
    assert "id" not in answer


@pytest.mark.parametrize("path", ["", "/ready", "/versions/2", "/versions/2/ready"])
def test_unknown_models_and_versions_are_404(client, path):
    name = "people" if "versions" in path else "nobody"
    answer = client.get(f"/v2/models/{name}{path}")
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"inputs": []},
        {"inputs": "x"},
        {"inputs": [5]},
        {"inputs": tensors(), "id": 5},
        {"inputs": tensors(), "outputs": [{"name": "nothing"}]},
        {"inputs": tensors(), "outputs": 3},
        {"inputs": [*tensors(), tensors()[0]]},
        {"inputs": tensors(age={"name": "age", "datatype": "FP65", "shape": [2], "data": [1, 2]})},
        {"inputs": tensors(age={"name": "age", "datatype": "FP64", "shape": [3], "data": [1, 2]})},
        {"inputs": tensors(age={"name": "age", "datatype": "FP64", "shape": [2, 2], "data": [1, 2]})},
        {"inputs": tensors(age={"name": "age", "datatype": "FP64", "shape": "x", "data": [1, 2]})},
        {"inputs": tensors(age={"name": "age", "datatype": "FP64", "shape": [2], "data": "x"})},
        {"inputs": tensors(age={"name": "age", "datatype": "INT8", "shape": [2], "data": [1.5, 2]})},
    ],
)
def test_malformed_requests_are_400_with_a_sentence(client, body):
    answer = client.post("/v2/models/people/infer", json=body)
    assert answer.status_code == 400, answer.text
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"age": {"name": "aged", "datatype": "FP64", "shape": [2], "data": [1, 2]}}, "age"),
        ({"age": {"name": "age", "datatype": "BYTES", "shape": [2], "data": ["1", "2"]}}, "age"),
        ({"since": {"name": "since", "datatype": "BYTES", "shape": [2], "data": ["2024-03-01", "soon"]}}, "since"),
    ],
)
def test_tensors_that_do_not_fit_the_model_name_the_column(client, change, column):
    answer = client.post("/v2/models/people/infer", json={"inputs": tensors(**change)})
    assert (answer.status_code, answer.json()["column"]) == (422, column)


def test_tensors_of_different_lengths_are_told(client):
    short = {"name": "age", "datatype": "FP64", "shape": [1], "data": [1]}
    assert client.post("/v2/models/people/infer", json={"inputs": tensors(age=short)}).status_code == 422


def test_numbers_come_with_their_interval(serving, make):
    with serving(make.ages()) as client:
        tensor = {"name": "age", "datatype": "INT32", "shape": [1], "data": [21]}
        answer = client.post("/v2/models/people/infer", json={"inputs": [tensor]}).json()
        assert [output["name"] for output in client.get("/v2/models/people").json()["outputs"]] == [
            "prediction",
            "low",
            "high",
        ]
    assert {output["name"]: output["data"] for output in answer["outputs"]} == {
        "prediction": [42.0],
        "low": [39.0],
        "high": [45.0],
    }


def test_pictures_are_base64_bytes(picture_client, make):
    text = base64.b64encode(make.png(255)).decode()
    tensor = {"name": "image", "datatype": "BYTES", "shape": [1], "data": [text]}
    answer = picture_client.post("/v2/models/people/infer", json={"inputs": [tensor]}).json()
    assert answer["outputs"][0]["data"] == ["light"]
