"""What a label rests on, words of a text or places of a picture, asked over HTTP."""

import base64
from dataclasses import dataclass

import numpy as np
import pytest

from fathom.data import media
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.problem import Problem


@pytest.fixture(scope="module")
def client(serving, make):
    with serving(make.moods()) as client:
        yield client


def ask(client, row):
    return client.post("/explain", json={"row": row})


def test_the_word_that_decides_is_worth_most(client):
    answer = ask(client, {"review": "what a great film", "stars": 3}).json()
    assert answer["prediction"]["prediction"] == "good"
    best = max(answer["marks"], key=lambda mark: mark["worth"])
    assert answer["text"][best["start"] : best["end"]] == "great"
    assert answer["column"] == "review"
    others = [mark["worth"] for mark in answer["marks"] if mark is not best]
    assert others == [0.0, 0.0, 0.0]


def test_an_empty_text_has_no_words(client):
    for empty in ("", None, "  "):
        answer = ask(client, {"review": empty, "stars": 3})
        assert answer.status_code == 200
        assert answer.json()["marks"] == []


def test_a_very_long_text_is_answered(client):
    answer = ask(client, {"review": "so great " * 20_000, "stars": None})
    assert answer.status_code == 200
    assert 0 < len(answer.json()["marks"]) <= 60


def test_what_is_no_row_is_refused(client):
    for body in ([], {"rows": []}, {"row": 3}):
        answer = client.post("/explain", json=body)
        assert answer.status_code == 422
        assert "row" in answer.json()["error"]
    assert ask(client, {"review": 5, "stars": 3}).json()["column"] == "review"
    assert client.post("/explain", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_a_model_of_tables_explains_no_words(serving, make):
    with serving(make.people()) as client:
        assert client.post("/explain", json={"row": {}}).status_code == 404
        assert "/explain" not in client.get("/openapi.json").json()["paths"]


@pytest.fixture(scope="module")
def pictured(serving, make):
    with serving(make.pictures()) as client:
        yield client


def lit(side=56):
    """A dark picture with light in its upper left quarter, PNG."""
    pixels = np.full((side, side), 20, dtype=np.uint8)
    pixels[: side // 2, : side // 2] = 240
    return encode(pixels)


def test_the_place_that_decides_is_worth_most(pictured):
    answer = pictured.post("/explain", files={"image": ("a.png", lit(), "image/png")}).json()
    assert answer["prediction"]["prediction"] == answer["label"] == "dark"
    assert answer["method"] == "occlusion"
    places = np.array(answer["places"])
    assert places.shape == (7, 7)
    assert places[:3, :3].max() < -0.01  # light there speaks against it
    assert places[4:, 4:].min() > 0.01


def test_a_row_of_json_can_name_the_label(pictured):
    row = {"image": base64.b64encode(lit()).decode()}
    answer = pictured.post("/explain", json={"row": row, "label": "light"}).json()
    assert answer["label"] == "light"
    assert np.array(answer["places"])[:3, :3].max() > 0.01
    refused = pictured.post("/explain", json={"row": row, "label": "<blue>"})
    assert refused.status_code == 422
    assert "dark and light" in refused.json()["remedy"]
    assert pictured.post("/explain", json={"row": row, "label": 7}).status_code == 422


def test_what_is_no_one_picture_is_refused(pictured):
    two = [("image", ("a.png", lit(), "image/png")), ("image", ("b.png", lit(), "image/png"))]
    assert "not 2" in pictured.post("/explain", files=two).json()["error"]
    assert "no picture" in pictured.post("/explain", json={"row": {"image": None}}).json()["error"]
    broken = pictured.post("/explain", content=lit()[:60], headers={"content-type": "image/png"})
    assert broken.status_code == 422
    assert pictured.post("/explain", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_of_pictures_it_is_documented_too(pictured):
    document = pictured.get("/openapi.json").json()
    assert "multipart/form-data" in document["paths"]["/explain"]["post"]["requestBody"]["content"]
    assert "places" in document["components"]["schemas"]["Explanation"]["properties"]


def test_it_is_documented(client):
    document = client.get("/openapi.json").json()
    assert "/explain" in document["paths"]
    assert "Explanation" in document["components"]["schemas"]


@dataclass
class Patches:
    """A lamp at each of two places, as sure as it is bright there."""

    def predict(self, data):
        pixels = media.images(data["image"], data.folder, size=None, channels=1)[..., 0] / 255
        places = [(8, 8), (40, 40)]
        return Boxes.of(
            [
                Box(left, top, left + 16, top + 16, "lamp", float(each[top : top + 16, left : left + 16].mean()))
                for left, top in places
                if min(each.shape) >= 64 and each[top : top + 16, left : left + 16].mean() > 0.5
            ]
            for each in pixels
        )


def lamps(*places):
    """A dark picture with bright squares, PNG."""
    pixels = np.full((64, 64), 30, dtype=np.uint8)
    for brightness, side in places:
        pixels[side : side + 16, side : side + 16] = brightness
    return encode(pixels)


@pytest.fixture(scope="module")
def boxed(serving):
    problem = Problem("object-detection", "lamps", (Column("image", Kind.IMAGE),), boxes=("lamp", "lantern"))
    with serving(Model(Patches(), "sliding-window", "classical", problem)) as client:
        yield client


def test_the_surest_box_is_explained_and_any_other_that_is_named(boxed):
    picture = lamps((200, 8), (250, 40))
    first = boxed.post("/explain", files={"image": ("a.png", picture, "image/png")}).json()
    assert (first["label"], first["method"], first["box"]["left"]) == ("lamp", "occlusion", 40)
    row, other = {"image": base64.b64encode(picture).decode()}, first["prediction"]["prediction"][1]
    second = boxed.post("/explain", json={"row": row, "box": other}).json()
    assert second["box"] == other
    for told, (high, low) in ((first, ((40, 56), (0, 30))), (second, ((8, 24), (38, 64)))):
        places = np.array(told["places"])
        middle = (np.arange(len(places)) + 0.5) * 64 / len(places)
        own, far = ((middle > start) & (middle < end) for start, end in (high, low))
        assert places[np.ix_(own, own)].min() > 0.02
        assert np.abs(places[np.ix_(far, far)]).max() == 0
    del other["probability"]
    assert boxed.post("/explain", json={"row": row, "box": other}).json()["places"] == second["places"]


def test_what_is_no_box_is_refused(boxed):
    row = {"image": base64.b64encode(lamps((250, 40))).decode()}
    sides = {"left": 40, "top": 40, "right": 56, "bottom": 56}
    for box in ("lamp", [1, 2, 3, 4, "lamp"], {"left": 1}, {**sides, "label": "<lamp>"}, {**sides, "left": 60}):
        answer = boxed.post("/explain", json={"row": row, "box": box})
        assert answer.status_code == 422
    empty = boxed.post("/explain", files={"image": ("a.png", lamps(), "image/png")})
    assert empty.status_code == 422
    assert "Nothing was found" in empty.json()["error"]
    korean = boxed.post("/explain", json={"row": row, "box": "lamp"}, headers={"accept-language": "ko"}).json()
    assert "객체" in korean["error"]


def test_of_boxes_it_is_documented(boxed):
    schemas = boxed.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Explanation"]["properties"]["box"]["properties"]["label"]["enum"] == ["lamp", "lantern"]


def test_what_makes_a_face_like_a_person_is_told(serving, acquaintance):
    picture = read(drawn_faces(8, 4, seed=1)).frame["image"][0]
    with serving(acquaintance) as client:
        first = client.post("/explain", files={"image": ("a.png", picture, "image/png")}).json()
        assert first["person"] == first["prediction"]["prediction"]
        assert (first["method"], np.array(first["places"]).shape) == ("occlusion", (7, 7))
        assert np.max(first["places"]) > 0.01
        assert "face" not in first  # the picture is the face
        row = {"image": base64.b64encode(picture).decode()}
        other = first["prediction"]["nearest"][1]["person"]
        second = client.post("/explain", json={"row": row, "person": other}).json()
        assert second["person"] == other
        assert second["places"] != first["places"]
        unknown = client.post("/explain", json={"row": row, "person": "<Cy>"})
        assert unknown.status_code == 422
        assert "Known are" in unknown.json()["remedy"]
        assert client.post("/explain", json={"row": row, "person": 3}).status_code == 422
        assert "person" in client.get("/openapi.json").json()["components"]["schemas"]["Explanation"]["properties"]
