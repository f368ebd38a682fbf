"""Made-up reviews of a shop's products, in English and in Korean: free text beside a few columns."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import polars as pl

from fathom.data.samples import review_words as words

ROWS = 600
TURNED = 0.2  # share of reviews whose second half takes the first one back
SHORT = 0.12  # of only a few words
TYPO = 0.15
MISTAKEN = 0.04  # whose label is wrong
DAY = datetime.date(2023, 1, 1)
HANGUL, SYLLABLES, FINALS = 0xAC00, 11_172, 28

Chance = np.random.Generator
Some = TypeVar("Some")


def reviews() -> pl.DataFrame:
    """600 short reviews with product, language and date; `sentiment` follows from the text, up to chance.

    >>> reviews()["sentiment"].unique().sort().to_list()
    ['negative', 'positive']
    >>> reviews().columns
    ['review', 'product', 'language', 'written', 'sentiment']
    """
    chance = np.random.default_rng(20_240_607)
    rows = [_row(chance, korean=bool(place % 2)) for place in range(ROWS)]
    return pl.DataFrame([rows[place] for place in chance.permutation(ROWS)])


def _row(chance: Chance, *, korean: bool) -> dict[str, object]:
    product = _one(tuple(words.PARTS), chance)
    happy = bool(chance.random() < words.CONTENT[product])
    parts = words.PARTS[product][korean] + words.COMMON[korean]
    text = (_korean if korean else _english)(parts, happy, chance)
    label = happy != (chance.random() < MISTAKEN)
    return {
        "review": _blurred(text.replace("{n}", str(chance.integers(2, 12))), chance),
        "product": product,
        "language": "Korean" if korean else "English",
        "written": DAY + datetime.timedelta(days=int(chance.integers(0, 700))),
        "sentiment": "positive" if label else "negative",
    }


def _english(parts: Sequence[str], happy: bool, chance: Chance) -> str:
    if chance.random() < SHORT:
        return _one(words.SHORT_HAPPY if happy else words.SHORT_UNHAPPY, chance)
    first, second = chance.choice(parts, 2, replace=False)
    said = _clause(str(first), happy, chance)
    if chance.random() < TURNED:
        said = _clause(str(second), not happy, chance) + _one(words.TURNS[:3], chance) + said
    elif chance.random() < 0.4:
        said = f"{said} and {_clause(str(second), happy, chance)}"
    closing = _one(words.HAPPY if happy else words.UNHAPPY, chance)
    return _framed(said[0].upper() + said[1:] + ".", words.BESIDE, closing, chance)


def _clause(part: str, happy: bool, chance: Chance) -> str:
    frame = _one(words.PRAISE if happy else words.BLAME, chance)
    return frame.replace("{part}", part).format(good=_often(words.GOOD, chance), bad=_often(words.BAD, chance))


def _korean(parts: Sequence[str], happy: bool, chance: Chance) -> str:
    if chance.random() < SHORT:
        return _one(words.KO_SHORT_HAPPY if happy else words.KO_SHORT_UNHAPPY, chance)
    first, second = (str(part) for part in chance.choice(parts, 2, replace=False))
    good, bad = _often(words.KO_GOOD, chance), _often(words.KO_BAD, chance)
    opinion, other = (good, bad) if happy else (bad, good)
    said = f"{marked(first)} {opinion[0]}."
    if chance.random() < TURNED:
        said = f"{marked(second, '은', '는')} {other[1]} {said}"
    elif chance.random() < 0.4:
        again = _often(words.KO_GOOD if happy else words.KO_BAD, chance)
        said = f"{said} {marked(second, '도', '도')} {again[0]}."
    closing = _one(words.KO_HAPPY if happy else words.KO_UNHAPPY, chance)
    return _framed(said, words.KO_BESIDE, closing, chance)


def marked(noun: str, after_final: str = "이", after_vowel: str = "가") -> str:
    """A Korean noun with the particle that fits its last sound.

    >>> marked("음질"), marked("배터리", "은", "는")
    ('음질이', '배터리는')
    """
    place = ord(noun[-1]) - HANGUL
    closed = 0 <= place < SYLLABLES and place % FINALS > 0
    return noun + (after_final if closed else after_vowel)


def _framed(said: str, beside: Sequence[str], closing: str, chance: Chance) -> str:
    """What is said, sometimes between something that says nothing and a conclusion."""
    opening = f"{_one(beside, chance)} " if chance.random() < 0.45 else ""
    return f"{opening}{said}{f' {closing}' if chance.random() < 0.25 else ''}"


def _blurred(text: str, chance: Chance) -> str:
    """The text as typed in a hurry: now and then a letter twice, two swapped, one lost, no capitals, more marks."""
    if chance.random() < TYPO and len(text) > 2:
        place = int(chance.integers(1, len(text)))
        before, one, other, after = text[: place - 1], text[place - 1], text[place], text[place + 1 :]
        text = before + _one((one + one + other, other + one, other), chance) + after
    if chance.random() < 0.2:
        text = text.lower().replace(".", _one(("", "..", "!!", " ~"), chance))
    return text


def _one(several: Sequence[Some], chance: Chance) -> Some:
    return several[int(chance.integers(len(several)))]


def _often(several: Sequence[Some], chance: Chance) -> Some:
    """One of several, the first ones more often: as in any language, many words are rare."""
    shares = 1 / np.arange(1.5, len(several) + 1.5)
    return several[int(chance.choice(len(several), p=shares / shares.sum()))]
