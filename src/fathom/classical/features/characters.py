"""Texts as one array of code points: made alike, split at spaces, ready for counting pieces of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

MOST_CHARACTERS = 50_000  # of one text; what comes after is not read
GAP = 0x20  # stands between words, once, and at both ends
BETWEEN = "\x1f"  # the unit separator, between texts while they are one string
SPACE, WORD, SIGN, NOTHING = 1, 2, 3, 4  # classes of code points; 0: not looked up yet
APOSTROPHES = (0x27, 0x2019)

Kinds = npt.NDArray[np.uint8]

_classes = np.zeros(0x110000, dtype=np.uint8)  # filled in as code points are met; all of them would take a second


@dataclass(frozen=True)
class Characters:
    """Some texts' code points [characters], each run of spaces a single gap; of each its class and its text's number.

    >>> found = Characters.of(["So  GOOD!", None, "yes"])
    >>> found.whole, found.rows.tolist()
    (' so good! yes ', [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 3])
    """

    codes: npt.NDArray[np.uint32]
    kinds: Kinds
    rows: npt.NDArray[np.int64]  # a gap belongs to the text after it

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Characters:
        """Letters of one width and small (NFKC, lower case), without what cannot be seen."""
        codes = np.frombuffer(_joined(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        kinds = _kinds(codes)
        rows = np.cumsum(codes == ord(BETWEEN))
        seen = kinds != NOTHING
        if not seen.all():
            codes, kinds, rows = codes[seen], kinds[seen], rows[seen]
        return cls._spaced(codes, kinds, rows, len(texts))

    @classmethod
    def _spaced(
        cls, codes: npt.NDArray[np.uint32], kinds: Kinds, rows: npt.NDArray[np.int64], texts: int
    ) -> Characters:
        """With one gap where there were spaces, and one at each end."""
        blank = np.concatenate([[True], kinds == SPACE, [True]])
        codes = np.concatenate([[GAP], codes, [GAP]]).astype(np.uint32)
        kinds = np.concatenate([[SPACE], kinds, [SPACE]]).astype(np.uint8)
        rows = np.concatenate([[0], rows, [texts]])
        last = np.ones(len(codes), dtype=bool)
        last[:-1] = ~(blank[:-1] & blank[1:])  # of several spaces the last one stays
        codes, kinds, rows = codes[last], kinds[last], rows[last]
        gaps = kinds == SPACE
        codes[gaps] = GAP
        rows[:-1][gaps[:-1]] = rows[1:][gaps[:-1]]
        return cls(codes, _with_apostrophes(codes, kinds), rows)

    @cached_property
    def whole(self) -> str:
        """All characters as one string; what is none by itself, as half a surrogate pair, is a sign for that."""
        return self.codes.tobytes().decode("utf-32-le", "replace")


def _joined(texts: Sequence[str | None]) -> str:
    """All texts in one string, normalised; each as long as it may be, and no separator in it."""
    parts = [text[:MOST_CHARACTERS] if text else "" for text in texts]
    whole = BETWEEN.join(parts)
    if whole.count(BETWEEN) >= len(parts):
        whole = BETWEEN.join(part.replace(BETWEEN, " ") for part in parts)
    if whole.isascii():
        return whole.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).lower())


def _kinds(codes: npt.NDArray[np.uint32]) -> Kinds:
    """The class of each code point."""
    kinds = _classes[codes]
    if not kinds.all():
        for code in np.unique(codes[kinds == 0]).tolist():
            _classes[code] = _class(code)
        kinds = _classes[codes]
    return kinds


def _class(code: int) -> int:
    category = unicodedata.category(chr(code))
    if category == "Cf" or 0xFE00 <= code <= 0xFE0F:  # joiners, marks of direction, variants of emoji
        return NOTHING
    if category == "Cc" or category[0] == "Z":
        return SPACE
    return WORD if category[0] in "LNM" else SIGN


def _with_apostrophes(codes: npt.NDArray[np.uint32], kinds: Kinds) -> Kinds:
    """Don't is one word."""
    if len(codes) > 2:
        between = (kinds[:-2] == WORD) & (kinds[2:] == WORD)
        kinds[1:-1][np.isin(codes[1:-1], APOSTROPHES) & between] = WORD
    return kinds
