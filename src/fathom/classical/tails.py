"""Detectors by tail probabilities: how rare each cell is in its column, added up. Nothing to set, no distances."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.detector import Detector
from fathom.learner import Run

Floats = npt.NDArray[np.float64]

KEPT = 4_000  # values of each column that are kept in order; more place a tail no better


@dataclass
class Tails(Detector):
    """What both detectors by tails share: the ordered values of each feature, and which tail is the longer one."""

    ordered_: Floats = field(init=False, repr=False)  # [values, features], each column ascending
    skew_: Floats = field(init=False, repr=False)  # [features], of the third moment's sign

    joint: ClassVar[bool] = False

    def learn(self, x: Floats, run: Run) -> None:
        """Put each feature's values in order; of very many evenly chosen ones, both ends among them."""
        ordered = np.sort(x, axis=0)
        if len(ordered) > KEPT:
            ordered = ordered[np.linspace(0, len(ordered) - 1, KEPT).round().astype(np.intp)]
        self.ordered_ = ordered
        gap = x - x.mean(axis=0)
        self.skew_ = np.sign(((gap / np.maximum(gap.std(axis=0), 1e-12)) ** 3).mean(axis=0))

    def rarity(self, x: Floats) -> tuple[Floats, Floats]:
        """Minus the logarithm of the share of training rows that are as low, and as high; float64 [rows, features].

        Of a surprise only the high end counts. A value that no training row reaches is as rare as one of all rows.
        """
        low, high = np.zeros(x.shape), np.zeros(x.shape)
        count = len(self.ordered_)
        for at in range(x.shape[1]):
            known = self.ordered_[:, at]
            low[:, at] = np.searchsorted(known, x[:, at], side="right")
            high[:, at] = count - np.searchsorted(known, x[:, at], side="left")
        low, high = (-np.log((each + 1.0) / (count + 1.0)) for each in (low, high))
        low[:, self.gauges_.one_sided] = 0.0
        return low, high

    def skewed(self, low: Floats, high: Floats) -> Floats:
        """The rarity in each feature's longer tail."""
        return np.where((self.skew_ < 0) & ~self.gauges_.one_sided, low, high)

    def arrays(self) -> saving.Arrays:
        """The ordered values and the skew."""
        return {"ordered": self.ordered_, "skew": self.skew_}

    def restore(self, arrays: saving.Arrays) -> None:
        """Take them back."""
        width = len(self.gauges_.names)
        self.ordered_, self.skew_ = self.held(arrays, "ordered", -1, width), self.held(arrays, "skew", width)


@dataclass
class Ecod(Tails):
    """Empirical cumulative distributions: the larger sum of low tails, of high tails, or of each one's longer tail.

    Li et al. 2022, ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution Functions.
    """

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """The largest of the three sums, and what each feature adds to it."""
        low, high = self.rarity(x)
        kinds = np.stack([low, high, self.skewed(low, high)])
        sums = kinds.sum(axis=2)
        best = sums.argmax(axis=0)
        rows = np.arange(len(x))
        return sums[best, rows], kinds[best, rows]


@dataclass
class Copod(Tails):
    """Copula-based: in each feature its longer tail or the mean of both, whichever is rarer, added up.

    Li et al. 2020, COPOD: Copula-Based Outlier Detection.
    """

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """The sum over features, and what each adds to it."""
        low, high = self.rarity(x)
        parts = np.maximum(self.skewed(low, high), (low + high) / 2)
        return parts.sum(axis=1), parts
