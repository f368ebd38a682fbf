import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.tokens import CUTS, REACH, fitting, pieces, stretches, tokens


@settings(deadline=None)
@given(st.text(), st.sampled_from(sorted(CUTS)))
def test_tokens_are_in_order_apart_and_leave_out_blanks_alone(text, cut):
    found = tokens(text, cut)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
    covered = {place for start, end in found for place in range(start, end)}
    assert all(place in covered for place, letter in enumerate(text) if not letter.isspace())


@settings(deadline=None)
@given(st.text(), st.sampled_from(sorted(CUTS)), st.integers(4, 40))
def test_pieces_are_all_tokens_in_order(text, cut, most):
    places = tokens(text, cut)
    parts = pieces(text, places, most)
    assert [place for part in parts for place in places[part]] == places
    assert all(0 < part.stop - part.start <= most for part in parts)


def test_long_texts_are_cut_at_the_end_of_a_line():
    text = "a " * 90 + "\n" + "b " * 90
    parts = pieces(text, tokens(text, "words"), 100)
    assert (parts[0].start, parts[0].stop) == (0, 90)


def test_the_cut_follows_from_where_spans_end():
    assert fitting(["to Seoul"], [[(3, 8, "city")]]) == "words"
    assert fitting(["서울에서"], [[(0, 2, "city")]]) == "parts"
    assert fitting(["xSeoulx"], [[(1, 6, "city")]]) == "characters"


def test_a_span_that_cuts_tokens_takes_those_that_it_holds_mostly():
    assert stretches([(0, 10)], [(0, 3, "x")]) == []
    assert stretches([(0, 10)], [(0, 6, "x")]) == [(0, 1, "x")]


def test_of_a_huge_text_the_beginning_is_read():
    text = "Emma in Seoul. " * 400_000
    for cut in CUTS:
        assert REACH - 15 < tokens(text, cut)[-1][1] <= REACH
    assert fitting([text], [[(0, 4, "person"), (REACH + 1, REACH + 3, "city")]]) == "words"
