"""Texts whose tokens are tagged become numbers: what each token says, how it is written, the letters it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fathom.data import tags, tokens
from fathom.data.dataset import Dataset
from fathom.data.spans import Span
from fathom.deep import weights
from fathom.messages import phrase

PADDING, UNKNOWN = 0, 1
EDGE = "\u2402"
SCHEME = "BIOES"
LETTERS = 16  # of a word that are looked at, from its beginning
MOST_KNOWN = 40_000  # names of one view
LARGEST = 200_000  # names that a description may hold
LONGEST = 250  # tokens that are read as one sequence
SEEN = 2  # times that a token must be met to be known

Piece = tuple[int, slice]  # the text, and which of its tokens
Places = Sequence[Sequence[tokens.Token]]


@dataclass(frozen=True)
class TokenInputs:
    """How texts become tensors, and tags become spans again.

    `views`: for each thing that is told of a token (the token, its shape, its neighbours ...) the names that are
    known; `letters` those of characters. `bar`: how probable an entity must be to be named, 0 for the best sequence.
    """

    column: str
    cut: str
    labels: tuple[str, ...]
    views: tuple[tuple[str, ...], ...]
    letters: str
    bar: float = 0.0
    numbers: tuple[dict[str, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = tuple({name: at + 2 for at, name in enumerate(names)} for names in self.views)
        object.__setattr__(self, "numbers", numbers)

    @classmethod
    def fit(
        cls, column: str, labels: tuple[str, ...], texts: Sequence[str], rows: Sequence[Iterable[Span]]
    ) -> TokenInputs:
        """Learn the cut, and the names of what is met more than once."""
        cut = tokens.fitting(texts, rows)
        counts: list[Counter[str]] = []
        letters: Counter[str] = Counter()
        for text in texts:
            seen = views(text, tokens.tokens(text, cut), cut)
            counts = counts or [Counter() for _ in range(width(cut))]
            for row in seen:
                for counter, name in zip(counts, row, strict=True):
                    counter[name] += 1
            letters.update(text)
        known = tuple(
            tuple(name for name, count in counter.most_common(MOST_KNOWN) if count >= SEEN) for counter in counts
        )
        signs = "".join(sorted(letter for letter, count in letters.items() if count >= SEEN)) if cut == "words" else ""
        return cls(column, cut, labels, known or ((),) * width(cut), signs)

    def cut_up(self, texts: Sequence[str | None]) -> tuple[list[list[tokens.Token]], list[Piece]]:
        """The tokens of each text, and the sequences that are read, no longer than a limit."""
        places = [tokens.tokens(text or "", self.cut) for text in texts]
        found = [
            (row, part)
            for row, (text, known) in enumerate(zip(texts, places, strict=True))
            for part in tokens.pieces(text or "", known, LONGEST)
        ]
        return places, found

    def tensors(self, texts: Sequence[str | None], places: Places, found: Sequence[Piece]) -> tuple[Tensor, Tensor]:
        """Views int32 [sequences, places, views] and letters int32 [sequences, places, letters], 0 beyond the end."""
        longest = max((part.stop - part.start for _, part in found), default=1)
        seen = np.zeros((len(found), longest, len(self.views)), dtype=np.int32)
        size = LETTERS if self.letters else 0
        signs = np.zeros((len(found), longest, size), dtype=np.int32)
        table = {letter: at + 2 for at, letter in enumerate(self.letters)}
        described: dict[int, list[tuple[str, ...]]] = {}
        for at, (row, part) in enumerate(found):
            text = texts[row] or ""
            if row not in described:
                described = {row: views(text, places[row], self.cut)}
            for place, names in enumerate(described[row][part]):
                seen[at, place] = [known.get(name, UNKNOWN) for known, name in zip(self.numbers, names, strict=True)]
            for place, (start, end) in enumerate(places[row][part] if size else ()):
                codes = [table.get(letter, UNKNOWN) for letter in text[start:end][:size]]
                signs[at, place, : len(codes)] = codes
        return torch.from_numpy(seen), torch.from_numpy(signs)

    def truth(self, places: Places, found: Sequence[Piece], rows: Sequence[Iterable[Span]]) -> Tensor:
        """The position of each token's tag, int64 [sequences, places], -1 beyond the end."""
        numbers = {name: at for at, name in enumerate(tag_names(self.labels))}
        longest = max((part.stop - part.start for _, part in found), default=1)
        codes = np.full((len(found), longest), -1, dtype=np.int64)
        for at, (row, part) in enumerate(found):
            known = tokens.stretches(places[row][part], rows[row])
            said = tags.encode(known, part.stop - part.start, SCHEME)
            codes[at, : len(said)] = [numbers.get(tag, 0) for tag in said]
        return torch.from_numpy(codes)

    def texts(self, dataset: Dataset) -> list[str | None]:
        """The texts of the rows."""
        found: list[str | None] = dataset[self.column].to_list()
        return found

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        plain = {"column": self.column, "cut": self.cut, "labels": list(self.labels), "bar": self.bar}
        return {**plain, "views": [list(names) for names in self.views], "letters": self.letters}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TokenInputs:
        """The inputs that `to_json` described; a ValueError where they cannot be."""
        known = tuple(tuple(map(str, names)) for names in data["views"])
        for names in known:
            weights.whole(len(names), LARGEST)
        if data["cut"] not in tokens.CUTS or len(known) != width(data["cut"]):
            raise ValueError(phrase("what is told of tokens is malformed"))
        labels = tuple(map(str, data["labels"]))
        return cls(str(data["column"]), data["cut"], labels, known, str(data["letters"]), float(data["bar"]))


def tag_names(labels: Sequence[str]) -> list[str]:
    """The tags of labels.

    >>> tag_names(["city"])
    ['O', 'B-city', 'I-city', 'E-city', 'S-city']
    """
    return [tags.OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BIES")]


def width(cut: str) -> int:
    """How many things are told of each token."""
    return len(views("a", [(0, 1)], cut)[0])


def views(text: str, places: Sequence[tokens.Token], cut: str) -> list[tuple[str, ...]]:
    """What is told of each token; of words their ends, of parts of words their neighbours and where in a word they are.

    >>> views("in Seoul", [(0, 2), (3, 8)], "words")[1]
    ('seoul', 'Xx', 'seo', 'oul')
    """
    words = [text[start:end] for start, end in places]
    lower = [word.lower() for word in words]
    if cut == "words":
        return [(low, shape(word), low[:3], low[-3:]) for word, low in zip(words, lower, strict=True)]
    pairs = [*map("".join, pairwise([EDGE, *lower, EDGE]))]
    blank = [True, *(one[1] < other[0] for one, other in pairwise(places)), True]
    return [
        (low, shape(word), f"{'(' if blank[at] else '-'}{')' if blank[at + 1] else '-'}", pairs[at], pairs[at + 1])
        for at, (word, low) in enumerate(zip(words, lower, strict=True))
    ]


@lru_cache(maxsize=100_000)
def shape(word: str) -> str:
    """How a token is written, each kind of character once in a row.

    >>> shape("McDonald"), shape("KX12"), shape("서울")
    ('XxXx', 'X0', 'o')
    """
    found = ""
    for letter in word[:20]:
        kind = "0" if letter.isdigit() else letter if not letter.isalpha() else "X" if letter.isupper() else "x"
        kind = "o" if kind == "x" and not letter.islower() else kind
        found += kind if found[-1:] != kind else ""
    return found
