"""Tags of words (B-city, I-city, O) and the spans that they stand for, in the schemes that are in use.

BIO (also IOB2): B- begins, I- goes on. IOB1: I- begins as well, B- only parts neighbours of one label (Ramshaw and
Marcus 1995). BIOES: E- ends and S- is a span of one word; BILOU calls these L- and U-. IO: the label alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TAG = re.compile(r"(?:O|[BIESLUM]-\S.*)\Z")
OUTSIDE = "O"
PREFIXED, SINGLE, LAST = "BIESLUM", "SU", "EL"

Stretch = tuple[int, int, str]  # first word, the one after the last, label


def scheme_of(sentences: Iterable[Sequence[str]]) -> str:
    """The scheme that the sentences' tags are written in; "" where they are written in none.

    >>> scheme_of([["B-city", "I-city", "O"]]), scheme_of([["I-city", "O"]]), scheme_of([["city", "O"]])
    ('BIO', 'IOB1', 'IO')
    """
    prefixes: set[str] = set()
    plain = bare = begins_inside = begins_apart = False
    for tags in sentences:
        before = OUTSIDE
        for tag in tags:
            if tag == OUTSIDE:
                plain = True
            elif not TAG.match(tag):
                bare = True
            else:
                prefixes.add(tag[0])
                follows = before[1:] == tag[1:]
                begins_inside |= tag[0] == "I" and not follows
                begins_apart |= tag[0] == "B" and not follows
            before = tag
    if bare:
        return "" if prefixes or not plain else "IO"
    if prefixes & set("ESLU"):
        return "BILOU" if prefixes & set("LU") else "BIOES"
    return "IOB1" if begins_inside and not begins_apart else "BIO"


def decode(tags: Sequence[str], scheme: str = "BIO") -> tuple[list[Stretch], list[int]]:
    """The spans over words that tags stand for, and the places where they break their scheme's rules.

    A tag that goes on with what has not begun begins it; a span that is not ended ends before what follows.

    >>> decode(["B-city", "I-city", "O", "I-day"])
    ([(0, 2, 'city'), (3, 4, 'day')], [3])
    """
    if scheme == "IO":
        tags = [tag if tag == OUTSIDE else f"I-{tag}" for tag in tags]
    closing, loose = scheme in ("BIOES", "BILOU"), scheme in ("IOB1", "IO")
    spans: list[Stretch] = []
    broken: list[int] = []
    begun, label = -1, ""
    for place, tag in enumerate([*tags, OUTSIDE]):
        prefix, name = tag[:1], tag[2:]
        goes_on = begun >= 0 and tag != OUTSIDE and name == label and prefix not in "BSU"
        if goes_on:
            if prefix in LAST:
                spans.append((begun, place + 1, label))
                begun = -1
            continue
        if begun >= 0:
            spans.append((begun, place, label))
            broken += [place - 1] if closing else []
            begun = -1
        if tag == OUTSIDE:
            continue
        broken += [place] if prefix not in "BSU" and not loose else []
        if prefix in SINGLE or prefix in LAST:
            spans.append((place, place + 1, name))
        else:
            begun, label = place, name
    return spans, broken


def encode(spans: Iterable[Stretch], words: int, scheme: str = "BIO") -> list[str]:
    """The tags of so many words, in BIO or BIOES; the spans must not overlap.

    >>> encode([(0, 2, "city"), (3, 4, "day")], 4, "BIOES")
    ['B-city', 'E-city', 'O', 'S-day']
    """
    tags = [OUTSIDE] * words
    for start, end, label in spans:
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
        if scheme == "BIOES":
            tags[end - 1] = f"S-{label}" if end - start == 1 else f"E-{label}"
    return tags
