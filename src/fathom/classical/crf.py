"""A conditional random field over the tokens of a text: every token's tag, the best sequence as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from fathom.classical import saving
from fathom.classical.chain import Chain, learn
from fathom.classical.features import clusters
from fathom.classical.features.clusters import Clusters
from fathom.classical.features.familiar import Familiar
from fathom.classical.features.gazetteers import Gazetteers
from fathom.classical.features.tokens import Described, describe, names
from fathom.data import tags, tokens
from fathom.data.dataset import Dataset
from fathom.data.spans import Span
from fathom.errors import TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks import sureness
from fathom.tasks.predictions import Entity, Spans
from fathom.tasks.problem import Problem

MODEL = "chain.crfsuite"
PILOT_ROWS = 200
SHARE_OF_TIME = 0.35  # that making features may take

MOST_VALID = 1_000  # rows by which it is chosen how sure an entity must be

Texts = Sequence[str]


@dataclass
class CRF:
    """A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001), trained by CRFsuite's L-BFGS.

    `l1` and `l2` keep weights small; `iterations` at most. Tags are in `scheme`, BIO or BIOES; none
    given: BIOES where words are cut into parts, else BIO. `gazetteers` are text
    files with a name on each line; a file's name tells what its names are. `clusters`: how many clusters words are put
    into by their neighbours, whole words of many texts alone; 0: none. The cut of texts into tokens follows from
    where the spans begin and end, how sure an entity must be to be named from the validation rows. An entity's
    probability is that of its least sure token's tag.
    """

    l1: float = 0.1
    l2: float = 0.05
    iterations: int = 100
    scheme: str = ""
    gazetteers: tuple[str, ...] = ()
    clusters: int = 0

    column_: str = field(init=False, repr=False)
    cut_: str = field(init=False, repr=False)
    known_: Gazetteers = field(init=False, repr=False)
    familiar_: Familiar = field(init=False, repr=False)
    clusters_: Clusters = field(init=False, repr=False)
    chain_: Chain = field(init=False, repr=False)
    bar_: float = field(init=False, repr=False)  # 0: the most probable sequence

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Cut the texts, describe their tokens, learn the chain while time is left."""
        self.column_ = problem.inputs[0].name
        texts, rows = _told(problem, train)
        with run.step("features"):
            self.known_ = Gazetteers.read(self.gazetteers)
            self.cut_ = tokens.fitting(texts, rows)
            self.familiar_ = Familiar.of(self._words(text) for text in texts) if self.cut_ == "words" else Familiar()
            wanted = self.clusters if self.cut_ == "words" and clusters.affordable(len(texts), run.remaining()) else 0
            self.clusters_ = Clusters.of(map(self._words, texts), wanted) if wanted else Clusters()
            chosen = self._affordable(texts, run)
        with run.step("training"):
            if not any(tokens.tokens(text, self.cut_) for text in texts):
                raise TrainingError(phrase("No training row has a text with a word in it."))
            lesson = partial(self._lesson, texts, rows)
            self.chain_ = Chain.opened(learn(lesson, chosen, self._settings(), run))
            self.bar_ = self._bar(problem, valid, run)
        run.hurried |= len(chosen) < len(texts)
        run.progress(1.0, "trained")

    def predict(self, dataset: Dataset) -> Spans:
        """The entities of each row's text."""
        return Spans.of(self._entities(text, self.bar_) for text in dataset[self.column_].to_list())

    def save(self, folder: Path) -> None:
        """Write the chain as CRFsuite has it, its digest and what belongs to it as JSON."""
        (folder / MODEL).write_bytes(self.chain_.data)
        state = {
            "column": self.column_,
            "cut": self.cut_,
            "digest": self.chain_.digest,
            "bar": self.bar_,
            "gazetteers": self.known_.to_json(),
            "familiar": self.familiar_.to_json(),
            "clusters": self.clusters_.to_json(),
        }
        saving.write_learner(folder, self, state)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote; a StoreError where the chain is not the one that was saved."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.column_, learner.cut_ = str(state["column"]), str(state["cut"])
            learner.bar_ = float(state["bar"])
            learner.known_ = Gazetteers.from_json(state["gazetteers"])
            learner.familiar_ = Familiar.from_json(state["familiar"])
            learner.clusters_ = Clusters.from_json(state.get("clusters", {}))
            if learner.cut_ not in tokens.CUTS:
                raise ValueError(learner.cut_)
        learner.chain_ = Chain.read(folder / MODEL, str(state.get("digest")))
        return learner

    def features(self) -> list[str]:
        """What each token was described by."""
        return [*names(self.cut_, self.known_.names), *(["cluster"] if self.clusters_.words else [])]

    @property
    def _scheme(self) -> str:
        return self.scheme or ("BIO" if self.cut_ == "words" else "BIOES")

    def _settings(self) -> dict[str, Any]:
        return {
            "c1": self.l1,
            "c2": self.l2,
            "max_iterations": self.iterations,
            "feature.possible_transitions": True,
        }

    def _affordable(self, texts: Texts, run: Run) -> list[int]:
        """The rows to learn, in order: as many as can be described in their share of the time."""
        every = list(range(len(texts)))
        if len(texts) <= PILOT_ROWS or not np.isfinite(run.deadline):
            return every
        left = run.remaining()
        for at in np.linspace(0, len(texts) - 1, PILOT_ROWS).astype(int):
            list(self._pieces(texts[at]))
        projected = (left - run.remaining()) * len(texts) / PILOT_ROWS
        share = SHARE_OF_TIME * max(left, 0.0) / max(projected, 1e-9)
        if share >= 1:
            return every
        rows = np.random.default_rng(run.seed).permutation(len(texts))[: max(int(share * len(texts)), 1)]
        return sorted(rows.tolist())

    def _lesson(
        self, texts: Texts, spans: Sequence[Sequence[Span]], rows: Sequence[int]
    ) -> Iterator[tuple[Described, list[str]]]:
        """Features and tags of every sequence of these rows, one at a time: all at once would fill the memory."""
        for row in rows:
            for places, described in self._pieces(texts[row], learning=True):
                yield described, tags.encode(tokens.stretches(places, spans[row]), len(places), self._scheme)

    def _pieces(self, text: str, learning: bool = False) -> Iterator[tuple[list[tokens.Token], Described]]:
        """The tokens of a text and what is told of each, in sequences of limited length."""
        places = tokens.tokens(text, self.cut_)
        for part in tokens.pieces(text, places):
            yield places[part], self._described(text, places[part], learning)

    def _described(self, text: str, places: list[tokens.Token], learning: bool) -> Described:
        described = describe(text, places, self.cut_)
        words = [text[start:end] for start, end in places]
        if self.familiar_.counts:
            told = self.familiar_.describe(words, learning)
            for at, row in enumerate(described):
                around = [told[at + step][0] if 0 <= at + step < len(told) else "" for step in (-1, 1)]
                row += [told[at][0], f"-1{around[0]}", f"+1{around[1]}", f"{told[at][0]} {row[2]}"]
        for more in (self.known_.of(text, places), self.clusters_.describe(words)):
            for row, each in zip(described, more, strict=False):
                row += each
        return described

    def _words(self, text: str) -> list[str]:
        return [text[start:end] for start, end in tokens.tokens(text, self.cut_)]

    def _bar(self, problem: Problem, valid: Dataset, run: Run) -> float:
        """How probable an entity must be to be named."""
        truth = problem.truth(valid)
        rows = np.flatnonzero(problem.known(truth))[:MOST_VALID]
        texts = valid[self.column_].to_list()
        return sureness.bar(
            lambda bar: Spans.of(self._entities(texts[at], bar) for at in rows), truth[rows], run.remaining
        )

    def _entities(self, text: str | None, bar: float) -> list[Entity]:
        if not text or self.chain_.silent:
            return []
        found = []
        for places, described in self._pieces(text):
            said, sure = self.chain_.tags(described, bar)
            for first, after, label in tags.decode(said, self._scheme)[0]:
                start, end = places[first][0], places[after - 1][1]
                found.append(Entity(start, end, text[start:end], label, min(sure[first:after])))
        return found


def _told(problem: Problem, dataset: Dataset) -> tuple[list[str], list[Sequence[Span]]]:
    """Texts and spans of the rows that somebody has looked at."""
    truth = problem.truth(dataset)
    texts = dataset[problem.inputs[0].name].to_list()
    rows = [(text, spans) for text, spans in zip(texts, truth, strict=True) if text and spans is not None]
    if not rows:
        raise TrainingError(phrase("No training row has a value of '{target}'.", target=problem.target))
    return [text for text, _ in rows], [spans for _, spans in rows]
