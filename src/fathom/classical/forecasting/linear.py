"""Weighted sums of the last values, one for each step ahead, for all series alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.forecasting.effects import Effects
from fathom.classical.forecasting.examples import examples
from fathom.classical.forecasting.naive import Posed
from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.residuals import Residuals
from fathom.classical.forecasting.scale import Scale
from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import HISTORY, Windows, windows
from fathom.learner import Run
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
MOST_LAGS = 512
ORIGINS_A_LAG = 20
MOST_WINDOWS = 40_000
FLOPS = 5e9  # a second, of one busy core; fewer where it is crowded
FARTHEST = 50.0  # units that a value is away from the last one, at most: beyond it is as far
BLOCK = 4_096  # windows summed at a time
ANCHORS = ("last", "season", "seasons")
SEASONS = 4  # whose mean is the anchor "seasons"


@dataclass(frozen=True)
class LinearLags:
    """Ridge regression from the last values to each step ahead, in units of each window (as NLinear, Zeng et al. 2023).

    What is learned is the difference to an anchor, the last value, the last season over again or the mean of four,
    whichever serves the validation windows best; there small weights are a cautious answer.
    `weights`: float64 [lags + 1, ahead].
    """

    horizon: Horizon
    anchor: str
    weights: Floats
    effects: Effects
    residuals: Residuals

    @classmethod
    def of(cls, problem: Problem, train: Dataset, valid: Dataset, run: Run, penalties: tuple[float, ...]) -> Self:
        """Solve for every penalty at once; the best on the validation windows stays."""
        assert problem.horizon is not None
        with run.step("features"):
            effects = Effects.of(train, problem)
            lags, most = _affordable(problem.horizon, train, run)
            seen, future = examples(train, problem, lags, most)
            run.hurried |= len(seen) == most < MOST_WINDOWS
            horizon = seen.horizon
            x, scale, added = told(seen, effects)
            y = _aimed(future, scale, added)
            checks, valid_scale, valid_added = told(windows(valid, Posed(horizon)), effects)
            aims = _aimed(problem.truth(valid)["future"], valid_scale, valid_added)
        with run.step("training"):
            nothing = np.zeros((lags + 1, horizon.ahead))
            best = cls(horizon, "last", nothing, effects, Residuals.of(y[:0]))
            tried = [
                (penalty, replace(best, anchor=anchor, weights=weights))
                for anchor, penalty, weights in (_paths(x, y, horizon, penalties) if len(x) else ())
            ]
            if tried:
                losses = [_mean_error(aims - each.ahead(checks)) for _, each in tried]
                unseen = [abs(np.log(penalty)) for penalty, _ in tried]  # without windows to choose by: the usual one
                losses = losses if np.isfinite(losses).all() else unseen
                best = tried[int(np.argmin(losses))][1]
            errors = [y[at] - best.ahead(x[at]) for at in _blocks(len(x))]
            return replace(best, residuals=Residuals.of(np.concatenate([y[:0], *errors])))

    def forecasts(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        x, scale, added = told(windows(dataset, Posed(self.horizon)), self.effects)
        moves = x.any(axis=1, keepdims=True)  # a history that never did is forecast to stay
        return self.residuals.around(scale.up((self.ahead(x) + added) * moves), scale.unit * moves)

    def ahead(self, x: Floats) -> Floats:
        """The steps ahead in units of each window, float64 [rows, ahead]."""
        whole: Floats = x @ self.weights[:-1] + self.weights[-1] + _anchor(x, self.anchor, self.horizon)
        return whole

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the weights into `folder`; the rest as plain JSON data."""
        saving.write_arrays(folder / saving.ARRAYS, {"weights": self.weights})
        return {
            "horizon": self.horizon.to_json(),
            "anchor": self.anchor,
            "effects": self.effects.to_json(),
            "residuals": self.residuals.to_json(),
        }

    @classmethod
    def load(cls, folder: Path, state: dict[str, Any]) -> Self:
        """What `save` wrote."""
        horizon = Horizon.from_json(state["horizon"])
        weights = saving.read_arrays(folder / saving.ARRAYS)["weights"]
        if weights.shape != (horizon.context + 1, horizon.ahead) or state["anchor"] not in ANCHORS:
            raise ValueError("weights")
        effects, residuals = Effects.from_json(state["effects"]), Residuals.from_json(state["residuals"])
        return cls(horizon, state["anchor"], weights, effects, residuals)

    def features(self) -> list[str]:
        """The lags, and the columns whose effect is sure."""
        lags = [f"{back} steps back" for back in range(self.horizon.context)]
        return lags + self.effects.named(self.horizon)


def told(seen: Windows, effects: Effects) -> tuple[Floats, Scale, Floats]:
    """Histories without the effects of known columns, in units, float64 [rows, lags]; their scale; the effects to come.

    Before a series begins it is as at its last value: away from it by nothing.
    """
    held = Past.of(seen)
    scale = Scale.of(held, seen.horizon.season)
    added = effects.added(seen.known) * scale.moving  # of a series that never moved they are not known
    lags = held.values.shape[1]
    x = np.clip(scale.down(held.values) - added[:, :lags], -FARTHEST, FARTHEST)
    return np.nan_to_num(x), scale, added[:, lags:]


def _aimed(future: Floats, scale: Scale, added: Floats) -> Floats:
    return np.clip(scale.down(future) - added, -FARTHEST, FARTHEST)


def _anchor(x: Floats, anchor: str, horizon: Horizon) -> Floats:
    """What is said where all weights are 0, float64 [rows, ahead]."""
    if anchor == "last" or x.shape[1] < horizon.season:
        return np.repeat(x[:, -1:], horizon.ahead, axis=1)
    back = min(SEASONS, x.shape[1] // horizon.season) if anchor == "seasons" else 1
    cycle = x[:, x.shape[1] - back * horizon.season :].reshape(len(x), back, horizon.season).mean(axis=1)
    return np.asarray(cycle[:, np.arange(horizon.ahead) % horizon.season])


def _affordable(horizon: Horizon, train: Dataset, run: Run) -> tuple[int, int]:
    """How many lags, and windows to learn from, half of the time is enough for.

    No more lags than half of the training windows have, of older values little would be learned; and no more than one
    for twenty origins, but two seasons.
    """
    usual = train.frame[HISTORY].list.len().median()
    enough = max(int(usual) if isinstance(usual, int | float) else 0, horizon.season, 2)
    enough = min(enough, max(len(train) * horizon.ahead // ORIGINS_A_LAG, 2 * horizon.season))
    lags = min(horizon.context, MOST_LAGS, enough)
    room = max(run.remaining(), 0.05) / 2 * min(_pace(), FLOPS)
    most = room / (2 * (lags + horizon.ahead) * lags + 200 * lags)
    return lags, int(np.clip(most, 100, MOST_WINDOWS))


def _pace() -> float:
    """Floating point operations a second, as busy as the machine is now."""
    some = np.ones((2_048, 128))
    start = time.perf_counter()
    _ = some.T @ some
    return 2 * some.size * some.shape[1] / max(time.perf_counter() - start, 1e-9)


def _paths(x: Floats, y: Floats, horizon: Horizon, penalties: tuple[float, ...]) -> Iterator[tuple[str, float, Floats]]:
    """Each anchor and penalty, as a share of the windows, with its weights [lags + 1, ahead]; last the intercept.

    What was not seen ahead is as if nothing changed there. What lags are to one another is summed once for all anchors.
    """
    count, lags = x.shape
    aims = [np.nan_to_num(y - _anchor(x, anchor, horizon)) for anchor in ANCHORS]
    gram, products = np.zeros((lags, lags)), [np.zeros((lags, y.shape[1])) for _ in aims]
    centre, middles = x.mean(axis=0), [aim.mean(axis=0) for aim in aims]
    for at in _blocks(count):
        part = x[at] - centre
        gram += part.T @ part
        for product, aim, middle in zip(products, aims, middles, strict=True):
            product += part.T @ (aim[at] - middle)
    values, vectors = np.linalg.eigh(gram / count)
    for anchor, product, middle in zip(ANCHORS, products, middles, strict=True):
        turned = vectors.T @ product / count
        for penalty in penalties:
            weights = vectors @ (turned / (np.maximum(values, 0) + penalty)[:, None])
            yield anchor, penalty, np.concatenate([weights, (middle - centre @ weights)[None]])


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, count, BLOCK))


def _mean_error(off: Floats) -> float:
    there = np.isfinite(off)
    return float(np.abs(off[there]).mean()) if there.any() else float("nan")
