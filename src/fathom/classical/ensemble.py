"""A weighted mean of quick forecasts: what has been hard to beat wherever methods were compared."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.forecasting.alone import Alone, autoregressed, by_theta, smoothed
from fathom.classical.forecasting.boosting import BoostedLags
from fathom.classical.forecasting.components import components
from fathom.classical.forecasting.linear import LinearLags
from fathom.classical.forecasting.naive import Posed
from fathom.classical.forecasting.parts import parts
from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.scale import Scale
from fathom.classical.linear import LAG_PENALTIES
from fathom.data.dataset import Dataset
from fathom.data.series.windows import windows
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.forecast_parts import Parts
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
WAYS = {"smoothing": smoothed, "theta": by_theta, "autoregression": autoregressed}
NAIVE, LINEAR, TREES = "seasonal-naive", "linear", "trees"
MEMBERS = (NAIVE, *WAYS, LINEAR, TREES)
MOST_CHECKS = 3_000  # validation windows that weights are found with
LINEAR_SHARE, TREES_SHARE = 0.2, 0.6  # of the time
STEPS, RATE = 300, 0.5
CAUTION = 0.02  # what a member's share of all costs, as a share of the error: few windows leave weights nearly equal


@dataclass
class Ensemble:
    """Seasonal naive, smoothing, Theta, autoregression, linear lags and trees on lags, weighed on validation windows.

    Weights are positive, sum to one, and are those of least absolute error in units of each window. Quantiles are
    averaged as values are, which keeps bands sharp (Lichtendahl et al. 2013).
    """

    alone_: Alone = field(init=False, repr=False)
    linear_: LinearLags = field(init=False, repr=False)
    trees_: BoostedLags = field(init=False, repr=False)
    weights_: dict[str, float] = field(init=False, repr=False)

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn the members, the slow ones with a share of the time each; weigh them."""
        with run.step("features"):
            self.alone_ = Alone.of(problem, train)
        for name, share in ((LINEAR, LINEAR_SHARE), (TREES, TREES_SHARE)):
            part = replace(run, deadline=time.monotonic() + share * run.remaining(), steps=[], told={}, hurried=False)
            with run.step(name):
                if name == LINEAR:
                    self.linear_ = LinearLags.of(problem, train, valid, part, LAG_PENALTIES)
                else:
                    self.trees_ = BoostedLags.of(problem, train, valid, part, {})
            run.hurried |= part.hurried
            run.progress(share, phrase("{name} learned", name=name))
        with run.step("training"):
            self.weights_ = self._weighed(problem, valid)
            run.told["components"] = components(train, problem, self.alone_.effects) | {"members": self.weights_}
        run.progress(1.0, "weighed")

    def _weighed(self, problem: Problem, valid: Dataset) -> dict[str, float]:
        rows = np.unique(np.linspace(0, len(valid) - 1, min(len(valid), MOST_CHECKS)).astype(np.intp))
        equal = dict.fromkeys(MEMBERS, 1 / len(MEMBERS))
        if not len(valid):
            return equal
        some = valid.take(rows)
        future = problem.truth(some)["future"]
        unit = Scale.of(Past.of(windows(some, Posed(self.alone_.horizon))), self.alone_.horizon.season).unit
        said = self._members(some, MEMBERS)
        off = np.stack([(future - said[name].values) / unit for name in MEMBERS])
        off = off[:, np.isfinite(future)]
        return dict(zip(MEMBERS, weighed(off).tolist(), strict=True)) if off.size else equal

    def _members(self, dataset: Dataset, names: tuple[str, ...]) -> dict[str, Forecasts]:
        seen = self.alone_.ready(dataset)
        found = {name: self.alone_.said(seen, WAYS[name]) for name in names if name in WAYS}
        if NAIVE in names:
            found[NAIVE] = self.alone_.naive.forecasts(dataset)
        if LINEAR in names:
            found[LINEAR] = self.linear_.forecasts(dataset)
        if TREES in names:
            found[TREES] = self.trees_.forecasts(dataset)
        return found

    def predict(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        names = tuple(name for name in MEMBERS if self.weights_[name] > 0)
        said = self._members(dataset, names)
        quantiles = sum(self.weights_[name] * said[name].quantiles for name in names)
        mean = sum(self.weights_[name] * said[name].mean for name in names)
        return Forecasts.of(np.asarray(mean), np.asarray(quantiles))

    def parts(self, dataset: Dataset, said: Forecasts) -> Parts:
        """What forecasts of these windows are made of, as the members that look at one series have it."""
        seen = self.alone_.ready(dataset)
        return parts(dataset, said, self.alone_, seen, seen.parted)

    def save(self, folder: Path) -> None:
        """Write weights as JSON and arrays, trees as LightGBM's text."""
        state = {
            "alone": self.alone_.to_json(),
            "linear": self.linear_.save(folder),
            "trees": self.trees_.save(folder),
            "weights": self.weights_,
        }
        saving.write_learner(folder, self, state)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.alone_ = Alone.from_json(state["alone"])
            learner.linear_ = LinearLags.load(folder, state["linear"])
            learner.trees_ = BoostedLags.load(folder, state["trees"])
            learner.weights_ = {name: float(state["weights"][name]) for name in MEMBERS}
        return learner

    def features(self) -> list[str]:
        """What the linear member and the trees are told."""
        return list(dict.fromkeys([*self.linear_.features(), *self.trees_.features.names]))


def weighed(off: Floats) -> Floats:
    """Weights of members, float64 [members], of least mean absolute error, of errors float64 [members, values].

    By exponentiated gradients (Kivinen and Warmuth 1997), from equal weights; shares below a hundredth are none.

    >>> weighed(np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [9.0, 9.0, 9.0]])).round(1).tolist()
    [0.5, 0.5, 0.0]
    """
    members, count = off.shape
    size = max(float(np.abs(off).mean(axis=1).min()), 1e-12)
    caution = CAUTION + 1 / np.sqrt(count)
    weights = np.full(members, 1 / members)
    best, lowest = weights, np.inf
    for step in range(STEPS):
        whole = weights @ off
        loss = np.abs(whole).mean() / size + caution * float((weights * np.log(np.maximum(weights, 1e-12))).sum())
        if loss < lowest:
            best, lowest = weights, loss
        gradient = off @ np.sign(whole) / count / size + caution * np.log(np.maximum(weights, 1e-12))
        weights = weights * np.exp(-RATE / np.sqrt(step + 1) * (gradient - gradient.mean()))
        weights = weights / weights.sum()
    best = np.where(best < 0.01, 0.0, best)
    shares: Floats = best / best.sum()
    return shares
