"""Several labels a row: a logistic regression for each label by itself, on the same features."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.descent import Descent
from fathom.classical.features import choose
from fathom.classical.lesson import Rows, featurized
from fathom.classical.products import Matrix, answers
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

USUAL = 3.0  # where there is nothing to choose by
LEAST_SHARE = 0.5  # of a row, that is counted to a label no row has


@dataclass
class BinaryRelevance:
    """One logistic regression with an L2 penalty for each label (Boutell et al. 2004), all solved together.

    `strengths` are tried from the most to the least regularised; the one with the lowest validation log-loss stays.
    """

    strengths: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
    iterations: int = 200  # at most, for each strength

    features_: choose.Features = field(init=False, repr=False)
    classes_: tuple[str, ...] = field(init=False, repr=False)
    weights_: Floats = field(init=False, repr=False)  # [features + 1, labels]; the last row is the intercept

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Follow the path of strengths while validation improves and time is left."""
        rows = featurized(problem, train, valid, run, choose.scaled)
        self.features_, self.classes_ = rows.features, problem.sets
        with run.step("training"):
            self.weights_ = self._best(rows, run)
        run.progress(1.0, "trained")

    def _best(self, rows: Rows, run: Run) -> Floats:
        truth = rows.truth.astype(np.int64)
        task = Descent(rows.x, truth, truth.shape[1], run)
        weights = np.zeros((rows.x.shape[1] + 1, truth.shape[1]))
        shares = (truth.sum(axis=0) + LEAST_SHARE) / (len(truth) + 2 * LEAST_SHARE)
        weights[-1] = np.log(shares / (1 - shares))
        best, lowest = weights, np.inf
        path = self.strengths if len(rows.valid_truth) else (USUAL,)
        for position, strength in enumerate(path):
            if task.out_of_time:
                break
            weights = task.solve(weights, strength, self.iterations)
            found = _log_loss(_probabilities(rows.valid_x, weights), rows.valid_truth)
            note = phrase("C={strength:g}, validation loss {loss:.4f}", strength=strength, loss=found)
            run.progress((position + 1) / (len(path) + 1), note)
            if found >= lowest:
                break
            best, lowest = weights, found
        return best

    def predict(self, dataset: Dataset) -> LabelSets:
        """Each label with its probability."""
        parts = [_probabilities(each, self.weights_) for each in choose.batches(self.features_, dataset)]
        return LabelSets.of(self.classes_, np.concatenate(parts))

    def save(self, folder: Path) -> None:
        """Write features as JSON and arrays, weights as an array."""
        state = {"features": choose.write(folder, self.features_), "classes": list(self.classes_)}
        saving.write_learner(folder, self, state, {"weights": self.weights_})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.features_ = choose.read(folder, state["features"])
            learner.classes_ = tuple(str(name) for name in state["classes"])
            learner.weights_ = saving.read_arrays(folder / saving.ARRAYS)["weights"]
            if learner.weights_.shape != (len(learner.features_.names) + 1, len(learner.classes_)):
                raise ValueError(phrase("weights and features differ in number"))
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names


def _probabilities(x: Matrix, weights: Floats) -> Floats:
    """A probability for each label by itself, [rows, labels]."""
    shares: Floats = 1.0 / (1.0 + np.exp(np.clip(-answers(x, weights), -500, 500)))
    return shares


def _log_loss(shares: Floats, truth: npt.NDArray[np.int8]) -> float:
    given = np.where(truth > 0, shares, 1 - shares)
    return float(-np.log(np.clip(given, 1e-7, 1.0)).mean()) if given.size else 0.0
