"""What series there are, counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.series.panel import NAME, VALUE, panel_of
from fathom.data.series.table import names_of, rows_of
from fathom.data.series.windows import SERIES
from fathom.tasks.problem import Problem

MOST_SERIES = 1_000  # that are looked at


@dataclass(frozen=True)
class SeriesFacts:
    """How many series, how long, and what they do.

    `values`: of all series; `shortest`, `median`, `longest`: steps of a series. `step`, `ahead`: from one value to the
    next, and how many steps are forecast. `season`: after how many steps series repeat themselves (1: they do not),
    `strength`: how much of what moves beside the trend is season, 0 to 1. `gaps`: share of steps without a value;
    `doubled`: rows that share series and step with another; `short`: series that are too short to learn from or test.
    `looked`: the series that were looked at, where a sample was drawn. `known`, `past`, `static`: columns beside.
    """

    series: int
    values: int
    shortest: int
    median: int
    longest: int
    step: str
    ahead: int
    season: int
    strength: float | None
    gaps: float
    doubled: int
    short: int
    looked: int
    known: tuple[str, ...]
    past: tuple[str, ...]
    static: tuple[str, ...]


def some(dataset: Dataset, problem: Problem, seed: int) -> tuple[Dataset, int, int]:
    """A random sample of many series (else all of them), how many there are, and how many values they have."""
    assert problem.horizon is not None
    rows, _ = rows_of(dataset, problem.horizon, problem.target)
    seen = rows.filter(pl.col(VALUE).is_not_null())
    names = seen[NAME].unique().sort()
    if len(names) <= MOST_SERIES:
        return dataset, len(names), seen.height
    kept = names.gather(np.sort(np.random.default_rng(seed).permutation(len(names))[:MOST_SERIES]))
    mine = names_of(dataset, problem.horizon).is_in(kept.implode())
    return dataset.take(np.flatnonzero(mine.to_numpy())), len(names), seen.height


def facts(
    dataset: Dataset, windows: Dataset, problem: Problem, series: int, values: int, strength: float | None
) -> SeriesFacts:
    """What there is; `windows` and `problem` as a study has them laid out, so that its season is that of the values."""
    horizon = problem.horizon
    assert horizon is not None
    panel, mended = panel_of(rows_of(dataset, horizon, problem.target)[0], horizon)
    return SeriesFacts(
        series,
        values,
        int(panel.length.min()),
        int(np.median(panel.length)),
        int(panel.length.max()),
        horizon.step,
        horizon.ahead,
        horizon.season,
        strength,
        mended.filled / max(mended.values, 1),
        mended.doubled,
        len(panel) - windows.frame[SERIES].n_unique(),
        len(panel),
        horizon.known,
        horizon.past,
        horizon.static,
    )
