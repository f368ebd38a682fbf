"""What each column differs by from what the others say of it linearly; of series, from what its past says."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.principal import PrincipalComponents
from fathom.data.series.pasts import is_past, owner_of
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.planting import numbers_of
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

LEAST_SCALE = 1e-2  # spreads; what is told more exactly is not worth an alarm


@dataclass
class LinearResiduals(PrincipalComponents):
    """Each column is told from all others by a linear regression, and its error held to the usual one.

    What the auto-encoder does with a network: a column never tells itself, and a number of a series with all that is
    made of it is told from its past and the other columns (autoregression with exogenous columns). All regressions
    follow from one covariance matrix; the usual error is a median, which strange rows do not move.
    """

    explained: float = 0.99

    groups_: npt.NDArray[np.intp] = field(init=False, repr=False)  # [features], of what is told together
    past_: npt.NDArray[np.bool_] = field(init=False, repr=False)  # [features], which only tell others
    told_: Floats = field(init=False, repr=False)  # [features, features], from differences to errors
    wide_: Floats = field(init=False, repr=False)  # [features], of errors, by the covariance
    scale_: Floats = field(init=False, repr=False)  # [features]

    def look(self, problem: Problem) -> None:
        """Which features are told together: those of one column, and of a number and what is made of it."""
        numbers = numbers_of(problem)
        owners = [owner_of(self.gauges_.columns[at], numbers) for at in self.gauges_.owner]
        order = {name: place for place, name in enumerate(dict.fromkeys(owners))}
        self.groups_ = np.array([order[name] for name in owners], dtype=np.intp)
        self.past_ = np.array([is_past(self.gauges_.columns[at], numbers) for at in self.gauges_.owner])

    def learn(self, x: Floats, run: Run) -> None:
        """Find the covariance without the strangest rows, and from it what each column is told by."""
        super().learn(x, run)
        self.told_, self.wide_ = self._telling(self.inverse_, np.arange(x.shape[1]))
        usual = np.median(np.abs((x - self.centre_) @ self.told_), axis=0) / np.log(2.0)
        self.scale_ = np.maximum(usual, LEAST_SCALE)

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """By how much errors exceed the usual ones, added up, and each feature's part."""
        parts = np.maximum(np.abs((x - self.centre_) @ self.told_) / self.scale_ - 1.0, 0.0)
        return parts.sum(axis=1), parts

    def judge_without(self, x: Floats, gone: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """The same of the other features alone, their usual errors as much wider as they are worse told."""
        there = np.flatnonzero(~gone)
        told, wide = self._telling(self.marginal(gone), there)
        scale = self.scale_[there] * np.maximum(wide / self.wide_[there], 1.0)
        parts = np.zeros(x.shape)
        parts[:, there] = np.maximum(np.abs((x - self.centre_)[:, there] @ told) / scale - 1.0, 0.0)
        return parts.sum(axis=1), parts

    def _telling(self, inverse: Floats, there: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
        """What makes errors of differences, [features, features], and how wide errors are by the covariance."""
        blocks = np.zeros_like(inverse)
        groups = self.groups_[there]
        for group in np.unique(groups):
            mine = np.ix_(*(2 * [np.flatnonzero(groups == group)]))
            blocks[mine] = np.linalg.pinv(inverse[mine], hermitian=True)
        told = inverse @ blocks
        told[:, self.past_[there]] = 0.0
        return told, np.sqrt(np.maximum(np.diag(blocks), 1e-18))

    def arrays(self) -> saving.Arrays:
        """Centre, inverse covariance, what is told together, which is past, and the usual errors."""
        groups, past = self.groups_.astype(np.int64), self.past_.astype(np.int64)
        return {**super().arrays(), "scale": self.scale_, "groups": groups, "past": past}

    def restore(self, arrays: saving.Arrays) -> None:
        """Take them back."""
        super().restore(arrays)
        width = len(self.gauges_.names)
        self.scale_, self.groups_ = self.held(arrays, "scale", width), self.held(arrays, "groups", width)
        self.past_ = self.held(arrays, "past", width) > 0
        self.told_, self.wide_ = self._telling(self.inverse_, np.arange(width))
        if not (self.scale_ > 0).all():
            raise ValueError(phrase("rows, answers and features differ in number"))
