"""Weighted sums of features: logistic regression for labels, ridge regression for numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.classical import saving
from fathom.classical.descent import Descent
from fathom.classical.features import choose
from fathom.classical.forecasting.linear import LinearLags
from fathom.classical.lesson import Lesson, prepare
from fathom.classical.outcome import Outcome, log_loss, loss
from fathom.classical.products import answers, probabilities
from fathom.classical.words import best_of_text, finer
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.predictions import Forecasts, Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

LAG_PENALTIES = (1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)  # of series, whose unit is known
FLOPS = 5e9  # a second, of one busy core: what exact solutions are planned with


@dataclass
class LogisticRegression:
    """Multinomial logistic regression with an L2 penalty (Cox 1958), solved by L-BFGS.

    `strengths` are tried from the most to the least regularised, each starting from the solution before;
    the one with the lowest validation log-loss stays. The same objective as scikit-learn's C. For texts, where features
    are n-grams, see `fathom.classical.words`.
    """

    strengths: tuple[float, ...] = (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)
    iterations: int = 200  # at most, for each strength

    features_: choose.Features = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    weights_: Floats = field(init=False, repr=False)  # [features + 1, classes or 1]; the last row is the intercept

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Follow the path of strengths while validation improves and time is left."""
        lesson = prepare(problem, train, valid, run, choose.scaled)
        self.features_, self.outcome_ = lesson.features, lesson.outcome
        with run.step("training"):
            if sparse.issparse(lesson.x):
                self.weights_ = best_of_text(lesson, run, finer(self.strengths), self.iterations)
            else:
                self.weights_ = self._best(lesson, run)
        run.progress(1.0, "trained")

    def _best(self, lesson: Lesson, run: Run) -> Floats:
        task = Descent(lesson.x, lesson.y, max(lesson.outcome.labels_known, 1), run)
        weights = best = task.start(lesson.outcome.shares)
        lowest = np.inf
        worse = 0
        for position, strength in enumerate(self.strengths):
            if lesson.outcome.settled or task.out_of_time or worse == 2:
                break
            weights = task.solve(weights, float(strength), self.iterations)
            found = log_loss(probabilities(lesson.valid_x, weights), lesson.valid_y)
            worse = 0 if found < lowest or len(lesson.valid_y) == 0 else worse + 1
            if worse == 0:
                best, lowest = weights, found
            if len(lesson.valid_y) == 0 and strength >= 1:  # nothing to choose by: the usual strength
                break
            note = phrase("C={strength:g}, validation log-loss {loss:.4f}", strength=strength, loss=found)
            run.progress((position + 1) / len(self.strengths), note)
        return best

    def predict(self, dataset: Dataset) -> Labels:
        """Labels with probabilities."""
        return self._labels([probabilities(each, self.weights_) for each in choose.batches(self.features_, dataset)])

    def predict_records(self, records: Sequence[Mapping[str, Any]]) -> Labels:
        """The same for a few rows as plain cells."""
        return self._labels([probabilities(choose.rows(self.features_, records), self.weights_)])

    def contributions(self, dataset: Dataset) -> tuple[list[str], Floats] | None:
        """What each feature adds to the log-odds of the second of two labels: weight times deviation from the mean."""
        if self.weights_.shape[1] != 1 or self.outcome_.labels_known != 2:
            return None
        parts = list(choose.batches(self.features_, dataset))
        if any(map(sparse.issparse, parts)):
            return None
        return self.features_.names, np.concatenate(parts).astype(np.float64) * self.weights_[:-1, 0]

    def _labels(self, parts: list[Floats]) -> Labels:
        whole = np.concatenate(parts)
        return self.outcome_.labels(whole[:, : self.outcome_.labels_known])  # one column for a single class

    def save(self, folder: Path) -> None:
        """Write features as JSON, weights as an array."""
        _save(folder, self, self.features_, self.outcome_, self.weights_)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        _load(folder, learner, state)
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names


@dataclass
class Ridge:
    """Least squares with small weights (Hoerl & Kennard 1970), solved exactly for every penalty at once.

    The penalty with the lowest validation error stays; one decomposition serves them all. Of series, see
    `fathom.classical.forecasting.linear`.
    """

    penalties: tuple[float, ...] = (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4)

    features_: choose.Features = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    weights_: Floats = field(init=False, repr=False)  # [features + 1, 1]; the last row is the intercept
    lags_: LinearLags | None = field(init=False, repr=False)  # of series alone

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Decompose once, choose the penalty on the validation rows."""
        self.lags_ = LinearLags.of(problem, train, valid, run, LAG_PENALTIES) if problem.horizon else None
        if self.lags_ is not None:
            run.progress(1.0, "solved")
            return
        lesson = prepare(problem, train, valid, run, choose.scaled)
        self.features_, self.outcome_ = lesson.features, lesson.outcome
        with run.step("training"):
            rows = _solvable(len(lesson.x), lesson.x.shape[1], run.remaining())
            chosen = np.sort(np.random.default_rng(run.seed).permutation(len(lesson.x))[:rows])
            losses = {}
            for penalty, weights in _paths(lesson.x[chosen], lesson.y[chosen], self.penalties):
                found = loss(lesson.outcome, answers(lesson.valid_x, weights)[:, 0], lesson.valid_y)
                losses[found if len(lesson.valid_y) else abs(penalty - 1)] = weights
            self.weights_ = losses[min(losses)]
        run.progress(1.0, "solved")

    def predict(self, dataset: Dataset) -> Numbers | Forecasts:
        """Numbers in the target's unit, or forecasts."""
        if self.lags_ is not None:
            return self.lags_.forecasts(dataset)
        return self.outcome_.numbers(answers(self.features_.matrix(dataset), self.weights_)[:, 0])

    def predict_records(self, records: Sequence[Mapping[str, Any]]) -> Numbers:
        """The same for a few rows as plain cells."""
        return self.outcome_.numbers(answers(choose.rows(self.features_, records), self.weights_)[:, 0])

    def save(self, folder: Path) -> None:
        """Write features as JSON, weights as an array."""
        if self.lags_ is not None:
            saving.write_learner(folder, self, {"lags": self.lags_.save(folder)})
            return
        _save(folder, self, self.features_, self.outcome_, self.weights_)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        learner.lags_ = None
        if "lags" in state:
            with saving.reading(folder):
                learner.lags_ = LinearLags.load(folder, state["lags"])
            return learner
        _load(folder, learner, state)
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix, or the steps looked back at."""
        return self.lags_.features() if self.lags_ is not None else self.features_.names


def _solvable(rows: int, features: int, seconds: float) -> int:
    """How many rows an exact solution can take in half of the seconds."""
    room = max(seconds, 0.05) / 2 * FLOPS
    if rows * features**2 + 10 * min(rows, features) ** 3 <= room:
        return rows
    primal = (room - 10 * features**3) / features**2
    dual = (room / (10 + features)) ** (1 / 3)  # rows^3 for the decomposition, rows^2 x features for the products
    return int(np.clip(max(primal, dual), 2, rows))


def _paths(x: npt.NDArray[Any], y: Floats, penalties: tuple[float, ...]) -> Iterator[tuple[float, Floats]]:
    """Each penalty with its weights [features + 1, 1]."""
    x = x.astype(np.float64, copy=False)
    centre, middle = x.mean(axis=0), y.mean()
    x = x - centre
    wide = x.shape[1] > x.shape[0]
    values, vectors = np.linalg.eigh(x @ x.T if wide else x.T @ x)
    turned = vectors.T @ ((y - middle) if wide else x.T @ (y - middle))
    for penalty in penalties:
        solution = vectors @ (turned / (np.maximum(values, 0) + penalty))
        weights = x.T @ solution if wide else solution
        yield penalty, np.append(weights, middle - centre @ weights)[:, None]


def _save(folder: Path, learner: Any, features: choose.Features, outcome: Outcome, weights: Floats) -> None:
    state = {"features": choose.write(folder, features), "outcome": outcome.to_json()}
    saving.write_learner(folder, learner, state, {"weights": weights})


def _load(folder: Path, learner: Any, state: dict[str, Any]) -> None:
    with saving.reading(folder):
        learner.features_ = choose.read(folder, state["features"])
        learner.outcome_ = Outcome.from_json(state["outcome"])
        learner.weights_ = saving.read_arrays(folder / saving.ARRAYS)["weights"]
        if learner.weights_.shape[0] != len(learner.features_.names) + 1:
            raise ValueError(phrase("weights and features differ in number"))
