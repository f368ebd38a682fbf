"""Nested samples: an order of the rows, any beginning of which is a fair smaller sample of them."""

from __future__ import annotations

import numpy as np

from fathom.data.dataset import Dataset
from fathom.data.posed import Posed
from fathom.data.series.told import MANY_SERIES
from fathom.data.series.windows import ORIGIN, SERIES
from fathom.data.split import Rows, places_in_time, rarest


def nested_order(dataset: Dataset, problem: Posed, rows: Rows, *, seed: int) -> Rows:
    """Positions in `rows` (int64, all of them), ordered so that the first k are a sample of k rows for every k.

    Labels keep their shares, and every label has a row as soon as k allows. Rows of one group follow each other, so
    that a sample has few groups in full rather than a little of each. By time the latest rows (or the groups with the
    latest) come first, because they are the nearest to those that test; then `seed` changes nothing. Of many series
    samples have few in full; of few series all, with a short history.

    >>> from fathom.data.kinds import Column, Kind
    >>> from fathom.tasks.problem import Problem
    >>> import polars as pl
    >>> x = Column("x", Kind.NUMBER)
    >>> data = Dataset(pl.DataFrame({"x": np.arange(8.0), "y": ["a"] * 6 + ["b"] * 2}), (x, Column("y", Kind.CATEGORY)))
    >>> order = nested_order(data, Problem("tabular-classification", "y", (x,), ("a", "b")), np.arange(8), seed=0)
    >>> sorted(data["y"][order[:4].tolist()].to_list())
    ['a', 'a', 'a', 'b']
    """
    if problem.horizon:
        return _of_series(dataset, rows, seed)
    groups = np.arange(len(rows))
    if problem.group:
        groups = dataset.frame[problem.group][rows].rank("dense").fill_null(0).to_numpy().astype(np.int64)
    if problem.time:
        places = places_in_time(dataset, problem.time, rows)
        latest = np.full(groups.max() + 1, -np.inf)
        np.maximum.at(latest, groups, places)
        return np.lexsort((-places, groups, -latest[groups])).astype(np.int64)
    random = np.random.default_rng(seed)
    if problem.group:
        return np.lexsort((random.random(len(rows)), random.permutation(groups.max() + 1)[groups])).astype(np.int64)
    if problem.sets:
        return _stratified(rarest(problem.truth(dataset)[rows]), random)
    if not (problem.classes or problem.persons):
        return random.permutation(len(rows)).astype(np.int64)
    return _stratified(problem.truth(dataset)[rows], random)


def _of_series(dataset: Dataset, rows: Rows, seed: int) -> Rows:
    """Windows by series, drawn by chance, the latest first; where there are few series the latest of all of them."""
    names = dataset.frame[SERIES][rows]
    places = dataset.frame[ORIGIN][rows].rank("dense").to_numpy().astype(np.int64)
    order = np.argsort(np.random.default_rng(seed).permutation(names.n_unique()))
    series = order[names.rank("dense").to_numpy().astype(np.int64) - 1]
    if names.n_unique() >= MANY_SERIES:
        return np.lexsort((-places, series)).astype(np.int64)
    return np.lexsort((series, -places)).astype(np.int64)


def _stratified(codes: Rows, random: np.random.Generator) -> Rows:
    """Every class spread evenly over the order, its first row at the very beginning."""
    chance = random.random(len(codes))
    line = np.lexsort((chance, codes))
    starts = np.flatnonzero(np.diff(codes[line], prepend=codes[line][0] - 1))
    sizes = np.diff(starts, append=len(line))
    rank = np.arange(len(line)) - np.repeat(starts, sizes)
    place = np.empty(len(codes))
    place[line] = np.where(
        rank == 0, -1.0, (rank + np.repeat(random.random(len(starts)), sizes)) / np.repeat(sizes, sizes)
    )
    return np.lexsort((chance, place)).astype(np.int64)
