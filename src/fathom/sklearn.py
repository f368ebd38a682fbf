"""Contenders behind scikit-learn's interface: `FathomClassifier` and `FathomRegressor` for pipelines and searches."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)
from threadpoolctl import threadpool_limits

from fathom import catalog
from fathom.arrays import input_frame, is_frame, typed_inputs
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.split import split
from fathom.errors import DataError, FathomError, TrainingError
from fathom.learner import Learner, Run
from fathom.messages import phrase
from fathom.model import Model
from fathom.protocol import calibration
from fathom.tasks.predictions import Labels, Numbers, Predictions
from fathom.tasks.problem import Problem
from fathom.tasks.task import Measure, Task

AUTO = "auto"
VALID = 0.2  # share of the rows that the contenders are chosen on
FEW_ROWS = 1_000  # below, only learners that are ready in a moment
QUICK = ("logistic-regression", "ridge", "nearest-neighbours", "gradient-boosting", "support-vectors")
LEFT_OUT = ("baseline",)


@dataclass
class Candidate:
    """A contender after its training, with what it predicts for the validation rows; of two the greater merit wins."""

    row: catalog.LearnerRow
    learner: Learner
    predictions: Predictions
    score: float
    merit: float


class _Estimator(BaseEstimator):  # type: ignore[misc]
    """What classifier and regressor share: train the contenders in this process, keep the best on validation rows.

    Parameters
    ----------
    learner : "auto", a learner's name, or a list of names
        "auto" takes the contenders of the task, and below 1,000 rows only the quick ones.
    minutes : float
        The time for all contenders together.
    random_state : int, RandomState or None
        The seed of the split and of every learner.
    device : "auto", "cpu" or "cuda"
        Where deep learners learn.
    n_jobs : int or None
        Threads for each learner; None is one.
    """

    _task = ""

    def __init__(
        self,
        learner: str | Sequence[str] = AUTO,
        minutes: float = 1.0,
        random_state: Any = None,
        device: str = "cpu",
        n_jobs: int | None = None,
    ) -> None:
        self.learner = learner
        self.minutes = minutes
        self.random_state = random_state
        self.device = device
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.target_tags.required = True
        return tags

    def _learn(self, inputs: pl.DataFrame, answers: pl.Series, classes: tuple[str, ...]) -> None:
        """Train the contenders on one part of the rows and keep the best on the other as `model_`."""
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        dataset, problem = self._posed(inputs, answers, classes)
        train, valid = _parted(dataset, problem, seed)
        task: Task = catalog.load(catalog.task(self._task).path)
        measure = task.measure(task.choose_measure(problem, train))
        rows = self._contenders(len(dataset))
        learners = [catalog.load(row.path)() for row in rows]  # importing their libraries is not learning
        deadline = time.monotonic() + 60 * self.minutes
        candidates: list[Candidate] = []
        for position, (row, learner) in enumerate(zip(rows, learners, strict=True)):
            seconds = (deadline - time.monotonic()) / (len(rows) - position)
            run = Run.lasting(seconds, seed=seed, device=self._device(row), threads=self.n_jobs or 1)
            try:
                with threadpool_limits(run.threads):  # threads of a search's neighbours that spin starve each other
                    candidates.append(_tried(row, learner, problem, train, valid, measure, run))
            except TrainingError:
                if len(rows) == 1:
                    raise
        if not candidates:
            raise TrainingError(
                phrase("No contender could learn these rows."), remedy=phrase("Give more rows or more minutes.")
            )
        chosen = max(candidates, key=lambda candidate: candidate.merit)
        correction = calibration.fit(problem.truth(valid), chosen.predictions)
        self.model_ = Model(chosen.learner, chosen.row.name, chosen.row.family, problem, correction)
        self.learner_ = chosen.row.name
        self.scores_ = {candidate.row.name: candidate.score for candidate in candidates}

    def _device(self, row: catalog.LearnerRow) -> str:
        return str(catalog.load("fathom.deep.device:best")(self.device)) if row.family == "deep" else "cpu"

    def _posed(self, inputs: pl.DataFrame, answers: pl.Series, classes: tuple[str, ...]) -> tuple[Dataset, Problem]:
        columns = typed_inputs(inputs)
        target = "target"
        while target in inputs.columns:
            target += "_"
        kind = Kind.CATEGORY if classes else Kind.NUMBER
        frame = columns.frame.with_columns(answers.alias(target))
        dataset = Dataset(frame, (*columns.columns, Column(target, kind)))
        return dataset, Problem(self._task, target, columns.columns, classes)

    def _contenders(self, rows: int) -> list[catalog.LearnerRow]:
        wanted = [self.learner] if isinstance(self.learner, str) else list(self.learner)
        able = {row.name: row for row in catalog.learners_for(self._task, wanted if self.learner != AUTO else ())}
        if self.learner != AUTO:
            for name in wanted:
                if name not in able:
                    raise FathomError(
                        phrase("'{name}' cannot learn {task}.", name=name, task=self._task),
                        where=phrase("learner"),
                        remedy=phrase("Those that can: {names}.", names=", ".join(able)),
                    )
                catalog.require(able[name].extra, f"'{name}'")
            return [able[name] for name in wanted]
        ready = [row for row in able.values() if row.contender and not catalog.missing(row.extra)]
        ready = [row for row in ready if row.name not in LEFT_OUT]
        return [row for row in ready if row.name in QUICK] if rows < FEW_ROWS else ready

    def _predictions(self, X: Any) -> Predictions:
        check_is_fitted(self)
        if is_frame(X):
            validate_data(self, X, reset=False, skip_check_array=True)
        else:
            X = validate_data(self, X, reset=False, dtype=None, ensure_all_finite="allow-nan")
        return self.model_.predict_frame(input_frame(X))

    def _checked(self, X: Any, y: Any) -> tuple[pl.DataFrame, npt.NDArray[Any]]:
        """X as a frame and y as an array, held to scikit-learn's rules; column names are remembered."""
        numeric = self._task == "tabular-regression"
        if not is_frame(X):
            X, y = validate_data(
                self, X, y, dtype=None, ensure_all_finite="allow-nan", ensure_min_samples=2, y_numeric=numeric
            )
            return input_frame(X), y
        validate_data(self, X, y, skip_check_array=True)
        y = column_or_1d(y, dtype=np.float64 if numeric else None, warn=True)
        assert_all_finite(y, input_name="y")
        check_consistent_length(X, y)
        return input_frame(X), y


def _tried(
    row: catalog.LearnerRow,
    learner: Learner,
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    measure: Measure,
    run: Run,
) -> Candidate:
    learner.fit(problem, train, valid, run)
    predictions = learner.predict(valid)
    score = measure.score(problem.truth(valid), predictions, None)
    merit = score if measure.higher_is_better else -score
    return Candidate(row, learner, predictions, score, merit if np.isfinite(merit) else -np.inf)


def _parted(dataset: Dataset, problem: Problem, seed: int) -> tuple[Dataset, Dataset]:
    """Rows to learn from and rows to choose on; so few rows that none can be spared are used for both."""
    parts = split(dataset, problem, seed=seed, test=0.0, valid=VALID)
    if not len(parts.valid):
        return dataset.take(parts.train), dataset.take(parts.train)
    return dataset.take(parts.train), dataset.take(parts.valid)


class FathomClassifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """The best of fathom's contenders for labels, chosen on validation rows.

    X: NumPy array, pandas or Polars frame [rows, columns], with missing values and categories; y: labels [rows].
    After `fit`: `classes_`, `model_` (a `fathom.Model`, which can be saved and served), `learner_`, `scores_`.

    >>> import numpy as np
    >>> X = np.repeat(np.arange(40.0)[:, None], 2, axis=1)
    >>> FathomClassifier(random_state=0).fit(X, X[:, 0] > 20).predict([[1, 1], [39, 39]])
    array([False,  True])
    """

    _task = "tabular-classification"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn to label rows like those of X."""
        frame, y = self._checked(X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise DataError(
                phrase("There is nothing to tell apart: y holds only one class."),
                remedy=phrase("Give rows of two classes."),
            )
        names = tuple(str(label) for label in self.classes_)
        self._learn(frame, pl.Series([names[code] for code in codes], dtype=pl.String), names)
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of each row, [rows]."""
        probabilities = self.predict_proba(X)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probability of each class, float64 [rows, classes], in the order of `classes_`."""
        predictions = self._predictions(X)
        assert isinstance(predictions, Labels)
        return predictions.probabilities


class FathomRegressor(RegressorMixin, _Estimator):  # type: ignore[misc]
    """The best of fathom's contenders for numbers, chosen on validation rows.

    X: NumPy array, pandas or Polars frame [rows, columns], with missing values and categories; y: numbers [rows].
    After `fit`: `model_` (a `fathom.Model`, which can be saved and served), `learner_`, `scores_`.
    """

    _task = "tabular-regression"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn to estimate the numbers of rows like those of X."""
        frame, y = self._checked(X, y)
        self._learn(frame, pl.Series(y, dtype=pl.Float64), ())
        return self

    def predict(self, X: Any) -> npt.NDArray[np.float64]:
        """The estimate for each row, float64 [rows]."""
        predictions = self._predictions(X)
        assert isinstance(predictions, Numbers)
        return predictions.values
