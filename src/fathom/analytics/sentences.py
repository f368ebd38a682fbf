"""Where sentences end, in English and in Korean, with and without full stops."""

from __future__ import annotations

import re

SYLLABLES = 0xAC00  # the first of the 11,172 Hangul syllables
CODAS = 28  # each vowel's syllables differ by their last consonant
BIEUP = "".join(chr(SYLLABLES + CODAS * vowel + 17) for vowel in range(399))  # those that end in ㅂ, as in 합-니다
ABBREVIATIONS = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "vs",
        "etc",
        "e.g",
        "i.e",
        "cf",
        "no",
        "nr",
        "fig",
        "vol",
        "p",
        "pp",
        "jr",
        "sr",
        "inc",
        "ltd",
        "co",
        "approx",
        "dept",
        "est",
        "ca",
        "bzw",
        "z.b",
    )
)
CLOSE = "[\"'”’」』)\\]]*"
# After a mark; after a polite Korean ending that lacks one; at an empty line, or where a list item or a heading begins.
BOUNDARY = re.compile(
    rf"(?P<mark>[.!?…]+){CLOSE}(?=\s)|[。！？]+{CLOSE}"
    rf"|(?P<polite>[{BIEUP}]니다|[{BIEUP}]니까|[어아여해예에네군대지세]요|거든요)(?=\s)"
    r"|(?=\n\s*\n)|(?=\n\s*(?:[-*•·#>]|\d{1,2}[.)])\s)"
)
INITIAL = re.compile(r"(?:^|[\s(])[A-Z]$")
LAST_WORD = re.compile(r"[^\s(\"'“‘]*$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, without the blanks around it.

    >>> text = "Dr. Okafor paid 3.50 euros. 확인했습니다 감사합니다! No answer yet"
    >>> [text[start:end] for start, end in sentences(text)]
    ['Dr. Okafor paid 3.50 euros.', '확인했습니다', '감사합니다!', 'No answer yet']
    """
    found: list[tuple[int, int]] = []
    begun = 0
    for match in BOUNDARY.finditer(text):
        if match["mark"] == "." and _goes_on(text, match.start("mark"), match.end()):
            continue
        _add(text, begun, match.end(), found)
        begun = match.end()
    _add(text, begun, len(text), found)
    return found


def _add(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    if start < end:
        found.append((start, end))


def _goes_on(text: str, stop: int, after: int) -> bool:
    """Whether a full stop belongs to an abbreviation, an initial, or is followed by a small letter."""
    before = text[max(0, stop - 20) : stop]
    word = LAST_WORD.search(before)
    if word and word[0].lower() in ABBREVIATIONS:
        return True
    following = text[after : after + 3].lstrip()
    return bool(INITIAL.search(before)) or following[:1].islower()
