"""Gradient boosting: trees that each correct those before (Friedman 2001), by LightGBM (Ke et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import lightgbm
import numpy as np
import numpy.typing as npt

from fathom.classical import boosted_text, saving
from fathom.classical.features import choose
from fathom.classical.features.codes import Codes
from fathom.classical.lesson import Lesson, prepare, sample
from fathom.classical.outcome import Outcome
from fathom.classical.rounds import Pace, Watch, resume
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

MODEL = "trees.txt"
OBJECTIVES = {0: "regression", 2: "binary", 3: "multiclass"}  # by classes; 3 stands for more
FEW_ROWS = 1_000  # up to here one thread answers sooner than several


@dataclass
class GradientBoosting:
    """LightGBM with early stopping on the validation rows and native categories.

    Fields left at 0 are chosen by the number of rows; the defaults follow those tuned over many data sets by
    Holzmueller et al. 2024 ("Better by default").
    """

    rounds: int = 4_000  # at most
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

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Add trees until validation stops improving or the time is up."""
        lesson = prepare(problem, train, valid, run, choose.coded)
        self.features_, self.outcome_, self.threads_ = lesson.features, lesson.outcome, run.threads
        self.booster_ = None
        if not lesson.outcome.settled:
            with run.step("training"):
                self.booster_ = self._boost(lesson, run)
        run.progress(1.0, "trained")

    def _boost(self, lesson: Lesson, run: Run) -> lightgbm.Booster:
        settings = self.settings(lesson, run)
        categorical = lesson.features.categorical if isinstance(lesson.features, Codes) else []
        pace = Pace(settings, categorical, run)
        rows = pace.plan(lesson, self.rounds)
        x, y = lesson.x, lesson.y
        if rows < len(x):
            chosen = sample(y, rows, bool(lesson.outcome.classes), np.random.default_rng(run.seed))
            x, y = x[chosen], y[chosen]
        known = np.flatnonzero(lesson.valid_y >= 0) if lesson.outcome.classes else np.arange(len(lesson.valid_y))
        data = pace.dataset(x, y)
        checks = (
            [data.create_valid(lesson.valid_x[known], lesson.valid_y[known], params=pace.parameters)]
            if len(known)
            else []
        )
        watch = Watch(run, settings["patience"], self.rounds, pace)
        begun = resume(run, lambda path: _read(path, self))
        watch.begin(begun)
        if begun is not None and watch.finished:
            return begun
        booster = lightgbm.train(
            pace.parameters,
            data,
            num_boost_round=max(self.rounds - (begun.current_iteration() if begun else 0), 1),
            valid_sets=checks,
            init_model=begun,
            keep_training_booster=True,  # else LightGBM writes and reads all trees once more
            callbacks=[watch],
        )
        return _standalone(booster, watch.best_round)

    def settings(self, lesson: Lesson, run: Run) -> dict[str, Any]:
        """LightGBM's parameters for a lesson (and `patience`)."""
        labelled, rows, width = bool(lesson.outcome.classes), len(lesson.x), lesson.x.shape[1]
        rate = self.learning_rate or (0.04 if labelled else 0.05)
        settings = {
            "objective": OBJECTIVES[min(lesson.outcome.labels_known, 3)],
            "metric": "l2",
            "learning_rate": rate,
            "num_leaves": self.leaves or (50 if labelled else 100),
            "min_data_in_leaf": self.rows_in_leaf or _leaf_rows(rows, labelled),
            "min_sum_hessian_in_leaf": 1e-7 if not labelled else 1e-3,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "feature_fraction": self.feature_share or (1.0 if width < 200 else 0.3),
            "cat_smooth": 10.0,
            "cat_l2": 10.0,
            "min_data_per_group": int(np.clip(rows // 100, 5, 100)),
            "seed": run.seed % (2**31),
            "num_threads": run.threads,
            "deterministic": True,
            "force_col_wise": True,  # with `deterministic`, the same trees on any number of threads
            "feature_pre_filter": False,
            "verbosity": -1,
            "patience": self.patience or int(np.clip(6 / rate, 50, 300)),
        }
        if lesson.outcome.labels_known == 2:
            settings |= {"metric": "binary_logloss"}
        elif labelled:
            settings |= {"metric": "multi_logloss", "num_class": lesson.outcome.labels_known}
        return settings

    def predict(self, dataset: Dataset) -> Labels | Numbers:
        """Labels with probabilities, or numbers."""
        if self.booster_ is None:
            return self.outcome_.labels(np.ones((len(dataset), 1)))
        if len(dataset) == 0:  # LightGBM refuses an empty matrix
            return self.outcome_.predictions(np.zeros((0, self.outcome_.labels_known) if self.outcome_.classes else 0))
        threads = 1 if len(dataset) <= FEW_ROWS else self.threads_
        answers = np.asarray(self.booster_.predict(self.features_.matrix(dataset), num_threads=threads))
        if self.outcome_.labels_known == 2:
            answers = np.column_stack([1 - answers, answers])
        return self.outcome_.predictions(answers)

    def save(self, folder: Path) -> None:
        """Write features as JSON, trees as LightGBM's text."""
        state = {
            "features": choose.to_json(self.features_),
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
        with saving.reading(folder):
            learner.features_ = choose.from_json(state["features"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.threads_ = saving.threads()
            learner.booster_ = _read(folder / MODEL, learner) if state["trees"] else None
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names


def _leaf_rows(rows: int, labelled: bool) -> int:
    """Rows a leaf needs: fewer where there are few to learn from."""
    most = 40 if labelled else 3
    return int(np.clip(rows // 100, 2, most))


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
            objective=OBJECTIVES[min(classes, 3)],
        )
        return lightgbm.Booster(model_str=text)
    except (OSError, ValueError, KeyError, lightgbm.basic.LightGBMError) as error:
        raise saving.damaged(path, str(error)) from error
