import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.tags import decode, encode, scheme_of


@st.composite
def sentences(draw):
    """Spans over words that do not overlap, and how many words there are."""
    spans, words = [], 0
    for _ in range(draw(st.integers(0, 5))):
        start = words + draw(st.integers(0, 3))
        words = start + draw(st.integers(1, 4))
        spans.append((start, words, draw(st.sampled_from(["city", "day", "a-b"]))))
    return spans, words + draw(st.integers(0, 3))


@settings(deadline=None)
@given(sentences(), st.sampled_from(["BIO", "BIOES"]))
def test_what_is_encoded_is_decoded(sentence, scheme):
    spans, words = sentence
    tags = encode(spans, words, scheme)
    assert len(tags) == words
    assert decode(tags, scheme) == (spans, [])
    assert decode(tags, "BIO" if scheme == "BIO" else scheme_of([[*tags, "O", "S-x"]])) == (spans, [])


@settings(deadline=None)
@given(st.lists(st.sampled_from(["O", *(f"{prefix}-{label}" for prefix in "BIESLUM" for label in "xy")])))
def test_any_tags_give_spans_in_order_and_apart(tags):
    for scheme in ("BIO", "IOB1", "BIOES", "BILOU"):
        spans, broken = decode(tags, scheme)
        assert all(start < end <= len(tags) for start, end, _ in spans)
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
        assert all(tags[place] != "O" for place in broken)
        covered = {place for start, end, _ in spans for place in range(start, end)}
        assert covered == {place for place, tag in enumerate(tags) if tag != "O"}


@pytest.mark.parametrize(
    ("tags", "scheme", "spans", "broken"),
    [
        (["I-x", "I-x", "B-x", "O"], "IOB1", [(0, 2, "x"), (2, 3, "x")], []),
        (["I-x", "I-x"], "BIO", [(0, 2, "x")], [0]),
        (["B-x", "I-y"], "BIO", [(0, 1, "x"), (1, 2, "y")], [1]),
        (["B-x", "I-x", "O"], "BIOES", [(0, 2, "x")], [1]),
        (["E-x"], "BIOES", [(0, 1, "x")], [0]),
        (["U-x", "B-x", "L-x"], "BILOU", [(0, 1, "x"), (1, 3, "x")], []),
        (["x", "x", "O", "y"], "IO", [(0, 2, "x"), (3, 4, "y")], []),
    ],
)
def test_every_scheme(tags, scheme, spans, broken):
    assert decode(tags, scheme) == (spans, broken)


def test_the_scheme_is_found():
    assert scheme_of([["S-x", "O"]]) == "BIOES"
    assert scheme_of([["U-x", "O"]]) == "BILOU"
    assert scheme_of([["O", "I-x"], ["I-x", "B-x"]]) == "IOB1"
    assert scheme_of([["O", "I-x"], ["O", "B-x"]]) == "BIO"  # one that breaks its rules
    assert scheme_of([["x", "B-x"]]) == ""
