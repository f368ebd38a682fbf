"""What a conditional random field is told of each token: what it says, how it is written, what stands beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from fathom.data.tokens import Token

NAMES = {
    "words": (
        "word", "shape", "short shape", "prefixes", "suffixes", "kind of characters", "link, tag or name",
        "neighbouring words", "neighbouring shapes", "pairs of words", "pairs of shapes",
        "place in the text", "familiarity",
    ),
    "parts": (
        "token", "shape", "neighbouring tokens", "pairs of tokens", "threes of tokens", "fours of tokens",
        "kinds of characters", "blanks", "word it is in", "beginning of its word", "rest of its word",
        "words beside it",
    ),
}  # fmt: skip
EDGE = "\u2402"  # before the first token and after the last
DIGIT = re.compile(r"\d")
LONGEST = 40  # characters of a token that are told

Described = list[list[str]]


def names(cut: str, gazetteers: Mapping[str, object]) -> list[str]:
    """What the features of a cut are called."""
    return [*NAMES["words" if cut == "words" else "parts"], *(f"listed in {name}" for name in gazetteers)]


def describe(text: str, places: Sequence[Token], cut: str) -> Described:
    """A list of features for each token, as texts.

    >>> "w=seoul" in describe("in Seoul", [(0, 2), (3, 8)], "words")[1]
    True
    """
    words = [text[start:end][:LONGEST] for start, end in places]
    return _words(words) if cut == "words" else _parts(text, words, places)


def _words(words: list[str]) -> Described:
    """Features of whole words."""
    known = [_word(word) for word in words]
    lower = [EDGE, EDGE, *(word.lower() for word in words), EDGE, EDGE]
    shapes = [EDGE, EDGE, *(_shape(word) for word in words), EDGE, EDGE]
    last = len(words) - 1
    rows = []
    for at, own in enumerate(known):
        b2, b1, here, a1, a2 = lower[at : at + 5]
        s2, s1, shape, t1, t2 = shapes[at : at + 5]
        rows.append(
            [
                *own,
                f"w-1={b1}",
                f"w-2={b2}",
                f"w+1={a1}",
                f"w+2={a2}",
                f"w-1w={b1} {here}",
                f"ww+1={here} {a1}",
                f"w-2-1={b2} {b1}",
                f"w+1+2={a1} {a2}",
                f"s-1={s1}",
                f"s-2={s2}",
                f"s+1={t1}",
                f"s+2={t2}",
                f"s-1s={s1} {shape}",
                f"ss+1={shape} {t1}",
                f"s-1ss+1={s1} {shape} {t1}",
            ]
        )
        if at == 0:
            rows[-1].append("first")
        if at == last:
            rows[-1].append("last")
    return rows


@lru_cache(maxsize=100_000)
def _word(word: str) -> tuple[str, ...]:
    """What a word tells by itself."""
    lower = word.lower()
    shape = _shape(word)
    found = ["b", f"w={lower}", f"s={shape}", f"d={DIGIT.sub('0', lower)}"]
    found += [f"p{length}={lower[:length]}" for length in range(1, min(5, len(lower)))]
    found += [f"e{length}={lower[-length:]}" for length in range(1, min(5, len(lower)))]
    found.append(f"l={min(len(word), 12)}")
    if word[0].isupper():
        found.append("upper first" if not word.isupper() or len(word) == 1 else "upper all")
    if any(map(str.isupper, word[1:])) and not word.isupper():
        found.append("upper within")
    if word.isdigit():
        found.append(f"digits={min(len(word), 8)}")
    elif DIGIT.search(word):
        found.append("some digits")
    if not word[0].isalnum():
        found.append("link" if len(word) > 1 else f"mark={unicodedata.category(word)}")
    elif "/" in word:
        found.append("link")
    return tuple(found)


def _parts(text: str, words: list[str], places: Sequence[Token]) -> Described:
    """Features of parts of words: tokens around them, and the word (up to blanks) that they are parts of."""
    lower = [EDGE] * 3 + [word.lower() for word in words] + [EDGE] * 3
    kinds = ["_"] * 3 + [_kind(word) for word in words] + ["_"] * 3
    belongs, whole = _whole(text, places)
    rows = []
    for at, (start, end) in enumerate(places):
        b3, b2, b1, here, a1, a2, a3 = lower[at : at + 7]
        k3, k2, k1, kind, l1, l2, l3 = kinds[at : at + 7]
        number = belongs[at]
        first, last = whole[number]
        before = text[slice(*whole[number - 1])] if number else EDGE
        after = text[slice(*whole[number + 1])] if number + 1 < len(whole) else EDGE
        rows.append(
            [
                "b",
                f"c={here}",
                f"k={kind}",
                f"s={_shape(words[at])}",
                f"c-1={b1}",
                f"c-2={b2}",
                f"c-3={b3}",
                f"c+1={a1}",
                f"c+2={a2}",
                f"c+3={a3}",
                f"c-1c={b1} {here}",
                f"cc+1={here} {a1}",
                f"c-2-1={b2} {b1}",
                f"c+1+2={a1} {a2}",
                f"c-2-1c={b2} {b1} {here}",
                f"c-1cc+1={b1} {here} {a1}",
                f"cc+1+2={here} {a1} {a2}",
                f"c-3-2-1={b3} {b2} {b1}",
                f"c+1+2+3={a1} {a2} {a3}",
                f"c-2..+1={b2} {b1} {here} {a1}",
                f"c-1..+2={b1} {here} {a1} {a2}",
                f"cc+1+2+3={here} {a1} {a2} {a3}",
                f"c-3..={b3} {b2} {b1} {here}",
                f"k-1..+1={k1}{kind}{l1}",
                f"k-2..+2={k2}{k1}{kind}{l1}{l2}",
                f"k-3..+3={k3}{k2}{k1}{kind}{l1}{l2}{l3}",
                f"g={'(' if start == first else '-'}{')' if end == last else '-'}",
                f"W={text[first:last][:LONGEST]}",
                f"P={text[first:end][-8:]}",
                f"R={text[start:last][:8]}",
                f"N={min(start - first, 6)} {min(last - end, 6)}",
                f"V={before[-2:]}",
                f"U={after[:2]}",
                f"VW={before[:LONGEST]}",
                f"UW={after[:LONGEST]}",
                f"E={text[max(first, last - 2) : last]}",
                f"O={text[first : first + 2]}",
            ]
        )
    return rows


def _whole(text: str, places: Sequence[Token]) -> tuple[list[int], list[Token]]:
    """For each token the number of the word between blanks that it is in, and those words' places."""
    belongs: list[int] = []
    found: list[Token] = []
    for at, (start, end) in enumerate(places):
        if at and start == places[at - 1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        belongs.append(len(found) - 1)
    return belongs, found


@lru_cache(maxsize=100_000)
def _shape(word: str) -> str:
    """How a word is written: X, x, 0 and 가 for letters and digits, at most two of a kind in a row.

    >>> _shape("McDonald's"), _shape("2024"), _shape("서울시")
    ("XxXxx'x", '00', '가가')
    """
    shape = ""
    for character in word:
        kind = _kind_of(character)
        if shape[-2:] != kind * 2:
            shape += kind
    return shape


def _kind(word: str) -> str:
    return _kind_of(word[0]) + (str(min(len(word), 5)) if len(word) > 1 else "")


@lru_cache(maxsize=10_000)
def _kind_of(character: str) -> str:
    if character.isdigit():
        return "0"
    if not character.isalpha():
        return character if character.isascii() else "*"
    if "\uac00" <= character <= "\ud7ff" or "\u1100" <= character <= "\u11ff" or "\u3130" <= character <= "\u318f":
        return "가"
    if unicodedata.category(character) == "Lo":
        return "文"
    return "X" if character.isupper() else "x"
