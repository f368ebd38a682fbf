"""Persons over HTTP: who it is, whether two pictures are of one person; vectors stay inside."""

import base64

import pytest

from fathom.data.samples.faces import drawn_faces
from fathom.tasks.identities import is_identities

PICTURES = drawn_faces(2, 2, seed=4)["image"].to_list()


@pytest.fixture
def client(serving, acquaintance):
    with serving(acquaintance) as client:
        yield client


def test_who_it_is_with_the_nearest_and_without_the_vectors(client, acquaintance):
    known = drawn_faces(8, 4, seed=1)
    files = {"image": ("a.png", known["image"][0], "image/png")}
    answer = client.post("/predict", files=files).json()["predictions"][0]
    said = acquaintance.predict({"image": known["image"][:1]}).frame()["prediction"][0]
    assert answer["prediction"] == said
    assert answer["nearest"][0] == {"person": said, "similarity": answer["similarity"]}
    assert answer.keys() == {"prediction", "similarity", "threshold", "nearest"}
    card = client.get("/model").json()
    assert card["persons"] == list(acquaintance.problem.persons)
    assert card["drawing"] is None
    assert is_identities(acquaintance.predict({"image": PICTURES}).frame())


def test_two_pictures_are_compared(client, acquaintance):
    same = [("image", ("a.png", PICTURES[0], "image/png"))] * 2
    answer = client.post("/verify", files=same).json()
    assert answer["same"]
    assert answer["similarity"] == pytest.approx(1.0)
    assert (answer["threshold"], answer["far"]) == (0.9, 0.01)
    one, other = (base64.b64encode(PICTURES[at]).decode() for at in (0, 2))
    answer = client.post("/verify", json={"one": one, "other": other}).json()
    assert answer["similarity"] == pytest.approx(acquaintance.verify(PICTURES[0], PICTURES[2]).similarity)
    assert answer["one"].keys() == {"prediction", "similarity", "threshold", "nearest"}


def test_what_is_no_pair_is_refused(client):
    one = base64.b64encode(PICTURES[0]).decode()
    for body in ({"one": one}, {"one": one, "other": None}, {"one": one, "other": "a/path.png"}, [one, one]):
        assert client.post("/verify", json=body).status_code == 422
    three = [("image", ("a.png", PICTURES[0], "image/png"))] * 3
    assert "not 3" in client.post("/verify", files=three).json()["error"]
    assert client.post("/verify", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_the_document_has_verify_and_tensors_have_names(client, acquaintance):
    assert "/verify" in client.get("/openapi.json").json()["paths"]
    body = {"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1],
                        "data": [base64.b64encode(PICTURES[0]).decode()]}]}  # fmt: skip
    outputs = client.post("/v2/models/people/infer", json=body).json()["outputs"]
    assert [each["name"] for each in outputs] == ["prediction", "similarities"]
    assert outputs[1]["parameters"]["persons"] == list(acquaintance.problem.persons)


def test_a_token_guards_it(serving, acquaintance):
    with serving(acquaintance, token="secret") as client:
        assert client.post("/verify", json={}).status_code == 401
