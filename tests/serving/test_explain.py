"""Which words of a text its label rests on, asked over HTTP."""

import pytest


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


def test_it_is_documented(client):
    document = client.get("/openapi.json").json()
    assert "/explain" in document["paths"]
    assert "Explanation" in document["components"]["schemas"]
