"""Measures of forecasts: how far off they are in the series' own unit, in shares of it, and what their bands hold.

All that a score needs is summed once a window, as what is counted and what it is a share of; so a bootstrap is a
product of weights and sums. Steps that nobody saw (NaN) count in neither.

A window whose history never changed has no unit: MASE, RMSSE and skill leave it out, the other measures do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.tasks.forecasts import LEVELS, Forecasts
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Sums = tuple[Floats, Floats]  # of each window: what is counted, and what it is a share of
Figure = Callable[[Floats], Floats]


@dataclass(frozen=True)
class ForecastScore:
    """A measure's score: the two sums of each window, and what is made of their quotient over all windows."""

    sums: Callable[[Truth, Forecasts], Sums]
    figure: Figure

    def __call__(self, truth: Truth, said: Forecasts, weight: npt.NDArray[Any] | None) -> float:
        """The score of these forecasts, windows weighted; NaN where there is nothing to hold them to."""
        sums = np.stack(self.sums(truth, said), axis=1)
        weight = np.ones(len(sums)) if weight is None else np.asarray(weight, dtype=np.float64)
        return float(self.of((weight @ sums)[None])[0])

    def of(self, totals: Floats) -> Floats:
        """The figure of totals [..., 2]."""
        part, whole = totals[..., 0], totals[..., 1]
        share = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
        return self.figure(share)


def _mase(truth: Truth, said: Forecasts) -> Sums:
    return _in_units(_mean_of(np.abs(truth["future"] - said.values)), truth["error"])


def _rmsse(truth: Truth, said: Forecasts) -> Sums:
    return _in_units(np.sqrt(_mean_of((truth["future"] - said.mean) ** 2)), np.sqrt(truth["square"]))


def _skill(truth: Truth, said: Forecasts) -> Sums:
    """What is left of the error of seasonal naive, both in units of MASE."""
    ours, has = _mase(truth, said)
    theirs, _ = _in_units(_mean_of(np.abs(truth["future"] - truth["naive"])), truth["error"])
    return ours * (has > 0), theirs


def _smape(truth: Truth, said: Forecasts) -> Sums:
    future, values = truth["future"], said.values
    size = np.abs(future) + np.abs(values)
    off = np.divide(2 * np.abs(future - values), size, out=np.zeros_like(size), where=size != 0)
    return _each(_mean_of(np.where(np.isnan(future), np.nan, off)))


def _quantile_loss(truth: Truth, said: Forecasts) -> Sums:
    off = truth["future"][:, :, None] - said.quantiles
    levels = np.array(LEVELS)
    loss = 2 * np.maximum(levels * off, (levels - 1) * off).mean(axis=2)
    return np.nansum(loss, axis=1), np.nansum(np.abs(truth["future"]), axis=1)


def _absolute(truth: Truth, said: Forecasts) -> Sums:
    return _pooled(np.abs(truth["future"] - said.values))


def _square(truth: Truth, said: Forecasts) -> Sums:
    return _pooled((truth["future"] - said.mean) ** 2)


def _inside(low: float, high: float) -> Callable[[Truth, Forecasts], Sums]:
    def sums(truth: Truth, said: Forecasts) -> Sums:
        future = truth["future"]
        inside = (said.level(low) <= future) & (future <= said.level(high))
        return _pooled(np.where(np.isnan(future), np.nan, inside))

    return sums


def _mean_of(steps: Floats) -> Floats:
    """The mean over the steps that were seen, float64 [rows]; NaN where none was."""
    count = np.isfinite(steps).sum(axis=1)
    mean: Floats = np.divide(np.nansum(steps, axis=1), count, out=np.full(len(steps), np.nan), where=count > 0)
    return mean


def _in_units(errors: Floats, unit: Floats) -> Sums:
    return _each(np.divide(errors, unit, out=np.full(len(unit), np.nan), where=unit > 0))


def _each(rows: Floats) -> Sums:
    """Every window counts the same; those without a value do not."""
    there = np.isfinite(rows)
    return np.where(there, rows, 0.0), there.astype(np.float64)


def _pooled(steps: Floats) -> Sums:
    """Every step of every window counts the same."""
    return np.nansum(steps, axis=1), np.isfinite(steps).sum(axis=1).astype(np.float64)


def _plain(values: Floats) -> Floats:
    return values


def _gained(left: Floats) -> Floats:
    gained: Floats = 1 - left
    return gained


# Hyndman and Koehler 2006: the mean over windows of the error in units of seasonal naive's in the window's history. M4
# takes the whole of a series before its test for the unit; that is the same only where a window holds all of it.
MASE = Measure(
    "mase", ForecastScore(_mase, _plain), False, False, phrase("mean absolute error, in that of seasonal naive")
)
# as in M4 (Makridakis et al. 2020): 200 % at most, shown as points of a hundred; nothing said of nothing is right
SMAPE = Measure(
    "smape", ForecastScore(_smape, _plain), False, True, phrase("absolute error as a share of what came and was said")
)
# after M5 (Makridakis et al. 2022), of the mean that was said; the unit is seasonal naive's error in the window's
# history, where M5 takes the step before, from the first sale on
RMSSE = Measure(
    "rmsse", ForecastScore(_rmsse, _plain), False, False, phrase("root of the squared error, in that of seasonal naive")
)
# the pinball losses of all levels, averaged and doubled, as a share of all that came (Salinas et al. 2020);
# M5 scales each series by itself and weighs it by its sales
QUANTILE_LOSS = Measure(
    "quantile-loss", ForecastScore(_quantile_loss, _plain), False, True, phrase("loss of all bands, as a share")
)
SKILL = Measure(
    "skill",
    ForecastScore(_skill, _gained),
    True,
    True,
    phrase("share of seasonal naive's error that is gone"),
    least=-np.inf,
)
# The shares themselves and not their distances from 90 % and 80 %: a reader wants to know whether a band holds too
# little or too much, and the quantile loss punishes both. So they tell and do not decide: the widest bands would win.
COVERAGE = Measure(
    "interval-coverage",
    ForecastScore(_inside(0.05, 0.95), _plain),
    True,
    True,
    phrase("share inside the 90 % band"),
    decides=False,
)
COVERAGE_80 = Measure(
    "interval-coverage-80",
    ForecastScore(_inside(0.1, 0.9), _plain),
    True,
    True,
    phrase("share inside the 80 % band"),
    decides=False,
)
MAE = Measure(
    "mae", ForecastScore(_absolute, _plain), False, False, phrase("mean absolute error, in the target's unit")
)
MSE = Measure("mse", ForecastScore(_square, _plain), False, False, phrase("mean squared error, in the target's unit"))
MEASURES = (MASE, SMAPE, RMSSE, QUANTILE_LOSS, SKILL, COVERAGE, COVERAGE_80, MAE, MSE)
