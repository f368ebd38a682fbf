"""A smooth border held by the hardest rows: support vector machines with a Gaussian kernel (Boser et al. 1992)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn import svm

from fathom.classical import platt, saving
from fathom.classical.border import Border, border_of
from fathom.classical.features import choose
from fathom.classical.features.projection import principal_axes, projected
from fathom.classical.kernel import Machine
from fathom.classical.lesson import Lesson, prepare, sample
from fathom.classical.outcome import Outcome, loss
from fathom.classical.products import Matrix
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

FIRST_ROWS, CHOICE_ROWS = 500, 2_000  # of the first machine; of those that width and slack are chosen on
SHARE_TO_CHOOSE = 0.4  # of the time
GROWTH = 2.3  # time grows with the rows to about this power
CACHE_MB = 300


@dataclass
class SupportVectors:
    """An RBF machine; kernel width and slack are chosen on the validation rows with a part of the training rows.

    For texts a `Border`, without a kernel and by the same slacks, a tenth of them: rows of n-grams have length one.

    Training takes time that grows faster than the rows and cannot be interrupted, so it starts small and doubles
    while the projected time of the next machine fits. Probabilities: decisions scaled on the validation rows.
    """

    widths: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0)  # gamma, relative to 1 / summed variance of the features
    slacks: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0)  # C
    most_rows: int = 20_000
    tube: float = 0.05  # half-width of the band of numbers that counts as right, in deviations of the target

    features_: choose.Features = field(init=False, repr=False)
    outcome_: Outcome = field(init=False, repr=False)
    axes_: Floats = field(init=False, repr=False)  # [features, axes]; no column: the features themselves
    machine_: Machine | Border | None = field(init=False, repr=False)  # None: a single class, nothing to learn
    scaling_: Floats = field(init=False, repr=False)  # slope and shifts of the probabilities

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Choose width and slack on few rows, then train on as many as the time allows."""
        lesson = prepare(problem, train, valid, run, choose.squashed)
        self.features_, self.outcome_ = lesson.features, lesson.outcome
        self.machine_, self.scaling_ = None, np.zeros(0)
        with run.step("training"):
            if sparse.issparse(lesson.x):
                self.axes_ = np.zeros((lesson.x.shape[1], 0))
                self.machine_, self.scaling_ = border_of(lesson, run, [slack / 10 for slack in self.slacks])
            else:
                self.axes_ = principal_axes(lesson.x, run.remaining())
                if not self.outcome_.settled:
                    _Search(self, lesson, run).train()
        run.progress(1.0, "trained")

    def estimator(self, width: float, slack: float, seed: int) -> Any:
        """scikit-learn's machine for these settings."""
        settings = {"C": slack, "gamma": width, "cache_size": CACHE_MB}
        if self.outcome_.classes:
            return svm.SVC(**settings, decision_function_shape="ovo", random_state=seed % (2**31))
        return svm.SVR(**settings, epsilon=self.tube)

    def answers(self, machine: Machine | Border, x: Matrix, scaling: Floats) -> Floats:
        """Probabilities [rows, present] or standardised numbers [rows]."""
        if isinstance(machine, Machine) and not self.outcome_.classes:
            return machine.numbers(x)
        return platt.probabilities(machine.scores(x), scaling)

    def predict(self, dataset: Dataset) -> Labels | Numbers:
        """Labels with probabilities, or numbers."""
        if self.machine_ is None:
            return self.outcome_.labels(np.ones((len(dataset), 1)))
        machine, scaling = self.machine_, self.scaling_
        xs = (projected(each, self.axes_) for each in choose.batches(self.features_, dataset))
        return self.outcome_.predictions(np.concatenate([self.answers(machine, x, scaling) for x in xs]))

    def save(self, folder: Path) -> None:
        """Write features as JSON, the machine as arrays."""
        state = {
            "features": choose.write(folder, self.features_),
            "outcome": self.outcome_.to_json(),
            "machine": type(self.machine_).__name__ if self.machine_ else None,
        }
        arrays = self.machine_.to_arrays() if self.machine_ else {}
        saving.write_learner(folder, self, state, {**arrays, "axes": self.axes_, "scaling": self.scaling_})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        arrays = saving.read_arrays(folder / saving.ARRAYS)
        with saving.reading(folder):
            learner.features_ = choose.read(folder, state["features"])
            learner.outcome_ = Outcome.from_json(state["outcome"])
            learner.axes_, learner.scaling_ = arrays["axes"], arrays["scaling"]
            width = learner.axes_.shape[1] or len(learner.features_.names)
            classes = learner.outcome_.labels_known
            if state["machine"]:
                kind: type[Machine | Border] = {"Machine": Machine, "Border": Border}[state["machine"]]
                learner.machine_ = kind.from_arrays(arrays, features=width, classes=classes)
            else:
                learner.machine_ = None
            if learner.machine_ and classes and learner.scaling_.shape != (classes + 1,):
                raise ValueError(phrase("the probabilities' scaling does not fit the classes"))
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.features_.names


class _Search:
    """One training: machines of growing size, the latest of which stays in the learner."""

    def __init__(self, learner: SupportVectors, lesson: Lesson, run: Run) -> None:
        self.learner, self.run = learner, run
        self.labelled = bool(lesson.outcome.classes)
        self.x, self.y = projected(lesson.x, learner.axes_), lesson.y
        some = np.random.default_rng(run.seed).permutation(len(lesson.valid_x))[:CHOICE_ROWS]
        self.valid_x, self.valid_y = projected(lesson.valid_x[some], learner.axes_), lesson.valid_y[some]
        self.unit = 1.0 / max(float(self.x.var(axis=0).sum()), 1e-12)
        self.width, self.slack = 1.0, 1.0 if self.labelled else 3.0
        self.begun = time.monotonic()
        self.allowed = max(run.remaining(), 0.0)

    def train(self) -> None:
        """Start small, choose, grow."""
        most = min(len(self.x), self.learner.most_rows)
        rows = min(FIRST_ROWS, most)
        took = self._keep(*self._machine(rows))
        rows, took = self._grow(rows, took, min(CHOICE_ROWS, most), SHARE_TO_CHOOSE / 8)
        if len(self.valid_x):
            took = max(took, self._choose(rows, took))
        self._grow(rows, took, most, 0.75)

    def _grow(self, rows: int, took: float, most: int, share: float) -> tuple[int, float]:
        """Double the rows until `most`, while the next machine is projected to fit a share of the time left."""
        while rows < most:
            following = self._affordable(rows, took, most, share)
            if following < 1.2 * rows and following < most:
                break
            rows, took = following, self._keep(*self._machine(following))
        return rows, took

    def _affordable(self, rows: int, took: float, most: int, share: float) -> int:
        room = share * max(self.run.remaining(), 0.0)
        return int(min(rows * min((room / max(took, 1e-4)) ** (1 / GROWTH), 3.0), most))

    def _machine(self, rows: int) -> tuple[Machine, Floats, float, float]:
        """A machine on so many rows, its scaling, its validation loss, and the seconds it took."""
        start = time.perf_counter()
        chosen = sample(self.y, rows, self.labelled, np.random.default_rng(self.run.seed))
        estimator = self.learner.estimator(self.width * self.unit, self.slack, self.run.seed)
        machine = Machine.of(estimator.fit(self.x[chosen], self.y[chosen]))
        scaling = platt.fit(machine.scores(self.valid_x), self.valid_y) if self.labelled else np.zeros(0)
        answers = self.learner.answers(machine, self.valid_x, scaling)
        found = loss(self.learner.outcome_, answers, self.valid_y)
        took = time.perf_counter() - start
        share = (time.monotonic() - self.begun) / (time.monotonic() - self.begun + max(self.run.remaining(), 1e-3))
        note = phrase(
            "{rows} rows, C={slack:g}, validation loss {loss:.4f}", rows=len(chosen), slack=self.slack, loss=found
        )
        self.run.progress(min(share, 1.0), note)
        return machine, scaling, found, took

    def _keep(self, machine: Machine, scaling: Floats, found: float, took: float) -> float:
        self.learner.machine_, self.learner.scaling_ = machine, scaling
        return took

    def _choose(self, rows: int, took: float) -> float:
        """Try widths, then slacks; seconds the chosen one took."""
        until = self.run.remaining() * (1 - SHARE_TO_CHOOSE)
        lowest, best, slowest = np.inf, (self.width, self.slack), took
        for name, values in (("width", self.learner.widths), ("slack", self.learner.slacks)):
            self.width, self.slack = best
            for value in values:
                if self.run.remaining() - 2 * slowest < until:
                    break
                setattr(self, name, value)
                machine, scaling, found, took = self._machine(rows)
                slowest = max(slowest, took)
                if found < lowest:
                    lowest, best = found, (self.width, self.slack)
                    self._keep(machine, scaling, found, took)
        self.width, self.slack = best
        return slowest
