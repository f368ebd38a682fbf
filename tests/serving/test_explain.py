"""What a label rests on, words of a text or places of a picture, asked over HTTP."""

import base64

import numpy as np
import pytest

from fathom.data.media import encode


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
