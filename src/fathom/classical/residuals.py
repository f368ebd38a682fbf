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
        blocks = np.zeros_like(self.inverse_)
        for group in np.unique(self.groups_):
            mine = np.ix_(*(2 * [np.flatnonzero(self.groups_ == group)]))
            blocks[mine] = np.linalg.pinv(self.inverse_[mine], hermitian=True)
        self.told_ = self.inverse_ @ blocks
        self.told_[:, self.past_] = 0.0
        usual = np.median(np.abs((x - self.centre_) @ self.told_), axis=0) / np.log(2.0)
        self.scale_ = np.maximum(usual, LEAST_SCALE)

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """By how much errors exceed the usual ones, added up, and each feature's part."""
        parts = np.maximum(np.abs((x - self.centre_) @ self.told_) / self.scale_ - 1.0, 0.0)
        return parts.sum(axis=1), parts

    def arrays(self) -> saving.Arrays:
        """Centre, what tells each column, and the usual errors."""
        return {"centre": self.centre_, "told": self.told_, "scale": self.scale_}

    def restore(self, arrays: saving.Arrays) -> None:
        """Take them back."""
        width = len(self.gauges_.names)
        self.centre_, self.scale_ = self.held(arrays, "centre", width), self.held(arrays, "scale", width)
        self.told_ = self.held(arrays, "told", width, width)
        if not (self.scale_ > 0).all():
            raise ValueError(phrase("rows, answers and features differ in number"))
