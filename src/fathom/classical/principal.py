"""What the other columns do not explain: few directions hold most of what varies, strange rows leave them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.detector import Detector
from fathom.learner import Run
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

ROUNDS = 3
LEAST_NOISE = 1e-3  # share of the mean variance that no direction may explain away
FEWEST = 10  # rows that stay


@dataclass
class PrincipalComponents(Detector):
    """Probabilistic principal components (Tipping and Bishop 1999): how improbable a row is, within and beside them.

    Strange rows among those of training turn the directions towards themselves, so the strangest are left out and
    the directions found again. A column's part is what its value differs by from what all others say of it.
    """

    explained: float = 0.9  # share of the variance that the directions hold
    trimmed: float = 0.1  # share of the rows that are left out of the second and third look

    centre_: Floats = field(init=False, repr=False)  # [features]
    inverse_: Floats = field(init=False, repr=False)  # [features, features], of the covariance

    joint: ClassVar[bool] = True

    def learn(self, x: Floats, run: Run) -> None:
        """Find the directions, leave out what lies farthest off, find them again."""
        kept = np.arange(len(x))
        for _ in range(ROUNDS):
            self._measure(x[kept])
            if run.remaining() < 0:
                break
            far = self._distance(x)
            count = max(min(FEWEST, len(x)), round((1 - self.trimmed) * len(x)))
            kept = np.argsort(far, kind="stable")[:count]

    def _measure(self, x: Floats) -> None:
        self.centre_ = x.mean(axis=0)
        gap = x - self.centre_
        covariance = gap.T @ gap / max(len(x), 1)
        variance, axes = np.linalg.eigh(covariance)
        variance, axes = np.maximum(variance[::-1], 0.0), axes[:, ::-1]
        total = variance.sum()
        count = int(np.searchsorted(np.cumsum(variance), self.explained * total)) + 1
        rest = variance[count:]
        noise = max(float(rest.mean()) if len(rest) else 0.0, LEAST_NOISE * total / len(variance), 1e-9)
        held = np.maximum(variance[:count], noise)
        directions = axes[:, :count]
        self.inverse_ = np.eye(len(variance)) / noise - (directions * (1 / noise - 1 / held)) @ directions.T

    def _distance(self, x: Floats) -> Floats:
        gap = x - self.centre_
        return np.asarray(np.maximum(np.einsum("ij,ij->i", gap @ self.inverse_, gap), 0.0))

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """The distance in units of what varies, and each feature's own part."""
        gap = x - self.centre_
        pulled = gap @ self.inverse_
        distance = np.sqrt(np.maximum((pulled * gap).sum(axis=1), 0.0))
        return distance, pulled**2 / np.diag(self.inverse_)

    def judge_without(self, x: Floats, gone: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """The same of the other features alone: what is not there is neither strange nor tells of others."""
        there = np.flatnonzero(~gone)
        inverse = self.marginal(gone)
        gap = (x - self.centre_)[:, there]
        pulled = gap @ inverse
        parts = np.zeros(x.shape)
        parts[:, there] = pulled**2 / np.diag(inverse)
        return np.sqrt(np.maximum((pulled * gap).sum(axis=1), 0.0)), parts

    def marginal(self, gone: npt.NDArray[np.bool_]) -> Floats:
        """The inverse covariance of the features that are not `gone`."""
        there, none = np.flatnonzero(~gone), np.flatnonzero(gone)
        across = self.inverse_[np.ix_(there, none)]
        known = np.linalg.pinv(self.inverse_[np.ix_(none, none)], hermitian=True)
        inverse: Floats = self.inverse_[np.ix_(there, there)] - across @ known @ across.T
        return inverse

    def arrays(self) -> saving.Arrays:
        """Centre and inverse covariance."""
        return {"centre": self.centre_, "inverse": self.inverse_}

    def restore(self, arrays: saving.Arrays) -> None:
        """Take them back."""
        width = len(self.gauges_.names)
        self.centre_, self.inverse_ = self.held(arrays, "centre", width), self.held(arrays, "inverse", width, width)
        if not (np.diag(self.inverse_) > 0).all():
            raise ValueError(phrase("columns and features differ in number"))
