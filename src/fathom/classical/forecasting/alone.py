"""Histories each by itself: what the ways to forecast one series by its own past have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting import autoregression, smoothing
from fathom.classical.forecasting.effects import Effects
from fathom.classical.forecasting.naive import Posed, SeasonalNaive, repeated
from fathom.classical.forecasting.normal import spread
from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.scale import Scale
from fathom.classical.forecasting.seasonal import Seasons, seasons
from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import Windows, windows
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
Said = tuple[Floats, Floats]  # medians and standard deviations, [rows, ahead] each
FARTHEST = 1e6  # units
FEWEST = 3  # values, below which the last season over again is all that can be said


@dataclass(frozen=True)
class Ready:
    """Windows made ready: histories in units, without known effects, and without their season.

    `whole` has the season still; `added`: effects of the steps to come, float64 [rows, ahead], in units.
    """

    horizon: Horizon
    whole: Past
    parted: Seasons
    scale: Scale
    added: Floats


@dataclass(frozen=True)
class Alone:
    """What is learned from all series for the ways that look at one: effects of known columns, what is usual."""

    effects: Effects
    naive: SeasonalNaive

    @classmethod
    def of(cls, problem: Problem, train: Dataset) -> Self:
        """Learn from the training rows."""
        return cls(Effects.of(train, problem), SeasonalNaive.of(problem, train))

    @property
    def horizon(self) -> Horizon:
        """How far ahead."""
        return self.naive.horizon

    def ready(self, dataset: Dataset) -> Ready:
        """The windows of these rows, made ready."""
        return ready(windows(dataset, Posed(self.horizon)), self.effects)

    def said(self, seen: Ready, way: Callable[[Ready], Said]) -> Forecasts:
        """What one way says of windows, in the series' unit; of those without a past what is usual."""
        middle, deviation = way(seen)
        middle = (middle + seen.added) * seen.scale.unit
        last = repeated(seen.whole, self.horizon.season, self.horizon.ahead) * seen.scale.unit
        little = (seen.whole.length < FEWEST)[:, None]
        middle = np.where(little, np.where(np.isfinite(last), last, self.naive.usual), middle)
        doubt = np.broadcast_to(self.naive.doubt * np.abs(middle[:, :1]), middle.shape)
        return spread(middle, np.where(little, doubt, deviation * seen.scale.unit))

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON data."""
        return {"effects": self.effects.to_json(), "naive": self.naive.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(Effects.from_json(data["effects"]), SeasonalNaive.from_json(data["naive"]))


def ready(seen: Windows, effects: Effects) -> Ready:
    """Windows made ready."""
    held = Past.of(seen)
    scale = Scale.of(held, seen.horizon.season)
    added = effects.added(seen.known) * scale.moving
    width = held.values.shape[1]
    units = np.clip(held.values / scale.unit - added[:, :width], -FARTHEST, FARTHEST)
    whole = Past(units, held.length)
    return Ready(seen.horizon, whole, seasons(whole, seen.horizon.season), scale, added[:, width:])


def smoothed(seen: Ready) -> Said:
    """Exponential smoothing with plain, drifting and damped trends."""
    found = smoothing.smooth(seen.parted.rest)
    return _seasoned(seen, *smoothing.ahead(found, seen.horizon.ahead))


def by_theta(seen: Ready) -> Said:
    """The Theta method; its bands are those of smoothing."""
    found = smoothing.smooth(seen.parted.rest)
    middle = smoothing.theta(seen.parted.rest, found, seen.horizon.ahead)
    return _seasoned(seen, middle, smoothing.ahead(found, seen.horizon.ahead)[1])


def autoregressed(seen: Ready) -> Said:
    """Autoregressions; their bands are those of smoothing."""
    middle = autoregression.autoregressed(seen.parted.rest, seen.horizon.ahead)
    found = smoothing.smooth(seen.parted.rest, smoothing.COARSE)
    return _seasoned(seen, middle, smoothing.ahead(found, seen.horizon.ahead, smoothing.COARSE)[1])


def _seasoned(seen: Ready, middle: Floats, deviation: Floats) -> Said:
    return seen.parted.back(np.nan_to_num(middle)), seen.parted.wider(np.nan_to_num(deviation))
