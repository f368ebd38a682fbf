import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.model import Model
from fathom.protocol.insight.words import MOST_CHARACTERS, MOST_PIECES, pieces, reading, without
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

CLASSES = ("bad", "good")
TEXT = (Column("review", Kind.TEXT),)


class Counter:
    """Says good where more of its words are good."""

    def predict(self, dataset):
        texts = [text or "" for text in dataset.frame["review"]]
        sum_ = np.array([text.count("great") + text.count("좋아요") - text.count("awful") for text in texts])
        good = 1 / (1 + np.exp(-2.0 * sum_))
        return Labels(CLASSES, np.column_stack([1 - good, good]))


@pytest.fixture
def reviews():
    texts = [
        "a great film",
        "Great? no, awful awful",
        "정말 좋아요 영화",
        None,
        "a film",
        "awful film",
        "great great",
    ] * 10
    truth = np.array([1, 0, 1, 0, 1, 0, 0] * 10)
    model = Model(Counter(), "counter", "classical", Problem("text-classification", "mood", TEXT, CLASSES))
    return model, Dataset(pl.DataFrame({"review": texts}), TEXT), truth


def test_the_words_that_decide_are_found_and_no_others(reviews):
    found = reading(*reviews, seconds=60.0)
    assert found["column"] == "review"
    assert found["texts"] == 70
    words = {(each["label"], each["word"]) for each in found["words"]}
    assert words == {("bad", "awful"), ("good", "great"), ("good", "좋아요")}
    assert all(each["drop"] > 0.05 for each in found["words"])


def test_the_surest_mistakes_are_marked(reviews):
    model, test, truth = reviews
    shown = reading(model, test, truth, seconds=60.0)["shown"]
    assert shown
    for each in shown:
        assert truth[each["row"]] != model.learner.predict(test.take([each["row"]])).codes[0]
    marks = next(each["marks"] for each in shown if test["review"][each["row"]] == "great great")
    assert [mark[:2] for mark in marks] == [[0, 5], [6, 11]]
    assert all(mark[2] > 0 for mark in marks)


class Mentions:
    """A label where its word is in the text."""

    def predict(self, dataset):
        texts = [text or "" for text in dataset.frame["review"]]
        return LabelSets.of(CLASSES, np.array([[0.9 if name in text else 0.2 for name in CLASSES] for text in texts]))


def test_each_of_several_labels_has_its_words():
    texts = ["bad and good", "good film", "a film", "bad"] * 5
    truth = np.array([[1, 1], [0, 1], [0, 0], [0, 1]] * 5, dtype=np.int8)
    model = Model(Mentions(), "m", "classical", Problem("multi-label-text-classification", "t", TEXT, sets=CLASSES))
    found = reading(model, Dataset(pl.DataFrame({"review": texts}), TEXT), truth, seconds=60.0)
    assert {(each["label"], each["word"]) for each in found["words"]} == {("bad", "bad"), ("good", "good")}
    assert found["texts"] == 20
    assert {truth[each["row"]].tolist() == [0, 1] and texts[each["row"]] for each in found["shown"]} == {"bad"}


def test_no_time_looks_at_few_texts(reviews):
    assert 0 < reading(*reviews, seconds=0.0)["texts"] < 70


def test_one_text_is_enough(reviews):
    model, test, truth = reviews
    found = reading(model, test.take([0]), truth[:1], seconds=60.0)
    assert [each["word"] for each in found["words"]] == ["great"]


@given(st.text(max_size=200))
def test_pieces_are_in_order_and_inside(text):
    found = pieces(text, most=5)
    assert len(found) <= 5
    ends = [0, *(end for _, end in found)]
    assert all(end <= start < stop <= len(text) for end, (start, stop) in zip(ends, found, strict=False))
    for piece in found:
        assert len(without(text, piece)) < len(text)


def test_a_long_text_falls_into_few_pieces():
    found = pieces("word " * 100_000)
    assert len(found) <= MOST_PIECES
    assert found[-1][1] <= MOST_CHARACTERS
