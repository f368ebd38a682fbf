"""Forests: many trees on random samples, averaged."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn import ensemble

from fathom.classical import saving
from fathom.classical.features import choose
from fathom.classical.grove import Grove
from fathom.classical.lesson import Lesson, prepare, sample
from fathom.classical.outcome import Outcome, loss
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

PILOT_ROWS = 1_000
FEWEST_TREES = 20  # rather fewer rows for each tree than fewer trees
SHARE_KEPT = 0.15  # of the time left, kept for taking the trees out and predicting
SMALL_ROWS, SMALL_TREES = 2_000, 25  # of the forests that the share of features is chosen with
FEWEST_TO_CHOOSE, MOST_FEATURES, SECONDS_TO_CHOOSE = 50, 200, 5.0  # validation rows, features, time: else the usual
SHARES: dict[bool, tuple[float | str, ...]] = {True: ("sqrt", 0.6), False: (1.0, 1 / 3)}  # by "labels are learned"
CHUNK = 4_096  # rows that one thread answers at a time


@dataclass
class Forest:
    """What both forests share; the tree's way of splitting is theirs."""

    trees: int = 300
    rows_in_leaf: int = 1
    feature_share: float = 0.0  # looked at for each split; 0: chosen on the validation rows

    features_: choose.Features = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    grove_: Grove | None = field(init=False, repr=False)  # None: a single class, nothing to learn
    threads_: int = field(init=False, repr=False)

    estimators: ClassVar[tuple[Any, Any]]  # scikit-learn's classifier and regressor

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Grow trees, some at a time, until there are enough or the time is up."""
        lesson = prepare(problem, train, valid, run, choose.coded)
        self.features_, self.outcome_, self.threads_ = lesson.features, lesson.outcome, run.threads
        self.grove_ = None
        if not lesson.outcome.settled:
            with run.step("training"):
                self.grove_ = self._grow(lesson, run)
        run.progress(1.0, "trained")

    def _grow(self, lesson: Lesson, run: Run) -> Grove:
        deadline = run.deadline - SHARE_KEPT * max(min(run.remaining(), 60.0), 0.0)
        grove = Grove.over(lesson.x)
        x = grove.singles(lesson.x)
        forest = self._estimator(lesson, run, self.feature_share or self._share(lesson, x, deadline, run))
        rows = self._rows_a_tree(forest, x, lesson.y, deadline - time.monotonic(), run.threads)
        stage = max(run.threads, 1)
        while forest.n_estimators < self.trees:
            start = time.monotonic()
            forest.set_params(n_estimators=min(forest.n_estimators + stage, self.trees), max_samples=rows)
            forest.fit(x, lesson.y)
            took = time.monotonic() - start
            run.progress(forest.n_estimators / self.trees, phrase("{trees} trees", trees=forest.n_estimators))
            if time.monotonic() + 1.3 * took * max(1, _next_stage(took, stage) / stage) > deadline:
                break
            stage = _next_stage(took, stage)
        return grove.planted([tree.tree_ for tree in forest.estimators_], labelled=bool(lesson.outcome.classes))

    def _share(self, lesson: Lesson, x: npt.NDArray[Any], deadline: float, run: Run) -> float | str:
        """The share of features with the lower validation loss in a small forest, if there is time to try."""
        usual, *others = SHARES[bool(lesson.outcome.classes)]
        little = len(lesson.valid_y) < FEWEST_TO_CHOOSE or x.shape[1] > MOST_FEATURES
        if little or deadline - time.monotonic() < SECONDS_TO_CHOOSE:
            return usual
        rows = sample(lesson.y, SMALL_ROWS, bool(lesson.outcome.classes), np.random.default_rng(run.seed))
        valid = Grove.over(lesson.x).singles(lesson.valid_x[:SMALL_ROWS])
        best, lowest = usual, np.inf
        for share in (usual, *others):
            start = time.monotonic()
            forest = self._estimator(lesson, run, share).set_params(n_estimators=SMALL_TREES)
            forest.fit(x[rows], lesson.y[rows])
            answers = forest.predict_proba(valid) if lesson.outcome.classes else forest.predict(valid)
            found = loss(lesson.outcome, np.asarray(answers), lesson.valid_y[:SMALL_ROWS])
            if found < lowest:
                best, lowest = share, found
            if time.monotonic() + 4 * (time.monotonic() - start) > deadline - 0.5 * (deadline - start):
                break
        return best

    def _estimator(self, lesson: Lesson, run: Run, share: float | str) -> Any:
        return self.estimators[0 if lesson.outcome.classes else 1](
            n_estimators=0,
            min_samples_leaf=self.rows_in_leaf,
            max_features=share,
            bootstrap=True,
            warm_start=True,
            n_jobs=run.threads,  # threads: scikit-learn's forests start no processes
            random_state=run.seed % (2**31),
        )

    def _rows_a_tree(self, forest: Any, x: npt.NDArray[Any], y: Any, seconds: float, threads: int) -> int | None:
        """Rows to draw for each tree so that enough trees fit into the time; None: as many as there are."""
        rows = len(x)
        if rows <= PILOT_ROWS or not np.isfinite(seconds):
            return None
        chosen = np.linspace(0, rows - 1, PILOT_ROWS).astype(np.intp)
        pilot = type(forest)(**{**forest.get_params(), "n_estimators": 2, "n_jobs": 1, "warm_start": False})
        start = time.perf_counter()
        pilot.fit(x[chosen], y[chosen])
        a_tree = (time.perf_counter() - start) / 2 / max(threads, 1)
        growth = np.log(rows) / np.log(PILOT_ROWS) * 1.5  # deeper trees, and rows too many for the cache
        whole = a_tree * rows / PILOT_ROWS * growth
        if whole * FEWEST_TREES <= seconds:
            return None
        return int(np.clip(rows * max(seconds, 0) / (whole * FEWEST_TREES), min(500, rows), rows))

    def predict(self, dataset: Dataset) -> Labels | Numbers:
        """Labels with probabilities (the classes' shares count as one tree more, so none is zero), or numbers."""
        return self._predictions(self.features_.matrix(dataset))

    def predict_records(self, records: Sequence[Mapping[str, Any]]) -> Labels | Numbers:
        """The same for a few rows as plain cells."""
        return self._predictions(choose.rows(self.features_, records))

    def _predictions(self, matrix: npt.NDArray[Any]) -> Labels | Numbers:
        if self.grove_ is None:
            return self.outcome_.labels(np.ones((len(matrix), 1)))
        x = self.grove_.singles(matrix)
        parts = [x[start : start + CHUNK] for start in range(0, len(x), CHUNK)]
        if len(parts) > 1 and self.threads_ > 1:
            with ThreadPoolExecutor(self.threads_) as pool:
                answers = np.concatenate(list(pool.map(self.grove_.answer, parts)))
        else:
            answers = np.concatenate([self.grove_.answer(part) for part in parts] or [self.grove_.answer(x)])
        if not self.outcome_.classes:
            return self.outcome_.numbers(answers[:, 0])
        count = self.grove_.count
        return self.outcome_.labels((answers * count + self.outcome_.shares) / (count + 1))

    def save(self, folder: Path) -> None:
        """Write features as JSON, trees as arrays."""
        state = {
            "features": choose.write(folder, self.features_),
            "outcome": self.outcome_.to_json(),
            "trees": self.grove_ is not None,
        }
        saving.write_learner(folder, self, state, self.grove_.to_arrays() if self.grove_ else None)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.features_ = choose.read(folder, state["features"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.threads_ = saving.threads()
            answers = max(learner.outcome_.labels_known, 1)
            arrays = saving.read_arrays(folder / saving.ARRAYS) if state["trees"] else {}
            width = len(learner.features_.names)
            learner.grove_ = Grove.from_arrays(arrays, features=width, answers=answers) if state["trees"] else None
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names


@dataclass
class RandomForest(Forest):
    """Trees on rows drawn with replacement, the best split of some random features (Breiman 2001)."""

    estimators: ClassVar[tuple[Any, Any]] = (ensemble.RandomForestClassifier, ensemble.RandomForestRegressor)


@dataclass
class ExtraTrees(Forest):
    """Trees that split some random features at random places (Geurts et al. 2006)."""

    estimators: ClassVar[tuple[Any, Any]] = (ensemble.ExtraTreesClassifier, ensemble.ExtraTreesRegressor)


def _next_stage(took: float, stage: int) -> int:
    """Trees of the next stage: about a second's worth, as growing has a cost for each stage."""
    return int(np.clip(stage / max(took, 1e-3), stage, 4 * stage))
