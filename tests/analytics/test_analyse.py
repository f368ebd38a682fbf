"""The whole way: what is told of the sample, and of texts that nobody would wish for."""

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fathom
from fathom.analytics.analyse import analyse
from fathom.analytics.periods import periods
from fathom.errors import FathomError
from fathom.messages import choose

pytestmark = pytest.mark.xdist_group("analyse")  # what is made once per module is made once


def test_it_is_public():
    assert fathom.analyse is analyse


def test_the_sample(analysis):
    assert analysis.documents == 200
    assert analysis.languages.keys() == {"en", "ko"}
    assert 9 <= len(analysis.topics) <= 11
    assert sum(topic.documents for topic in analysis.topics) + analysis.without_topic == 200
    assert (analysis.period, len(analysis.periods)) == ("month", 24)
    assert sum(analysis.per_period) == 200
    for topic in analysis.topics:
        assert sum(topic.over_time) == topic.documents
        assert topic.typical
        assert topic.summary
    assert [group.count for group in analysis.duplicates] == [2] * 6
    assert list(analysis.seconds) == [
        "read",
        "words",
        "phrases",
        "topics",
        "duplicates",
        "summaries",
        "outliers",
        "terms",
    ]


def test_summaries_are_the_texts_own(analysis, sample):
    texts = [" ".join(text.split()) for text in sample[0]["document"]]
    for summary in analysis.summaries:
        assert all(sentence in texts[summary.document.document] for sentence in summary.sentences)
    for topic in analysis.topics:
        assert all(any(sentence in text for text in texts) for sentence in topic.summary)


def test_as_json_and_in_a_notebook(analysis):
    data = json.loads(json.dumps(analysis.to_json()))
    assert data["documents"] == 200
    assert data["topics"][0]["typical"][0]["row"] >= 1
    assert "table" not in data
    assert "<table>" in analysis._repr_html_()
    assert "200 documents" in str(analysis)


def test_a_row_for_each_document(analysis):
    frame = analysis.frame()
    assert frame.columns == ["row", "name", "language", "topic", "weight", "duplicates", "hits"]
    assert frame.height == 200
    assert frame["hits"].sum() == len(analysis.reviews)
    assert frame["duplicates"].drop_nulls().len() == 12


def test_hostile_texts_are_escaped_in_a_notebook():
    found = analyse(["<script>alert(1)</script> water pipe burst kitchen <b>claims</b>"] * 20, topics=1)
    assert "<script>" not in found._repr_html_()


def test_progress_hears_every_step():
    heard = []
    analyse(["One claim."], progress=heard.append)
    assert heard[:3] == ["read", "words", "phrases"]


@pytest.mark.parametrize(
    "texts",
    [
        ["One claim about a burst pipe."],
        ["A claim.", "Another one."],
        ["All are equal here, word for word."] * 50,
        ["🙂", "🙂🙂 🎉", "👩‍👩‍👧"],
        ["שלום עולם, זה מכתב.", "مرحبا بالعالم، هذه رسالة."] * 8,
        ["1 2 3", "4 5 6"] * 10,
        ["the of and", "is are was"] * 10,
        ["!!!", "..."],
        ["a\ud800b \x00 c"],
        ["word " * 3_000],
    ],
    ids=["one", "two", "equal", "emojis", "right to left", "numbers", "stop words", "marks", "broken", "one word"],
)
def test_texts_that_nobody_would_wish_for(texts):
    found = analyse(texts, terms=["claim"])
    assert found.documents == len(texts)
    json.dumps(found.to_json())
    assert len(found.topics) == 0 or sum(topic.documents for topic in found.topics) <= len(texts)


def test_weak_topics_are_told_as_such():
    words = [
        "pipe",
        "water",
        "kitchen",
        "cellar",
        "wall",
        "floor",
        "car",
        "driver",
        "police",
        "junction",
        "garage",
        "door",
    ]
    chance = np.random.default_rng(5)
    texts = [" ".join(chance.choice(words[:9] if at % 2 else words[3:], 4)) for at in range(300)]
    found = analyse(texts)
    assert any("The topics are weak" in notice or "No topics" in notice for notice in found.notices)


def test_few_documents_say_what_was_not_done():
    notices = " ".join(analyse(["One claim.", "Two claims."]).notices)
    assert "No topics: that takes 12 documents" in notices
    assert "What stands out was not looked for" in notices


def test_all_equal_documents_are_one_group():
    found = analyse(["The same letter was sent to everybody on Monday."] * 60)
    assert [(group.count, group.similarity) for group in found.duplicates] == [(60, 1.0)]
    assert len(found.duplicates[0].documents) == 10
    assert found.unusual == ()


def test_a_text_of_ten_megabytes(sample):
    letters = " ".join(sample[0]["document"])
    long = letters * (10_000_000 // len(letters.encode()) + 1)
    begun = time.perf_counter()
    found = analyse([long])
    assert time.perf_counter() - begun < 120
    assert found.documents == 1
    assert len(found.summaries[0].sentences) == 3
    assert found.summaries[0].looked == 600
    assert found.phrases


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=14))
def test_any_texts(texts):
    if any(text.strip() for text in texts):
        found = analyse(texts)
        json.dumps(found.to_json())
        assert found.documents == sum(bool(text.strip()) for text in texts)


@pytest.mark.parametrize("topics", [0, 101])
def test_numbers_of_topics_that_cannot_be(topics):
    with pytest.raises(FathomError, match="cannot be made"):
        analyse(["a"], topics=topics)


def test_more_topics_than_documents():
    found = analyse([f"water pipe burst number{at} kitchen{'s' * at}" for at in range(14)], topics=50)
    assert len(found.topics) <= 14


def test_documents_without_a_time_are_in_no_period():
    frame = {"letter": [f"The water pipe burst on day {at} of many" for at in range(40)],
             "day": [f"2024-{1 + at % 12:02}-01" if at else None for at in range(40)]}  # fmt: skip
    found = analyse(frame, "letter", "day", topics=1)
    assert sum(found.per_period) == 39


@given(st.lists(st.integers(-40_000, 40_000), min_size=1, max_size=30))
def test_periods_hold_their_days(days):
    times = np.array(days, dtype="datetime64[D]").astype("datetime64[us]")
    found = periods(times)
    if found is None:
        return
    starts = np.array(found.starts, dtype="datetime64[D]")
    assert (starts[found.of] <= times.astype("datetime64[D]")).all()
    after = found.of + 1
    inside = after < len(starts)
    assert (times.astype("datetime64[D]")[inside] < starts[after[inside]]).all()


def test_in_korean(sample):
    choose("ko")
    try:
        assert "문서 200개" in str(analyse("sample:documents", topics=3))
    finally:
        choose("en")
