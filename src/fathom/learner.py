"""The learner's contract, and the run that it is given to keep to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.tasks.forecast_parts import Parts
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.gallery import Gallery
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem

UNSURE = 1.3  # times what answering is expected to take
SETTLING = 0.5  # of the time after training for what is done beside answering: calibrating, saving


def _silent(done: float, note: str) -> None:
    """Nobody is listening."""


@dataclass
class Run:
    """The circumstances of one training: how long, with what luck, on what, and where to leave checkpoints.

    `deadline` is a reading of `time.monotonic()`; a learner ends before it with the best it has.
    `folder` is where checkpoints go (None: keep none); a learner that finds one there resumes from it.
    `progress(done, note)`: share done in 0..1 and a short note, called as often as is cheap.
    `hurried` is set by a learner that did clearly less than it wanted so as to keep the deadline.
    `idle` is set by one that had no time for any of what makes it itself: what it says then is another's.
    `told`: what else a learner has to tell of its training, plain JSON data by name.
    `rows` are to be answered when the training is over, in the seconds `after` its deadline; where a learner has found
    that they take longer (`answering`), the deadline comes sooner. `paces`: seconds a row of each part of an answer.

    >>> run = Run.lasting(60, seed=3)
    >>> with run.step("features"):
    ...     pass
    >>> [name for name, seconds in run.steps], 59 < run.remaining() <= 60
    (['features'], True)
    """

    deadline: float = math.inf
    seed: int = 0
    device: str = "cpu"
    threads: int = 1
    folder: Path | None = None
    progress: Callable[[float, str], None] = _silent
    steps: list[tuple[str, float]] = field(default_factory=list)  # name and seconds of each step of learning
    hurried: bool = False
    idle: bool = False
    told: dict[str, Any] = field(default_factory=dict)
    rows: int = 0
    after: float = 0.0
    paces: dict[str, float] = field(default_factory=dict)
    kept: float = 0.0  # seconds by which the deadline comes sooner so far

    @classmethod
    def lasting(cls, seconds: float, **circumstances: object) -> Run:
        """A run that ends `seconds` from now."""
        return cls(deadline=time.monotonic() + seconds, **circumstances)  # type: ignore[arg-type]

    def remaining(self) -> float:
        """Seconds until the deadline; negative past it."""
        return self.deadline - time.monotonic()

    def answering(self, part: str, seconds: float) -> None:
        """Take note that a part of answering takes so long a row: the training ends in time for the rows to come.

        >>> run = Run.lasting(60, rows=100, after=4.0)
        >>> run.answering("pictures", 0.1)
        >>> 48 < run.remaining() <= 60 - (1.3 * 100 * 0.1 - 2)
        True
        """
        self.paces[part] = seconds
        kept = max(0.0, UNSURE * self.rows * sum(self.paces.values()) - (1 - SETTLING) * self.after)
        self.deadline, self.kept = self.deadline + self.kept - kept, kept

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Record how long a step of learning takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.steps.append((name, time.perf_counter() - start))


@runtime_checkable
class Learner(Protocol):
    """A way to learn a task. Parameters are fields of a flat dataclass; state exists only after `fit`.

    Rules that the contract tests hold every learner to: `fit` keeps `run.deadline`; weights are learned from
    `train` alone and `valid` is for stopping, choosing and nothing else (intervals are calibrated on it later);
    `predict` never needs the target column, gives equal answers for a batch and for single rows, and copes
    with missing values and unseen categories; the same seed gives the same model; `load(save())` predicts the same.
    """

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn `problem` from `train` before `run.deadline`."""

    def predict(self, dataset: Dataset) -> Predictions:
        """Predictions for the rows of `dataset`, which holds `problem.inputs` in their trained kinds."""

    def save(self, folder: Path) -> None:
        """Write all state into the existing, empty `folder`: safetensors, JSON, LightGBM text, skops; never pickle."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""

    def features(self) -> list[str] | None:
        """The features it was told, by name; None where it found them itself."""


@runtime_checkable
class Recogniser(Learner, Protocol):
    """What a learner of persons offers beside its contract: others can become known, or be forgotten, without training.

    `gallery_` holds who is known; `knowing` gives the same learner with another gallery, its own left as it was.
    """

    gallery_: Gallery

    def embed(self, dataset: Dataset) -> npt.NDArray[np.float64]:
        """The vector of each row, float64 [rows, d] of length one."""

    def knowing(self, gallery: Gallery) -> Self:
        """The learner with these persons."""


@runtime_checkable
class Decomposer(Learner, Protocol):
    """What a learner of series may offer beside its contract: what its forecasts are made of."""

    def parts(self, dataset: Dataset, said: Forecasts) -> Parts:
        """Trend, season and effects of known columns in the forecasts `said` of these windows."""


@runtime_checkable
class RecordLearner(Protocol):
    """What a learner may offer beside its contract: answers to a few rows of a table without a frame made of them.

    Making a frame and taking it apart again costs more than many a prediction of one row does.
    """

    def predict_records(self, records: Sequence[Mapping[str, Any]]) -> Predictions:
        """What `predict` says of the same rows, to the bit: one dict or more, with a cell for each input.

        Cells are as a dataset stores them: a number a float or int, a category a str, a time a naive datetime, None
        what is missing. Inputs are numbers, categories and times alone.
        """
