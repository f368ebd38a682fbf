"""What detectors of anomalies share: features, scores with each column's part, and the way to disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.features.gauges import Gauges
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.planting import made_of
from fathom.tasks.problem import Problem
from fathom.tasks.scores import SHARE, Scores, shares_of

Floats = npt.NDArray[np.float64]

MOST_ROWS = 100_000  # of training that are looked at
CELLS = 4_000_000  # of the feature matrix that are judged at a time


@dataclass
class Detector:
    """A detector; a subclass says what it learns of a feature matrix, and how strange that makes rows.

    No label is ever looked at, and strange rows among those of training are expected.
    """

    gauges_: Gauges = field(init=False, repr=False)
    share_: float = field(init=False, repr=False)

    joint: ClassVar[bool] = False  # whether columns are looked at together

    def look(self, problem: Problem) -> None:
        """Take note of what else the problem says of the features."""

    def learn(self, x: Floats, run: Run) -> None:
        """Learn what is usual from features [rows, names]."""
        raise NotImplementedError

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """How strange rows are [rows], and each feature's part in it, not negative [rows, names]."""
        raise NotImplementedError

    def judge_without(self, x: Floats, gone: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """`judge` of rows that have no past for the features `gone` [names], which are in the middle."""
        return self.judge(x)

    def arrays(self) -> saving.Arrays:
        """What was learned."""
        raise NotImplementedError

    def restore(self, arrays: saving.Arrays) -> None:
        """Take back what was learned; a ValueError where it does not fit."""
        raise NotImplementedError

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn what is usual from the training rows."""
        with run.step("features"):
            if len(train) > MOST_ROWS:
                train = train.take(np.sort(np.random.default_rng(run.seed).permutation(len(train))[:MOST_ROWS]))
            made = made_of(problem)
            self.gauges_ = Gauges.learn(problem.inputs, train.frame, joint=self.joint, made=made)
            self.share_ = problem.share
            self.look(problem)
            x = self.gauges_.matrix(train)
            whole = ~self.gauges_.untold(train).any(axis=1)
            x = x[whole] if 2 * whole.sum() >= len(x) else x  # rows without a past are no example of one
        with run.step("training"):
            self.learn(x, run)
        run.progress(1.0, phrase("trained"))

    def predict(self, dataset: Dataset) -> Scores:
        """How strange each row is, and which columns make it so."""
        x, gone = self.gauges_.matrix(dataset), self.gauges_.untold(dataset)
        step = max(CELLS // x.shape[1], 1)
        score, parts = np.zeros(len(x)), np.zeros(x.shape)
        patterns, which = np.unique(gone, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            rows = np.flatnonzero(which.ravel() == number)
            for at in (rows[start : start + step] for start in range(0, len(rows), step)):
                score[at], parts[at] = self.judge_without(x[at], pattern) if pattern.any() else self.judge(x[at])
        parts[gone] = 0.0
        return Scores(self.gauges_.columns, score, shares_of(self.gauges_.by_column(parts)), share=self.share_)

    def save(self, folder: Path) -> None:
        """Write features as JSON, what was learned as arrays."""
        saving.write_learner(folder, self, {"gauges": self.gauges_.to_json(), "share": self.share_}, self.arrays())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        arrays = saving.read_arrays(folder / saving.ARRAYS)
        with saving.reading(folder):
            learner.gauges_ = Gauges.from_json(state["gauges"])
            learner.share_ = float(state.get("share", SHARE))
            learner.restore(arrays)
        return learner

    def features(self) -> list[str]:
        """The columns of the feature matrix."""
        return self.gauges_.names

    def held(self, arrays: saving.Arrays, name: str, *shape: int) -> npt.NDArray[Any]:
        """An array of this shape (-1: any length) out of a file; a ValueError where it has another one."""
        found = arrays[name]
        if len(found.shape) != len(shape) or any(
            -1 != want != has for want, has in zip(shape, found.shape, strict=True)
        ):
            raise ValueError(phrase("an array's shape does not fit its bytes"))
        return found
