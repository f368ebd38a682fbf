"""Naive Bayes: each n-gram votes by how much likelier it is in one label's texts than in others'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.classical import platt, saving
from fathom.classical.features import choose
from fathom.classical.features.text import Text
from fathom.classical.lesson import Lesson, prepare
from fathom.classical.outcome import Outcome, loss
from fathom.classical.products import Matrix, Products, answers
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]


@dataclass
class NaiveBayes:
    """Multinomial naive Bayes, or its complement (Rennie et al. 2003), on weighed n-grams; solved by counting.

    How much is added to each count, and which of the two, the validation rows tell; so do they, by Platt's scaling, how
    sure it may be: features that are not independent make it too sure.
    """

    smoothings: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # added to each sum of an n-gram's weights

    features_: Text = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    weights_: Floats = field(init=False, repr=False)  # [counts + 1, classes]; the last row is the classes' shares
    scaling_: Floats = field(init=False, repr=False)  # slope and shifts of the probabilities

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Count once, choose the smoothing on the validation rows."""
        lesson = prepare(problem, train, valid, run, choose.scaled)
        assert isinstance(lesson.features, Text)
        self.features_, self.outcome_ = lesson.features, lesson.outcome
        with run.step("training"):
            self._choose(lesson, run)
        run.progress(1.0, "counted")

    def _choose(self, lesson: Lesson, run: Run) -> None:
        classes = lesson.outcome.labels_known
        products = Products(counts(lesson.x, self.features_.words))
        valid_x = counts(lesson.valid_x, self.features_.words)
        sums = products.back(np.eye(classes)[lesson.y]).astype(np.float64)
        lowest = np.inf
        for smoothing in sorted(self.smoothings, key=lambda each: abs(np.log(each / 0.1))):  # the usual one first
            for weights in _votes(sums, lesson.outcome.shares, smoothing):
                scores = answers(valid_x, weights)
                scaling = platt.fit(scores, lesson.valid_y)
                found = loss(lesson.outcome, platt.probabilities(scores, scaling), lesson.valid_y)
                if found < lowest or not np.isfinite(lowest):
                    lowest, self.weights_, self.scaling_ = found, weights, scaling
            if run.remaining() < 0:
                break

    def predict(self, dataset: Dataset) -> Labels:
        """Labels with probabilities."""
        xs = (counts(each, self.features_.words) for each in choose.batches(self.features_, dataset))
        return self.outcome_.labels(
            np.concatenate([platt.probabilities(answers(x, self.weights_), self.scaling_) for x in xs])
        )

    def save(self, folder: Path) -> None:
        """Write features as JSON and arrays, weights as an array."""
        state = {"features": choose.write(folder, self.features_), "outcome": self.outcome_.to_json()}
        saving.write_learner(folder, self, state, {"weights": self.weights_, "scaling": self.scaling_})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        arrays = saving.read_arrays(folder / saving.ARRAYS)
        with saving.reading(folder):
            learner.features_ = choose.read(folder, state["features"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.weights_, learner.scaling_ = arrays["weights"], arrays["scaling"]
            width = 2 * learner.features_.width - learner.features_.words
            classes = learner.outcome_.labels_known
            if learner.weights_.shape != (width + 1, classes) or learner.scaling_.shape != (classes + 1,):
                raise ValueError(phrase("weights and features differ in number"))
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names


def counts(x: Matrix, words: int) -> sparse.csr_matrix:
    """Features that are never below 0: n-grams as they are, others as what they are above 0 and what below.

    >>> counts(sparse.csr_matrix([[2.0, -3.0]]), 1).toarray().tolist()
    [[2.0, 0.0, 3.0]]
    """
    if x.shape[1] == words:
        return x
    rest = x[:, words:]
    return sparse.hstack([x[:, :words], rest.maximum(0), (-rest).maximum(0)], format="csr")


def _votes(sums: Floats, shares: Floats, smoothing: float) -> Iterator[Floats]:
    """Weights [counts + 1, classes], multinomial and complement, from each class's sums [counts, classes]."""
    prior = np.log(shares)
    own = sums + smoothing
    yield np.vstack([np.log(own / own.sum(axis=0)), prior])
    if sums.shape[1] > 2:  # of two classes, the complement of one is the other
        others = sums.sum(axis=1, keepdims=True) - sums + smoothing
        votes = -np.log(others / others.sum(axis=0))
        yield np.vstack([votes / np.abs(votes).mean(axis=0), 0 * prior])
