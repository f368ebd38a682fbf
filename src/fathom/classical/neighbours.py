"""The answer of the most similar training rows (Fix & Hodges 1951)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.features import choose
from fathom.classical.features.projection import principal_axes, projected
from fathom.classical.lesson import Lesson, prepare, sample
from fathom.classical.nearest import Found, nearest
from fathom.classical.outcome import Outcome, loss
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

PILOT_QUERIES = 64
MOST_QUERIES = 2_000  # validation rows that choosing asks for
SHARE_OF_TIME = 0.4  # that asking for all validation rows may take; testing takes about as long again
SHARPNESS = (0.5, 1.0, 2.0, 4.0)


@dataclass
class NearestNeighbours:
    """A vote of the k nearest rows, near ones counting more where validation likes that.

    Rows as near as the k-th count too, so the order of the training rows decides nothing. Labels: the classes' shares
    vote as one more neighbour, so that no class of the training rows gets probability zero.
    """

    neighbours: tuple[int, ...] = (1, 2, 3, 5, 8, 12, 20, 32, 50, 80)  # numbers to choose from
    weightings: tuple[str, ...] = ("equal", "near")
    most_rows: int = 50_000  # remembered

    features_: choose.Features = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    axes_: Floats = field(init=False, repr=False)  # [features, axes]; no column: the features themselves
    rows_: npt.NDArray[np.float32] = field(init=False, repr=False)  # [rows, features or axes]
    answers_: npt.NDArray[Any] = field(init=False, repr=False)  # int64 class positions or float64 numbers [rows]
    chosen_: dict[str, Any] = field(init=False, repr=False)  # k, weighting, sharpness

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Remember rows, choose how many to ask and how they vote."""
        lesson = prepare(problem, train, valid, run, choose.squashed)
        self.features_, self.outcome_ = lesson.features, lesson.outcome
        with run.step("training"):
            self.axes_ = principal_axes(lesson.x, run.remaining())
            self._remember(lesson, run)
            self._choose(lesson, run)
        k, weighting = self.chosen_["k"], self.chosen_["weighting"]
        run.progress(1.0, phrase("{k} neighbours, weighting {weighting}", k=k, weighting=weighting))

    def _remember(self, lesson: Lesson, run: Run) -> None:
        """Keep as many rows as can be asked in time."""
        rng = np.random.default_rng(run.seed)
        labelled = bool(self.outcome_.classes)
        keep = sample(lesson.y, min(self.most_rows, len(lesson.x)), labelled, rng)
        self.rows_ = projected(lesson.x[keep], self.axes_).astype(np.float32)
        self.answers_ = lesson.y[keep]
        if not len(lesson.valid_x) or not np.isfinite(run.deadline):
            return
        queries = projected(lesson.valid_x[:PILOT_QUERIES], self.axes_)
        start = time.perf_counter()
        nearest(queries, self.rows_, min(20, len(self.rows_)))
        expected = (time.perf_counter() - start) / len(queries) * len(lesson.valid_x)
        affordable = SHARE_OF_TIME * max(run.remaining(), 0.0) / expected
        if affordable < 1:
            fewer = sample(self.answers_, max(int(affordable * len(keep)), 500), labelled, rng)
            self.rows_, self.answers_ = self.rows_[fewer], self.answers_[fewer]

    def _choose(self, lesson: Lesson, run: Run) -> None:
        """Try each number of neighbours, weighting and sharpness on the validation rows."""
        numbers = sorted({min(max(int(k), 1), len(self.rows_)) for k in self.neighbours})
        self.chosen_ = {"k": numbers[len(numbers) // 3], "weighting": "near", "sharpness": 1.0}
        if not len(lesson.valid_x) or self.outcome_.settled:
            return
        some = np.random.default_rng(run.seed).permutation(len(lesson.valid_x))[:MOST_QUERIES]
        found = nearest(projected(lesson.valid_x[some], self.axes_), self.rows_, numbers[-1])
        lowest = np.inf
        for chosen in self._choices(numbers):
            answers = self._vote(found.first(chosen["k"]), **chosen)
            trouble = loss(self.outcome_, answers, lesson.valid_y[some])
            if trouble < lowest:
                lowest, self.chosen_ = trouble, chosen
            if run.remaining() < 0:
                return

    def _choices(self, numbers: list[int]) -> Iterator[dict[str, Any]]:
        for k in numbers:
            for weighting in self.weightings:
                for sharpness in SHARPNESS if self.outcome_.classes else (1.0,):
                    yield {"k": k, "weighting": weighting, "sharpness": sharpness}

    def _vote(self, found: Found, *, k: int, weighting: str, sharpness: float) -> Floats:
        """Probabilities [queries, present] or standardised numbers [queries]."""
        weights = found.nearness(k) if weighting == "near" else np.ones(len(found.row))
        if not self.outcome_.classes:
            total = np.bincount(found.query, weights, minlength=found.queries)
            return np.bincount(found.query, weights * self.answers_[found.row], minlength=found.queries) / total
        classes = self.outcome_.labels_known
        place = found.query * classes + self.answers_[found.row]
        counted = np.bincount(place, weights, minlength=found.queries * classes).reshape(-1, classes)
        votes = counted + self.outcome_.shares
        sharp = (votes / votes.max(axis=1, keepdims=True)) ** sharpness
        probabilities: Floats = sharp / sharp.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, dataset: Dataset) -> Labels | Numbers:
        """Labels with probabilities, or numbers."""
        queries = projected(self.features_.matrix(dataset), self.axes_)
        found = nearest(queries, self.rows_, self.chosen_["k"])
        return self.outcome_.predictions(self._vote(found, **self.chosen_))

    def save(self, folder: Path) -> None:
        """Write features as JSON, the remembered rows as arrays."""
        state = {
            "features": choose.write(folder, self.features_),
            "outcome": self.outcome_.to_json(),
            "chosen": self.chosen_,
        }
        saving.write_learner(folder, self, state, {"rows": self.rows_, "answers": self.answers_, "axes": self.axes_})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        arrays = saving.read_arrays(folder / saving.ARRAYS)
        with saving.reading(folder):
            learner.features_ = choose.read(folder, state["features"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.chosen_ = state["chosen"]
            learner.rows_, learner.answers_, learner.axes_ = arrays["rows"], arrays["answers"], arrays["axes"]
            width = learner.axes_.shape[1] or len(learner.features_.names)
            classes = learner.outcome_.labels_known
            if learner.rows_.shape != (len(learner.answers_), width):
                raise ValueError(phrase("rows, answers and features differ in number"))
            if classes and not (learner.answers_.min() >= 0 and learner.answers_.max() < classes):
                raise ValueError(phrase("an answer is no known class"))
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names
