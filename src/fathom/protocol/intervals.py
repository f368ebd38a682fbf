"""Intervals by the bootstrap: how far scores, and differences of scores on the same rows, could be chance."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.told import MANY_SERIES
from fathom.data.series.windows import ORIGIN, SERIES
from fathom.protocol import resampled
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem
from fathom.tasks.task import Measure

RESAMPLES = 1_000
FEWEST_RESAMPLES = 200  # even where time is short
LEVEL = 0.95
PERFECT = 1e-6  # so near to one is perfect, but for rounding
BLOCK_BYTES = 8 * 2**20
FEWEST_BLOCKS, ENOUGH_BLOCKS = 4, 8  # of moments that are drawn together
NORMAL_975 = 1.959963984540054  # the 97.5 % quantile of the normal distribution

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bootstrap:
    """Scores of several contenders on the same resamples of the test rows.

    `scores`: float64 [contenders]; `resamples`: float64 [resamples, contenders], NaN where a resample has no score;
    `rows`: how many test rows there are.
    """

    measure: Measure
    scores: Floats
    resamples: Floats
    rows: int
    grouped: bool

    def interval(self, position: int) -> tuple[float, float]:
        """The 95 % percentile interval of one contender's score (Efron 1979).

        An accuracy's interval is never narrower than Wilson's (1927): no error in forty rows does not mean none ever.
        Nor is that of any other share that is perfect, which every resample repeats.
        """
        score = float(self.scores[position])
        values = self.resamples[:, position]
        if not np.isfinite(values).any():
            return score, score
        low, high = np.nanquantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        if self.measure.name == "accuracy" and not self.grouped:
            least, most = wilson(score, self.rows)
            low, high = min(low, least), max(high, most)
        elif min(low, score) > 1 - PERFECT and self.measure.percent and self.measure.least == 0:
            low = wilson(score, self.rows)[0]
        return float(min(low, score)), float(max(high, score))

    def difference(self, one: int, other: int) -> tuple[float, float, float]:
        """How much better `other` is than `one`, and a 95 % interval that is simultaneous over all contenders.

        Studentized paired bootstrap; the critical value is the 95 % quantile of the largest deviation between `one`
        and any other contender, so that comparing with whoever happens to lead is allowed (comparisons with the
        best, Hsu 1984, by the maximum statistic). Positive means that `other` is better.
        """
        sign = 1.0 if self.measure.higher_is_better else -1.0
        differences = sign * (self.scores - self.scores[one])
        drawn = sign * (self.resamples - self.resamples[:, [one]]) - differences
        drawn = drawn[np.isfinite(drawn).all(axis=1)]
        if len(drawn) < 2:
            return float(differences[other]), -np.inf, np.inf
        errors = drawn.std(axis=0)
        moving = errors > 0
        half = 0.0
        if moving.any():
            largest = (np.abs(drawn[:, moving]) / errors[moving]).max(axis=1)
            half = float(np.quantile(largest, LEVEL) * errors[other])
        difference = float(differences[other])
        return difference, difference - half, difference + half


def bootstrap(
    measure: Measure,
    truth: npt.NDArray[Any],
    predictions: Sequence[Predictions],
    *,
    units: npt.NDArray[np.int64] | None = None,
    seed: int = 0,
    seconds: float = 20.0,
    each: npt.NDArray[np.float32] | None = None,
) -> Bootstrap:
    """Score every contender on up to 1,000 resamples of the test rows, the same resamples for all.

    Resampling changes row weights, never copies rows. `units`: int64 [rows], which rows must be drawn together.
    After `seconds` it makes do with the resamples that it has, at least 200. `each`: float32 [rows], how many rows a
    row stands for, where these are a sample that holds more of some than of others.
    """
    deadline = time.monotonic() + seconds
    score = resampled.scorer(measure, truth, predictions)
    found: list[Floats] = []
    done = 0
    for weights in _weights(len(truth), units, seed, resampled.scored(truth, predictions)):
        found.append(score(weights if each is None else weights * each))
        done += len(weights)
        if done >= RESAMPLES or (done >= FEWEST_RESAMPLES and time.monotonic() > deadline):
            break
    points = np.array([measure.score(truth, said, each) for said in predictions])
    return Bootstrap(measure, points, np.concatenate(found)[:RESAMPLES], len(truth), units is not None)


def units_of(problem: Problem, test: Dataset) -> npt.NDArray[np.int64] | None:
    """Which test rows belong together: those of a group, a series or a stretch of time; None where they stand alone."""
    if problem.horizon is not None:
        return _of_series(test, problem.horizon)
    if problem.group is not None and problem.group in test.names:
        groups: npt.NDArray[np.int64] = test[problem.group].rank("dense").fill_null(0).to_numpy().astype(np.int64)
        return groups
    if problem.time is not None and problem.time in test.names:
        position: npt.NDArray[np.int64] = test[problem.time].rank("ordinal").fill_null(1).to_numpy().astype(np.int64)
        stretch = max(round(len(test) ** (1 / 3)), 1)  # the usual order of growth of a block's length
        blocks: npt.NDArray[np.int64] = (position - 1) // stretch
        return blocks
    return None


def _of_series(test: Dataset, horizon: Horizon) -> npt.NDArray[np.int64]:
    """Of many series the windows of each belong together; of few those whose futures share steps, of all of them.

    Where few moments are left then, each series is drawn by itself.
    """
    series = test[SERIES].rank("dense").to_numpy().astype(np.int64)
    if series.max(initial=0) >= MANY_SERIES:
        return series
    origin = test[ORIGIN].to_numpy().astype("datetime64[us]")
    moments, place = np.unique(origin, return_inverse=True)
    shared = int((moments < horizon.stamps(moments[:1], horizon.ahead, horizon.ahead)[0, 0]).sum())
    blocks: npt.NDArray[np.int64] = place // max(min(shared, len(moments) // FEWEST_BLOCKS), 1)
    if blocks.max() + 1 >= ENOUGH_BLOCKS:
        return blocks
    each: npt.NDArray[np.int64] = series * (blocks.max() + 1) + blocks
    return each


def _weights(
    rows: int, units: npt.NDArray[np.int64] | None, seed: int, scored: int
) -> Iterator[npt.NDArray[np.float32]]:
    """Blocks of row weights, float32 [resamples, rows]: how often each row was drawn, for ever.

    A block has as few resamples as `scored`, what each of them weighs, allows; what is drawn is the same.
    """
    random = np.random.default_rng(seed)
    codes = None if units is None else np.unique(units, return_inverse=True)[1]
    size = rows if codes is None else int(codes.max()) + 1
    block = int(min(max(BLOCK_BYTES // (8 * max(scored, 1)), 1), 100))
    offsets = (np.arange(block) * size)[:, None]
    while True:
        drawn = random.integers(size, size=(block, size)) + offsets
        counts = np.bincount(drawn.ravel(), minlength=block * size).reshape(block, size).astype(np.float32)
        yield counts if codes is None else counts[:, codes]


def wilson(share: float, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share of so many rows (Wilson 1927)."""
    square = NORMAL_975**2
    middle = (share + square / (2 * rows)) / (1 + square / rows)
    half = NORMAL_975 / (1 + square / rows) * np.sqrt(share * (1 - share) / rows + square / (4 * rows**2))
    return max(float(middle - half), 0.0), min(float(middle + half), 1.0)
