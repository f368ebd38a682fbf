"""Sentences end where people end them, and cover the text whatever it is."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.analytics.sentences import sentences


def cut(text):
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Okafor and Mr. K. Penrose, e.g. on Monday.", ["Dr. Okafor and Mr. K. Penrose, e.g. on Monday."]),
        ("It cost 3.50 euros. fine", ["It cost 3.50 euros. fine"]),
        ('"Why?" she asked. "No."', ['"Why?"', "she asked.", '"No."']),
        ("비가 옵니다 우산이 없어요 괜찮습니다", ["비가 옵니다", "우산이 없어요", "괜찮습니다"]),
        ("좋은 영화다. 또 볼래요! 감사합니다.", ["좋은 영화다.", "또 볼래요!", "감사합니다."]),
        ("필요한 것은 없습니다만 답을 주세요", ["필요한 것은 없습니다만 답을 주세요"]),
        ("다음과 같습니다.\n- 하나\n- 둘", ["다음과 같습니다.", "- 하나", "- 둘"]),
        ("A title\n\nA text that\ngoes on.", ["A title", "A text that\ngoes on."]),
        ("これはペンです。それは本です。", ["これはペンです。", "それは本です。"]),
        ("", []),
        (" \n\t ", []),
        ("🙂 🙂. שלום עולם. مرحبا!", ["🙂 🙂.", "שלום עולם.", "مرحبا!"]),
    ],
)
def test_where_sentences_end(text, told):
    assert cut(text) == told


@given(st.text(max_size=300))
def test_every_letter_is_in_one_sentence(text):
    spans = sentences(text)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert "".join("".join(cut(text)).split()) == "".join(text.split())
