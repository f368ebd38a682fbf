"""Gradient boosting: trees that each correct those before (Friedman 2001), by LightGBM (Ke et al. 2017)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.classical import boosted_text, saving
from fathom.classical.features import choose
from fathom.classical.forecasting.boosting import BoostedLags
from fathom.classical.lesson import Lesson, prepare, sample
from fathom.classical.outcome import Outcome
from fathom.classical.pace import Pace, binned
from fathom.classical.products import Matrix
from fathom.classical.recipes import Recipe, objective, parameters, recipes_for
from fathom.classical.rounds import Checkpoint, Watch
from fathom.classical.single_row import SingleRow
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.tasks.predictions import Forecasts, Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

MODEL = "trees.txt"
RARE, LONGEST_STEP = 0.05, 4.0  # a label of so few rows; log-odds that one tree may then move a row by, before the rate
FEW_ROWS = 1_000  # up to here one thread answers sooner than several


@dataclass
class GradientBoosting:
    """LightGBM with early stopping on the validation rows and native categories.

    Up to three recipes of tree size and caution are tried while the time allows, and the best on the validation rows
    stays. Fields left at 0 are the recipes' to choose; learning rates and row share follow the defaults that
    Holzmueller et al. 2024 ("Better by default") tuned over many data sets. Of series, see
    `fathom.classical.forecasting.boosting`.
    """

    rounds: int = 4_000  # at most
    recipes: int = 3  # to try
    learning_rate: float = 0.0
    leaves: int = 0
    rows_in_leaf: int = 0
    row_share: float = 0.75  # of the rows, drawn anew for each tree
    feature_share: float = 0.0
    patience: int = 0  # rounds without a better validation score until it stops

    features_: choose.Features = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    booster_: lightgbm.Booster | None = field(init=False, repr=False)  # None: a single class, nothing to learn
    threads_: int = field(init=False, repr=False)
    lags_: BoostedLags | None = field(init=False, repr=False)  # of series alone
    single_: SingleRow | None = field(init=False, repr=False, compare=False, default=None)  # made when first needed

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Add trees until validation stops improving or the time is up."""
        self.lags_ = None
        if problem.horizon:
            self.lags_ = BoostedLags.of(problem, train, valid, run, self._given())
            run.progress(1.0, "trained")
            return
        lesson = prepare(problem, train, valid, run, choose.coded)
        self.features_, self.outcome_, self.threads_ = lesson.features, lesson.outcome, run.threads
        self.booster_ = None
        if not lesson.outcome.settled:
            with run.step("training"):
                self.booster_ = self._boost(lesson, run)
        run.progress(1.0, "trained")

    def _boost(self, lesson: Lesson, run: Run) -> lightgbm.Booster:
        """Try the recipes in turn while there is time for another; the one with the lowest validation loss stays."""
        pace = None
        best, lowest = None, np.inf
        for number, recipe in enumerate(self._recipes(lesson)):
            start = time.monotonic()
            parameters = self._parameters(recipe, lesson, run)
            pace = pace or Pace(lesson, parameters, _categorical(lesson), run)
            checkpoint = Checkpoint(run.folder, f"recipe-{number + 1}")
            booster = self._train(lesson, parameters, pace, checkpoint, run)
            if best is None or checkpoint.best < lowest:
                best, lowest = _standalone(booster, checkpoint.best_round), checkpoint.best
            if len(lesson.valid_y) == 0 or run.remaining() < time.monotonic() - start:
                break
        assert best is not None
        return best

    def _train(
        self, lesson: Lesson, parameters: dict[str, Any], pace: Pace, checkpoint: Checkpoint, run: Run
    ) -> lightgbm.Booster:
        """Boost by one recipe, from its checkpoint if there is one."""
        begun = checkpoint.read(lambda path: _read(path, self))
        if begun is not None and checkpoint.finished:
            return begun
        parameters = parameters | {"learning_rate": pace.rate}
        x, y = lesson.x, lesson.y
        if pace.rows < x.shape[0]:
            chosen = sample(y, pace.rows, bool(lesson.outcome.classes), np.random.default_rng(run.seed))
            x, y = x[chosen], y[chosen]
        data = binned(x, y, pace.categorical, parameters)
        known = np.flatnonzero(lesson.valid_y >= 0) if lesson.outcome.classes else np.arange(len(lesson.valid_y))
        checks = []
        if len(known):
            checks.append(data.create_valid(lesson.valid_x[known], lesson.valid_y[known], params=parameters))
        done = begun.current_iteration() if begun is not None else 0
        patience = self.patience or int(np.clip(6 / pace.rate, 50, 300))
        return lightgbm.train(
            parameters,
            data,
            num_boost_round=max(self.rounds - done, 1),
            valid_sets=checks,
            init_model=begun,
            keep_training_booster=True,  # else LightGBM writes and reads all trees once more
            callbacks=[Watch(run, checkpoint, self.rounds, patience, pace.seconds_a_round)],
        )

    def _recipes(self, lesson: Lesson) -> list[Recipe]:
        """The recipes to try, each field that was given in place of theirs."""
        found = recipes_for(*lesson.x.shape, labelled=bool(lesson.outcome.classes))
        mended = [
            Recipe(
                self.leaves or recipe.leaves,
                self.rows_in_leaf or recipe.rows_in_leaf,
                self.feature_share or recipe.feature_share,
            )
            for recipe in found[: max(self.recipes, 1)]
        ]
        return list(dict.fromkeys(mended))

    def _parameters(self, recipe: Recipe, lesson: Lesson, run: Run) -> dict[str, Any]:
        classes = lesson.outcome.labels_known
        rate = self.learning_rate or (0.04 if classes else 0.05)
        own = {"bagging_fraction": self.row_share, "seed": run.seed % (2**31), "num_threads": run.threads}
        if classes == 2 and lesson.outcome.shares.min() <= RARE:  # else the first trees leap past what they aim at
            own["max_delta_step"] = LONGEST_STEP
        return parameters(recipe, rows=lesson.x.shape[0], classes=classes, rate=rate) | own

    def _given(self) -> dict[str, Any]:
        """What was set for trees on series, as LightGBM calls it."""
        given = {
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.rows_in_leaf,
            "feature_fraction": self.feature_share,
        }
        return {name: value for name, value in given.items() if value}

    def predict(self, dataset: Dataset) -> Labels | Numbers | Forecasts:
        """Labels with probabilities, numbers, or forecasts."""
        if self.lags_ is not None:
            return self.lags_.forecasts(dataset)
        parts = [self._answers(matrix) for matrix in choose.batches(self.features_, dataset)]
        return self.outcome_.predictions(np.concatenate(parts))

    def predict_records(self, records: Sequence[Mapping[str, Any]]) -> Labels | Numbers:
        """The same for a few rows as plain cells."""
        return self.outcome_.predictions(self._answers(choose.rows(self.features_, records)))

    def contributions(self, dataset: Dataset) -> tuple[list[str], Floats] | None:
        """What each feature adds to the log-odds of the second of two labels, float64 [rows, features] (TreeSHAP)."""
        if self.booster_ is None or self.outcome_.labels_known != 2 or not len(dataset):
            return None
        matrices = choose.batches(self.features_, dataset)
        parts = [np.asarray(self.booster_.predict(each, pred_contrib=True, num_threads=1)) for each in matrices]
        if sparse.issparse(parts[0]) or parts[0].ndim != 2:
            return None
        return self.features_.names, np.concatenate(parts)[:, :-1]

    def _answers(self, matrix: Matrix) -> Floats:
        """Probabilities [rows, present] or standardised numbers [rows]."""
        rows = matrix.shape[0]
        if self.booster_ is None:
            return np.ones((rows, 1))
        if rows == 0:  # LightGBM refuses an empty matrix
            return np.zeros((0, self.outcome_.labels_known) if self.outcome_.classes else 0)
        answers = self._asked(self.booster_, matrix)
        return np.column_stack([1 - answers, answers]) if self.outcome_.labels_known == 2 else answers

    def _asked(self, booster: lightgbm.Booster, matrix: Matrix) -> Floats:
        """LightGBM's answers, [rows, classes], or [rows] for two classes and for numbers."""
        if matrix.shape[0] > 1:
            threads = 1 if matrix.shape[0] <= FEW_ROWS else self.threads_
            return np.asarray(booster.predict(matrix, num_threads=threads))
        single = self.single_
        if single is None or single.booster is not booster:
            single = self.single_ = SingleRow(booster)
        return single.predict(matrix.toarray() if sparse.issparse(matrix) else matrix)

    def save(self, folder: Path) -> None:
        """Write features as JSON, trees as LightGBM's text."""
        if self.lags_ is not None:
            saving.write_learner(folder, self, {"lags": self.lags_.save(folder)})
            return
        state = {
            "features": choose.write(folder, self.features_),
            "outcome": self.outcome_.to_json(),
            "trees": self.booster_ is not None,
        }
        saving.write_learner(folder, self, state)
        if self.booster_ is not None:
            (folder / MODEL).write_text(self.booster_.model_to_string(), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        learner.lags_ = None
        with saving.reading(folder):
            if "lags" in state:
                learner.lags_ = BoostedLags.load(folder, state["lags"])
                return learner
            learner.features_ = choose.read(folder, state["features"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.threads_ = saving.threads()
            learner.booster_ = _read(folder / MODEL, learner) if state["trees"] else None
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.lags_.features.names if self.lags_ is not None else self.features_.names


def _categorical(lesson: Lesson) -> list[int]:
    return getattr(lesson.features, "categorical", [])  # of pictures there are none


def _standalone(booster: lightgbm.Booster, rounds: int) -> lightgbm.Booster:
    """The booster's first rounds, free of the training data."""
    return lightgbm.Booster(model_str=booster.model_to_string(num_iteration=rounds))


def _read(path: Path, learner: GradientBoosting) -> lightgbm.Booster:
    classes = learner.outcome_.labels_known
    try:
        text = boosted_text.checked(
            path.read_text("utf-8"),
            features=len(learner.features_.names),
            answers=classes if classes > 2 else 1,
            objective=objective(classes),
        )
        return lightgbm.Booster(model_str=text)
    except (OSError, ValueError, KeyError, lightgbm.basic.LightGBMError) as error:
        raise saving.damaged(path, str(error)) from error
