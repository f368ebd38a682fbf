"""A text cut into what tags are given to: words, or parts of words where spans begin and end within them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from fathom.data.spans import Span
from fathom.data.tags import Stretch

Token = tuple[int, int]  # first character, the one after the last

WEB = r"https?://\S+|www\.\S+|[@#]\w+"
HANGUL, OTHERS = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff", "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
BY_ONE = HANGUL + OTHERS  # letters that are syllables or words: those of Korean, Japanese and Chinese
CUTS = {  # from the coarsest to the finest
    "words": re.compile(rf"{WEB}|\w+|[^\w\s]"),
    "parts": re.compile(rf"https?://\S+|www\.\S+|\d+|[^\W\d_{BY_ONE}]+|\S"),
    "characters": re.compile(r"\S"),
}
REACH = 200_000  # characters of a text that are read, from its beginning: more would keep a server busy for minutes
FITTING = 0.98  # share of the spans that begin and end with a token, for a cut to be fine enough
PIECE, BACK = 1_000, 4  # tokens that are looked at as one sequence; in its last quarter a good place to cut is sought
END = re.compile(r"[.!?。…]\Z")


def tokens(text: str, cut: str) -> list[Token]:
    """The tokens of a text's first `REACH` characters; blanks are in none.

    >>> tokens("서울에서 IT-30", "words"), tokens("서울에 IT30", "parts")
    ([(0, 4), (5, 7), (7, 8), (8, 10)], [(0, 1), (1, 2), (2, 3), (4, 6), (6, 8)])
    """
    return [found.span() for found in CUTS[cut].finditer(text, 0, REACH)]


def fitting(texts: Sequence[str], rows: Sequence[Iterable[Span]]) -> str:
    """The coarsest cut whose tokens nearly all spans begin and end with; spans beyond `REACH` say nothing of it.

    >>> fitting(["Emma in Seoul", "서울에서"], [[(0, 4, "person")], [(0, 2, "city")]])
    'parts'
    """
    for cut in CUTS:
        fit = total = 0
        for text, spans in zip(texts, rows, strict=True):
            places = tokens(text, cut) if spans else []
            starts, ends = {start for start, _ in places}, {end for _, end in places}
            for start, end, _ in spans:
                if end > REACH:
                    continue
                fit += start in starts and end in ends
                total += 1
        if fit >= FITTING * total:
            return cut
    return "characters"


def stretches(places: Sequence[Token], spans: Iterable[Span]) -> list[Stretch]:
    """Spans of characters, in order, as spans of tokens: those that lie in it by half or more.

    >>> stretches([(0, 4), (5, 9)], [(0, 9, "city"), (5, 6, "day")])
    [(0, 2, 'city')]
    """
    found: list[Stretch] = []
    firsts, lasts = [first for first, _ in places], [last for _, last in places]
    for start, end, label in spans:
        begin, after = bisect_right(lasts, start), bisect_left(firsts, end)
        inside = [at for at in range(begin, after) if _mostly(places[at], start, end)]
        if inside and not (found and inside[0] < found[-1][1]):
            found.append((inside[0], inside[-1] + 1, label))
    return found


def _mostly(token: Token, start: int, end: int) -> bool:
    first, last = token
    return 2 * (min(last, end) - max(first, start)) >= last - first


def pieces(text: str, places: Sequence[Token], most: int = PIECE) -> list[slice]:
    """Stretches of at most `most` tokens, cut at the end of a line or a sentence where there is one.

    >>> pieces("a b", [(0, 1), (2, 3)])
    [slice(0, 2, None)]
    """
    found, begun = [], 0
    while len(places) - begun > most:
        end = begun + most
        back = range(end, end - most // BACK, -1)
        line = next((at for at in back if "\n" in text[places[at - 1][1] : places[at][0]]), None)
        sentence = next((at for at in back if END.search(text[slice(*places[at - 1])])), None)
        end = line or sentence or end
        found.append(slice(begun, end))
        begun = end
    return [*found, slice(begun, len(places))] if len(places) > begun else found
