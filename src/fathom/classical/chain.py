"""CRFsuite's chain: trained within a time limit, kept as bytes with their digest, asked for tags and their chances."""

from __future__ import annotations

import hashlib
import struct
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pycrfsuite

from fathom.classical import saving
from fathom.data.tags import OUTSIDE
from fathom.learner import Run
from fathom.messages import phrase

HEADER = struct.Struct("<4sI4sIIIIIIII")  # magic, size, kind, version, three numbers, four offsets
MAGIC, KIND = b"lCRF", b"FOMC"
PILOT = 6  # iterations that tell how long one takes, and leave something to predict with
RESERVE = 0.08  # of the time left when training begins, kept for what comes after
SLACK = 1.15  # iterations take longer now and then: a line search that looks twice
AMPLE = 2.0  # times the time that all iterations will take, from which nothing else is needed
SAFE, GAIN = 0.4, 1.3  # share of the time for what is sure to end; times as many iterations that another must have
FEWER = 4  # times fewer rows where not even the pilot fits

Described = tuple[Sequence[Sequence[str]], Sequence[str]]  # features and tag of each token of a sequence
Lesson = Callable[[Sequence[int]], Iterable[Described]]


@dataclass
class Chain:
    """A trained chain; `data` is CRFsuite's file, empty where there was no time to learn anything."""

    data: bytes
    tagger: Any = field(repr=False)

    @classmethod
    def opened(cls, data: bytes) -> Self:
        """The chain that these bytes are."""
        tagger = pycrfsuite.Tagger()
        if data:
            tagger.open_inmemory(data)
        return cls(data, tagger)

    @classmethod
    def read(cls, path: Path, digest: str) -> Self:
        """The chain in a file; a StoreError unless it is the very one, and whole.

        CRFsuite trusts what it reads, so nothing that was changed may reach it.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise saving.damaged(path, str(error)) from error
        if hashlib.sha256(data).hexdigest() != digest or not _whole(data):
            raise saving.damaged(path, phrase("it is not the chain that was saved"))
        return cls.opened(data)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes (hex)."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def silent(self) -> bool:
        """Whether it learned nothing."""
        return not self.data

    def tags(self, described: Sequence[Sequence[str]], bar: float = 0.0) -> tuple[list[str], list[float]]:
        """The tags of a sequence, and the probability of each at its place.

        Without a bar those of the most probable sequence; else at each place the most probable tag, which is O only
        where all others together have less than `bar`.
        """
        self.tagger.set(described)
        if not bar:
            said = self.tagger.tag()
            return said, [self.tagger.marginal(tag, place) for place, tag in enumerate(said)]
        return self._over(len(described), bar)

    def _over(self, places: int, bar: float) -> tuple[list[str], list[float]]:
        others = [tag for tag in self.tagger.labels() if tag != OUTSIDE]
        said, sure = [OUTSIDE] * places, [1.0] * places
        knows_outside = len(others) < len(self.tagger.labels())
        for place in range(places):
            sure[place] = self.tagger.marginal(OUTSIDE, place) if knows_outside else 0.0
            if 1 - sure[place] >= bar:
                sure[place], said[place] = max((self.tagger.marginal(tag, place), tag) for tag in others)
        return said, sure


class _Late(Exception):
    """The deadline is near."""


class _Trainer(pycrfsuite.Trainer):  # type: ignore[misc]
    """Reads the clock whenever CRFsuite has something to tell."""

    def __init__(self, run: Run, reserve: float) -> None:
        super().__init__(verbose=False)
        self.select("lbfgs")
        self.run, self.reserve, self.most = run, reserve, 1
        self.ends: list[float] = []  # when each iteration ended

    def message(self, message: str) -> None:
        if self.run.remaining() < self.reserve:
            raise _Late
        if "Iteration #" in message:
            self.ends.append(time.monotonic())
            done = len(self.ends)
            self.run.progress(min(done / self.most, 1.0), phrase("iteration {done}", done=done))

    def fitting(self, begun: float) -> int:
        """How many iterations fit into the time that is left, from those of the training that has begun then."""
        each = (self.ends[-1] - self.ends[0]) / max(len(self.ends) - 1, 1)
        preparing = max(self.ends[0] - begun - each, 0.0)
        room = self.run.remaining() - self.reserve - preparing
        return int(max(room, 0.0) / max(SLACK * each, 1e-9))

    def learn(self, settings: dict[str, Any]) -> bytes:
        """Train with these settings; the bytes of the model, empty where time ran out."""
        self.set_params(settings)
        self.most, self.ends = settings["max_iterations"], []
        with tempfile.TemporaryDirectory(prefix="fathom-") as folder:
            path = Path(folder) / "chain"
            try:
                self.train(str(path))
            except _Late:
                return b""
            return path.read_bytes()


def learn(lesson: Lesson, rows: Sequence[int], settings: dict[str, Any], run: Run) -> bytes:
    """The model of what `lesson` makes of rows; of fewer iterations or rows where there is not the time for all.

    A training of few iterations comes first where there is a deadline: it tells how many more fit, and is what is left
    if they do not.
    """
    if not np.isfinite(run.deadline):
        trainer = _Trainer(run, -np.inf)
        _fed(lesson(rows), trainer)
        return trainer.learn(settings)
    reserve = RESERVE * max(run.remaining(), 0.0)
    while run.remaining() > reserve:
        trainer = _Trainer(run, reserve)
        if _fed(lesson(rows), trainer):
            begun = time.monotonic()
            early = trainer.learn({**settings, "max_iterations": min(PILOT, settings["max_iterations"])})
            if early:
                return _within(trainer, early, begun, settings, run)
        if len(rows) <= FEWER:
            break
        rows = sorted(np.random.default_rng(run.seed).permutation(rows)[: len(rows) // FEWER].tolist())
    run.hurried = True
    return b""


def _within(trainer: _Trainer, early: bytes, begun: float, settings: dict[str, Any], run: Run) -> bytes:
    """The model of as many iterations as fit into the time that is left; the early one where none more do.

    A training that does not end in time leaves nothing. So where time is short, a part of it goes into one that is
    sure to end.
    """
    if len(trainer.ends) < PILOT:  # it was done before
        return early
    wanted = settings["max_iterations"]
    fitting = trainer.fitting(begun)
    run.hurried |= fitting < wanted
    if fitting < AMPLE * wanted and (safe := int(SAFE * fitting)) > PILOT:
        begun = time.monotonic()
        early = trainer.learn({**settings, "max_iterations": min(safe, wanted)}) or early
        if not trainer.ends or safe >= wanted or trainer.fitting(begun) < GAIN * safe:
            return early
        fitting = trainer.fitting(begun)
    if fitting <= PILOT:
        return early
    return trainer.learn({**settings, "max_iterations": min(fitting, wanted)}) or early


def _fed(sequences: Iterable[Described], trainer: _Trainer) -> bool:
    """Give the trainer its sequences; False where the deadline came before the last."""
    for described, said in sequences:
        if trainer.run.remaining() < trainer.reserve:
            return False
        trainer.append(described, said)
    return True


def _whole(data: bytes) -> bool:
    """Whether a file's header is CRFsuite's and speaks of the bytes that are there."""
    if not data:
        return True
    if len(data) < HEADER.size:
        return False
    magic, size, kind, *_, features, labels, attributes, references = HEADER.unpack_from(data)
    inside = all(0 < offset < len(data) for offset in (features, labels, attributes, references))
    return magic == MAGIC and kind == KIND and size == len(data) and inside
