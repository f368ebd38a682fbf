"""A person's own scikit-learn estimator, under the same rules as every other learner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from fathom import catalog
from fathom.classical import estimator_file, saving
from fathom.classical.features import choose, frames
from fathom.classical.outcome import Outcome, softmax
from fathom.data.dataset import Dataset
from fathom.errors import MissingExtra, TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

FILE = "estimator.skops"
SURE = 0.98  # the probability of a label from an estimator that gives none


@dataclass
class OwnEstimator:
    """Any scikit-learn classifier or regressor, or a pipeline that ends in one.

    A pipeline that begins with a ColumnTransformer gets the inputs as a frame with their names (pandas where it is
    installed, else Polars). Any other estimator gets numbers: scaled and filled columns with one-hot categories for a
    table, pixels 0..1 for pictures. A classifier is taught class names. It is fitted on all training rows: the
    deadline cannot be kept for it, only enforced from outside.
    """

    estimator: Any

    problem_: Problem = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    features_: choose.Features | None = field(init=False, repr=False)
    form_: dict[str, Any] = field(init=False, repr=False)  # what the estimator is given

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Fit a clone of the estimator; the validation rows are not used."""
        truth = problem.truth(train)
        rows = np.flatnonzero(problem.known(truth))
        train, truth = train.take(rows), truth[rows]
        self.problem_, self.outcome_ = problem, Outcome.of(problem.classes, truth)
        with run.step("features"):
            self.form_ = _form(self.estimator, problem, train)
            self.features_ = choose.scaled(problem, train) if self.form_["gives"] == "numbers" else None
            x = self._inputs(train)
        with run.step("training"):
            estimator = sklearn.clone(self.estimator)
            y = np.array(problem.classes, dtype=object)[truth].astype(str) if problem.classes else truth
            try:
                self.estimator = estimator.fit(x, y)
            except (ValueError, TypeError) as error:
                raise TrainingError(
                    phrase("'{name}' cannot learn this problem: {error}", name=type(estimator).__name__, error=error),
                    remedy=phrase(
                        "Let it take missing values and text, or begin with a ColumnTransformer that mends them."
                    ),
                ) from error
        run.progress(1.0, "trained")

    def _inputs(self, dataset: Dataset) -> Any:
        if self.features_ is not None:
            return self.features_.matrix(dataset)
        if self.form_["gives"] == "pixels":
            return frames.pixels(self.problem_, dataset, tuple(self.form_["shape"]))
        return frames.frame(self.problem_, dataset, pandas=self.form_["pandas"])

    def predict(self, dataset: Dataset) -> Labels | Numbers:
        """Labels with the estimator's probabilities (decisions through a softmax where it gives none), or numbers."""
        x = self._inputs(dataset)
        if not self.problem_.classes:
            return Numbers(np.asarray(self.estimator.predict(x), dtype=np.float64).reshape(len(dataset)))
        if hasattr(self.estimator, "predict_proba"):
            answers = np.asarray(self.estimator.predict_proba(x), dtype=np.float64)
        elif hasattr(self.estimator, "decision_function"):
            answers = _decided(np.asarray(self.estimator.decision_function(x), dtype=np.float64))
        else:
            answers = self._said(self.estimator.predict(x))
        known = [self.problem_.classes.index(str(name)) for name in self.estimator.classes_]
        full = np.zeros((len(dataset), len(self.problem_.classes)))
        full[:, known] = np.clip(answers, 0, None)
        return Labels(self.problem_.classes, full / full.sum(axis=1, keepdims=True))

    def _said(self, labels: npt.NDArray[Any]) -> Floats:
        names = [str(name) for name in self.estimator.classes_]
        answers = np.full((len(labels), len(names)), (1 - SURE) / max(len(names) - 1, 1))
        answers[np.arange(len(labels)), [names.index(str(label)) for label in labels]] = SURE
        return answers

    def save(self, folder: Path) -> None:
        """Write the estimator as skops; a StoreError where a part of it cannot be written without pickle."""
        state = {
            "problem": self.problem_.to_json(),
            "outcome": self.outcome_.to_json(),
            "features": choose.write(folder, self.features_) if self.features_ is not None else None,
            "form": self.form_,
        }
        saving.write_state(folder, type(self).__name__, {}, state)
        estimator_file.write(folder / FILE, self.estimator)

    @classmethod
    def load(cls, folder: Path, trusted: Iterable[str] = ()) -> Self:
        """The learner that `save` wrote; types beyond scikit-learn's own must be named in `trusted`."""
        _, state = saving.read_state(folder, cls.__name__)
        with saving.reading(folder):
            learner = cls(estimator_file.read(folder / FILE, trusted))
            learner.problem_ = Problem.from_json(state["problem"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.features_ = choose.read(folder, state["features"]) if state["features"] else None
            learner.form_ = state["form"]
        if learner.form_.get("pandas") and not frames.pandas_here():
            raise MissingExtra(phrase("This model was trained on pandas frames."), remedy="pip install pandas")
        return learner

    def features(self) -> list[str]:
        """The columns it was given."""
        if self.features_ is not None:
            return self.features_.names
        return [column.name for column in self.problem_.inputs]


def _form(estimator: Any, problem: Problem, train: Dataset) -> dict[str, Any]:
    """What the estimator is given: a frame, pixels or numbers."""
    if catalog.task(problem.task).reads == "image":
        return {"gives": "pixels", "shape": list(frames.pixel_shape(problem, train))}
    first = estimator.steps[0][1] if isinstance(estimator, Pipeline) else estimator
    if isinstance(first, ColumnTransformer):
        return {"gives": "frame", "pandas": frames.pandas_here()}
    return {"gives": "numbers"}


def _decided(decisions: Floats) -> Floats:
    """Probabilities [rows, classes] from decisions [rows] or [rows, classes]."""
    if decisions.ndim == 1:
        return softmax(np.column_stack([-decisions / 2, decisions / 2]))
    return softmax(decisions)
