"""How familiar words are: how often the training texts had them, and how often with a capital letter."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

FEWEST = 2  # times that a word must be met to be kept
MOST = 50_000  # words
STEPS = (0.1, 0.5, 0.9)  # shares of capital letters that are told apart


@dataclass
class Familiar:
    """Words in small letters with how often they were met, and how often of these with a capital letter first.

    Names that a text is the first to bring are rare words, and often written large: that is told of words that no
    feature made of their letters can know.

    >>> known = Familiar.of([["in", "Seoul"], ["in", "Seoul"]])
    >>> known.describe(["in", "Seoul", "Foo"])
    [['q=1 l'], ['q=1 u'], ['q=0 ?']]
    """

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Self:
        """What the words of texts tell."""
        all_of: Counter[str] = Counter()
        large: Counter[str] = Counter()
        for words in texts:
            for word in words:
                lower = word.lower()
                all_of[lower] += 1
                large[lower] += word[0].isupper()
        kept = [(word, count) for word, count in all_of.most_common(MOST) if count >= FEWEST]
        return cls({word: (count, large[word]) for word, count in kept})

    def describe(self, words: Sequence[str], learning: bool = False) -> list[list[str]]:
        """A feature of each word; while `learning` a word is not counted itself, as it is not in a new text."""
        return [[f"q={self._of(word, learning)}"] for word in words]

    def _of(self, word: str, learning: bool) -> str:
        count, large = self.counts.get(word.lower(), (0, 0))
        if learning and count:
            count, large = count - 1, large - word[0].isupper()
        if not count:
            return "0 ?"
        share = large / count
        return f"{min(int(math.log2(count)), 8)} {'lmnu'[sum(share >= step for step in STEPS)]}"

    def to_json(self) -> dict[str, Any]:
        """The counts as plain JSON data."""
        return {word: list(each) for word, each in self.counts.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The counts that `to_json` described."""
        return cls({str(word): (int(count), int(large)) for word, (count, large) in data.items()})
