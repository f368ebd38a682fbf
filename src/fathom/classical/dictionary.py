"""Names that training had, looked up in texts: the baseline of finding entities."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

from fathom.data import tokens
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.tasks.predictions import Entity, Spans
from fathom.tasks.problem import Problem

LONGEST = 12  # tokens of a name that is looked for


@dataclass
class Dictionary:
    """Each name with its most frequent label and that label's share, as whole tokens of a `cut`."""

    column: str
    cut: str
    names: dict[str, tuple[str, float]]

    @classmethod
    def of(cls, problem: Problem, train: Dataset, run: Run) -> Self:
        """The names that the training rows mark."""
        column = problem.inputs[0].name
        truth = problem.truth(train)
        pairs = [(text, spans) for text, spans in zip(train[column].to_list(), truth, strict=True) if text and spans]
        counts: dict[str, Counter[str]] = {}
        for done, (text, spans) in enumerate(pairs):
            if run.remaining() < 0:
                pairs = pairs[:done]
                break
            for start, end, label in spans:
                counts.setdefault(text[start:end], Counter())[label] += 1
        first = {name: max(sorted(found.items()), key=lambda each: each[1]) for name, found in counts.items()}
        names = {name: (label, count / counts[name].total()) for name, (label, count) in first.items()}
        few = pairs[:1_000]
        return cls(column, tokens.fitting([text for text, _ in few], [spans for _, spans in few]), names)

    def entities(self, dataset: Dataset) -> Spans:
        """The longest known name at each place of each text."""
        return Spans.of(self._of(text) for text in dataset[self.column].to_list())

    def _of(self, text: str | None) -> list[Entity]:
        places = tokens.tokens(text or "", self.cut)
        found, at = [], 0
        while text and at < len(places):
            begin = places[at][0]
            for after in range(min(at + LONGEST, len(places)), at, -1):
                end = places[after - 1][1]
                if known := self.names.get(text[begin:end]):
                    found.append(Entity(begin, end, text[begin:end], *known))
                    at = after - 1
                    break
            at += 1
        return found

    def to_json(self) -> dict[str, Any]:
        """The dictionary as plain JSON data."""
        return {
            "column": self.column,
            "cut": self.cut,
            "names": {name: list(each) for name, each in self.names.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The dictionary that `to_json` described."""
        names = {str(name): (str(label), float(share)) for name, (label, share) in data["names"].items()}
        if data["cut"] not in tokens.CUTS:
            raise ValueError(data["cut"])
        return cls(str(data["column"]), data["cut"], names)
