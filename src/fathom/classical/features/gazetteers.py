"""Lists of names that a person gives: which tokens of a text stand in one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from fathom.data.name_lists import names_in
from fathom.data.tokens import Token

LONGEST = 12  # tokens of a name that is looked for


@dataclass
class Gazetteers:
    """Names in small letters, by the list that they stand in.

    >>> lists = Gazetteers({"city": frozenset({"new harbour"})})
    >>> lists.of("to New Harbour", [(0, 2), (3, 6), (7, 14)])
    [[], ['G=B-city'], ['G=I-city']]
    """

    names: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, paths: Iterable[str]) -> Self:
        """The lists in text files, each called like its file; a DataError where one cannot be read or is empty."""
        found = {}
        for path in paths:
            found[Path(path).stem] = frozenset(name.lower() for name in names_in(path))
        return cls(found)

    def of(self, text: str, places: Sequence[Token]) -> list[list[str]]:
        """For each token, what list it stands in and whether it begins the name; empty without lists."""
        if not self.names:
            return []
        lower = text.lower()
        if len(lower) != len(text):  # some letters have two small ones
            lower = text
        found: list[list[str]] = [[] for _ in places]
        for label, known in self.names.items():
            at = 0
            while at < len(places):
                after = self._longest(lower, places, at, known)
                for place in range(at, after):
                    found[place].append(f"G={'B' if place == at else 'I'}-{label}")
                at = max(after, at + 1)
        return found

    def to_json(self) -> dict[str, Any]:
        """The lists as plain JSON data."""
        return {label: sorted(names) for label, names in self.names.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The lists that `to_json` described."""
        return cls({str(label): frozenset(map(str, names)) for label, names in data.items()})

    def _longest(self, lower: str, places: Sequence[Token], at: int, known: frozenset[str]) -> int:
        """The token after the longest name that begins at a token; that token itself where none does."""
        for after in range(min(at + LONGEST, len(places)), at, -1):
            if " ".join(lower[places[at][0] : places[after - 1][1]].split()) in known:
                return after
        return at
