"""Detectors by distance: how far the nearest training rows are, or how much farther than these from one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.detector import Detector
from fathom.classical.nearest import Found, nearest
from fathom.learner import Run
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

JITTER = 1e-4  # spreads by which kept rows are moved, so that no two are equally far from anything
NO_DISTANCE = 1e-6


@dataclass
class Surroundings(Detector):
    """What both detectors by distance share: some distinct training rows, and the ones nearest to a row."""

    neighbours: int = 10
    most_rows: int = 10_000  # remembered

    rows_: npt.NDArray[np.float32] = field(init=False, repr=False)  # [rows, features]

    joint: ClassVar[bool] = True

    def learn(self, x: Floats, run: Run) -> None:
        """Remember distinct rows: equal ones would make every other row look infinitely far."""
        random = np.random.default_rng(run.seed)
        distinct = np.unique(x, axis=0)
        kept = distinct[np.sort(random.permutation(len(distinct))[: self.most_rows])]
        self.rows_ = (kept + JITTER * random.standard_normal(kept.shape)).astype(np.float32)

    def _near(self, x: Floats, more: int = 0) -> Found:
        return nearest(x, self.rows_, self.neighbours + more)

    def _parts(self, x: Floats, found: Found) -> Floats:
        """Each feature's mean squared difference from the neighbours, [rows, features]."""
        parts = np.zeros(x.shape)
        count = np.maximum(np.bincount(found.query, minlength=len(x)), 1)
        gap = (x[found.query] - self.rows_[found.row]) ** 2
        np.add.at(parts, found.query, gap)
        return parts / count[:, None]

    def arrays(self) -> saving.Arrays:
        """The remembered rows."""
        return {"rows": self.rows_}

    def restore(self, arrays: saving.Arrays) -> None:
        """Take them back."""
        self.rows_ = self.held(arrays, "rows", -1, len(self.gauges_.names))
        if not len(self.rows_):
            raise ValueError(phrase("columns and features differ in number"))


@dataclass
class NeighbourDistance(Surroundings):
    """The mean distance to the nearest training rows (Ramaswamy et al. 2000, Angiulli and Pizzuti 2002)."""

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """The mean distance, and what each feature adds to it."""
        found = self._near(x)
        count = np.maximum(np.bincount(found.query, minlength=len(x)), 1)
        return np.bincount(found.query, np.sqrt(found.distance), minlength=len(x)) / count, self._parts(x, found)


@dataclass
class LocalOutlierFactor(Surroundings):
    """How much thinner a row's surroundings are than its neighbours' own (Breunig et al. 2000)."""

    neighbours: int = 20

    reach_: Floats = field(init=False, repr=False)  # [rows], the distance to the last neighbour
    density_: Floats = field(init=False, repr=False)  # [rows]

    def learn(self, x: Floats, run: Run) -> None:
        """Remember rows and how dense their own surroundings are."""
        super().learn(x, run)
        count = len(self.rows_)
        near = self._near(self.rows_.astype(np.float64), more=1)
        others = near.query != near.row
        query, row, distance = near.query[others], near.row[others], np.sqrt(near.distance[others])
        self.reach_ = np.zeros(count)
        np.maximum.at(self.reach_, query, distance)
        self.density_ = self._density(query, np.maximum(distance, self.reach_[row]), count)

    @staticmethod
    def _density(query: npt.NDArray[np.int64], reached: Floats, count: int) -> Floats:
        """One over the mean distance that is reached."""
        number = np.maximum(np.bincount(query, minlength=count), 1)
        mean = np.bincount(query, reached, minlength=count) / number
        return 1.0 / np.maximum(mean, NO_DISTANCE)

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """The neighbours' density over the row's own, and what each feature adds to the distance."""
        found = self._near(x)
        reached = np.maximum(np.sqrt(found.distance), self.reach_[found.row])
        own = self._density(found.query, reached, len(x))
        number = np.maximum(np.bincount(found.query, minlength=len(x)), 1)
        theirs = np.bincount(found.query, self.density_[found.row], minlength=len(x)) / number
        return theirs / own, self._parts(x, found)

    def arrays(self) -> saving.Arrays:
        """The remembered rows with their reach and density."""
        return {**super().arrays(), "reach": self.reach_, "density": self.density_}

    def restore(self, arrays: saving.Arrays) -> None:
        """Take them back."""
        super().restore(arrays)
        rows = len(self.rows_)
        self.reach_, self.density_ = self.held(arrays, "reach", rows), self.held(arrays, "density", rows)
