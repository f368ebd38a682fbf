"""Persons over HTTP: who it is, whether two pictures are of one person; vectors stay inside."""

import base64
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fathom.data import cutting
from fathom.data.cuts import UPRIGHT
from fathom.data.media import encode
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


@pytest.fixture
def looking(serving, acquaintance, monkeypatch):
    """A model that looks for faces first, and sees none on pictures of one shade."""

    def cut(pixels, way):
        return np.asarray(Image.fromarray(pixels).resize((96, 96))), int(pixels.std() > 5)

    monkeypatch.setattr(cutting, "cut", cut)
    model = replace(acquaintance, problem=replace(acquaintance.problem, cut=UPRIGHT))
    with serving(model) as client:
        yield client


NOBODY = encode(np.full((120, 160, 3), 90, np.uint8))


def test_a_picture_without_a_face_is_nobody_and_that_is_noticed(looking):
    files = [("image", ("a.png", each, "image/png")) for each in (PICTURES[0], NOBODY, PICTURES[2])]
    answer = looking.post("/predict", files=files).json()
    assert [each["faces"] for each in answer["predictions"]] == [1, 0, 1]
    nobody = answer["predictions"][1]
    assert (nobody["prediction"], nobody["similarity"], nobody["nearest"]) == (None, None, [])
    (notice,) = answer["notices"]
    assert notice == {
        "notice": "No face was found on 1 picture, which is told as nobody known.",
        "column": "image",
        "row": 2,
    }
    assert "notices" not in looking.post("/predict", files=files[:1]).json()
    schema = looking.get("/openapi.json").json()["components"]["schemas"]["Prediction"]
    assert "faces" in schema["required"]
    assert nobody.keys() == set(schema["required"])


def test_nobody_is_compared_or_enrolled_by_a_picture_without_a_face(looking):
    files = [("image", ("a.png", each, "image/png")) for each in (PICTURES[0], NOBODY)]
    for answer in (
        looking.post("/verify", files=files),
        looking.post("/enrol", data={"person": "Ada"}, files=files),
    ):
        assert answer.status_code == 422
        assert answer.json()["error"] == "No face was found on 1 picture of 2."
        assert (answer.json()["column"], answer.json()["row"]) == ("image", 2)
    assert "Ada" not in looking.get("/model").json()["persons"]
    assert looking.post("/verify", files=files[:1] * 2).json()["same"]
