"""Quick looks at series: what repeats itself, and how much closer than the last season one can come at once.

What stands in for a study's contenders is quick: each series smoothed by itself (Theta), and a weighted sum of lags
that all series have in common. Both learn from the earlier moments of what a study would train on, and are held to the
later ones and to what it would validate on. What a study tests on is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.classical.forecasting.alone import Alone, by_theta
from fathom.classical.forecasting.linear import LinearLags
from fathom.classical.forecasting.past import past
from fathom.classical.forecasting.seasonal import by_place, moving_mean
from fathom.classical.linear import LAG_PENALTIES
from fathom.data.dataset import Dataset
from fathom.data.series.origins import TEST, TRAIN
from fathom.data.series.windows import HISTORY, ORIGIN, SERIES, stretches
from fathom.learner import Run
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
Name = Literal["last", "theta", "lags"]
HELD = 0.4  # share of the moments that train, the latest, which looks are held to as well
CHOOSING = 0.15  # share of the moments to learn from that settings are chosen on
MOST_HELD = 2_000  # windows
CLEAR = 0.03  # of the baseline's error, below which being closer is not worth a word
SECONDS = 5.0  # that looking at lags may take
MANY_SERIES = 20  # from so many on the series are what chance deals, as in a study's intervals
FEWEST = 6  # windows that overlap nowhere, or series, below which chance cannot be told from skill
SURE = 2.25  # standard errors that chance reaches in 2.5 % of cases, with the better of two looks
ALIKE = 1e-9  # of the baseline's error, a spread that is the arithmetic's
LOOKED = 200  # series whose season is measured
LONGEST = 3_000  # values of each


@dataclass(frozen=True)
class SeriesProbe:
    """What a quick look found: its `mase`, and `closer`, the share of the baseline's error that is gone.

    Below 0 it is worse. `deviations`: how many standard errors that is above the baseline; 0 where there is too little
    to tell.
    """

    name: Name
    mase: float
    closer: float
    deviations: float


@dataclass(frozen=True)
class SeriesProbes:
    """All looks at the same `windows` forecasts; `baseline`: the MASE of the last season over again.

    `sure`: whether there is enough to tell skill from chance.
    """

    windows: int
    baseline: float
    sure: bool
    last: SeriesProbe
    theta: SeriesProbe
    lags: SeriesProbe

    @property
    def all(self) -> tuple[SeriesProbe, SeriesProbe, SeriesProbe]:
        """The looks, the plainest first."""
        return self.last, self.theta, self.lags

    @property
    def best(self) -> SeriesProbe:
        """Of those that learn, the closest."""
        return min((self.theta, self.lags), key=lambda probe: probe.mase)

    @property
    def telling(self) -> bool:
        """Whether one that learns is closer than the baseline: surely, or by so much that more data might tell."""
        return not self.sure or any(each.deviations > SURE or each.closer >= CLEAR for each in (self.theta, self.lags))


def probe_series(dataset: Dataset, problem: Problem, *, seed: int = 0) -> SeriesProbes | None:
    """Quick looks at the windows of series; None where nothing is left to learn from, or to hold looks to."""
    horizon = problem.horizon
    assert horizon is not None
    part = dataset.frame[dataset.source.part]
    dataset = dataset.take(np.flatnonzero((part != TEST).to_numpy()))
    training = (dataset.frame[dataset.source.part] == TRAIN).to_numpy()
    earlier, later = _by_time(dataset.take(np.flatnonzero(training)), HELD)
    learned, chosen = _by_time(earlier, CHOOSING)
    if not len(learned):
        return None
    held = Dataset(
        pl.concat([later.frame, dataset.frame.filter(~training)]), dataset.columns, dataset.source, dataset.folder
    )
    if len(held) > MOST_HELD:
        held = held.take(np.sort(np.random.default_rng(seed).permutation(len(held))[:MOST_HELD]))
    truth = problem.truth(held)
    scaled = np.isfinite(truth["error"]) & (truth["error"] > 0) & np.isfinite(truth["future"]).any(axis=1)
    held, truth = held.take(np.flatnonzero(scaled)), truth[scaled]
    if not len(held):
        return None
    alone = Alone.of(problem, earlier)
    run = Run.lasting(SECONDS, seed=seed)
    lags = LinearLags.of(problem, learned, chosen, run, LAG_PENALTIES)
    last = np.array([each[-1] for each in held.frame[HISTORY].to_list()], dtype=np.float64)
    naive = _off(truth, truth["naive"])
    court = _Court(naive, *_clusters(held, problem))
    return SeriesProbes(
        len(held),
        float(naive.mean()),
        court.many >= FEWEST,
        court.tried("last", _off(truth, np.repeat(last[:, None], horizon.ahead, axis=1))),
        court.tried("theta", _off(truth, _values(alone.said(alone.ready(held), by_theta)))),
        court.tried("lags", _off(truth, _values(lags.forecasts(held)))),
    )


def strength(dataset: Dataset, problem: Problem) -> float | None:
    """How much of what moves beside the trend is season, 0 to 1: the median of the series that train; None without one.

    One less the share of the variance that is left when a classical decomposition has taken out the season, of the
    series without trend (after Wang, Smith and Hyndman 2006).
    """
    horizon = problem.horizon
    assert horizon is not None
    if horizon.season < 2:
        return None
    parts = dataset.frame[dataset.source.part]
    found = stretches(dataset.take(np.flatnonzero((parts == TRAIN).to_numpy())), problem)
    looked = {each.series: each.values[-LONGEST:] for each in found if len(each.values) >= 2 * horizon.season + 1}
    places = np.unique(np.linspace(0, len(looked) - 1, min(LOOKED, len(looked))).astype(np.intp))
    values = list(looked.values())
    measured = [_strength(values[place], horizon.season) for place in places]
    return float(np.median(measured)) if measured else None


def _strength(values: Floats, season: int) -> float:
    y = past(values[None, :]).values
    away = y - moving_mean(y, season)
    placed = by_place(away, season)
    with np.errstate(invalid="ignore"):
        rest = placed - np.nanmean(placed, axis=1, keepdims=True)
    whole = float(np.nanvar(placed))
    return max(0.0, 1.0 - float(np.nanvar(rest)) / whole) if whole > 0 else 0.0


@dataclass(frozen=True)
class _Court:
    """What the looks share: `naive`, the baseline's error of each window; `cluster`, the number of its share of chance.

    `many`: how many shares that is, windows that overlap counted for what they hold together.
    """

    naive: Floats
    cluster: npt.NDArray[np.int64]
    many: float

    def tried(self, name: Name, off: Floats) -> SeriesProbe:
        """What a look reaches."""
        count = np.bincount(self.cluster)
        gain = np.bincount(self.cluster, self.naive - off)[count > 0] / count[count > 0]
        # a window tells less where it overlaps others
        error = float(gain.std(ddof=1) / np.sqrt(self.many)) if len(gain) > 1 else 0.0
        whole = float(self.naive.mean())
        alike = error <= ALIKE * whole  # the same series several times: they are one
        deviations = float(gain.mean()) / error if self.many >= FEWEST and not alike else 0.0
        return SeriesProbe(name, float(off.mean()), 1 - float(off.mean()) / whole if whole > 0 else 0.0, deviations)


def _clusters(held: Dataset, problem: Problem) -> tuple[npt.NDArray[np.int64], float]:
    """What chance deals: whole series where there are many; else windows, counted for what they hold together."""
    assert problem.horizon is not None
    names, owner = np.unique(held.frame[SERIES].to_numpy().astype(str), return_inverse=True)
    if len(names) >= MANY_SERIES:
        return owner.astype(np.int64), float(len(names))
    ahead = problem.horizon.ahead
    stamps = problem.horizon.stamps(held.frame[ORIGIN].to_numpy().astype("datetime64[us]"), 1, ahead)
    together = sum(np.unique(stamps[owner == number]).size for number in range(len(names)))
    return np.arange(len(held), dtype=np.int64), together / ahead


def _by_time(train: Dataset, share: float) -> tuple[Dataset, Dataset]:
    """The earlier windows, and those of this share of the moments, the latest."""
    origin = train.frame[ORIGIN].to_numpy().astype("datetime64[us]")
    moments = np.unique(origin)
    if len(moments) < 2:
        return train, train.take([])
    first = moments[min(int(np.ceil((1 - share) * len(moments))), len(moments) - 1)]
    return train.take(np.flatnonzero(origin < first)), train.take(np.flatnonzero(origin >= first))


def _off(truth: npt.NDArray[Any], said: Floats) -> Floats:
    """The error of each window in units of what seasonal naive is off in its history, float64 [rows]."""
    off: Floats = np.nanmean(np.abs(truth["future"] - said), axis=1) / truth["error"]
    return off


def _values(said: Forecasts) -> Floats:
    return said.values
