"""What deep learners need to find strange rows: inputs without a running time, and scores from surprises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.series.pasts import is_past, owner_of
from fathom.deep.inputs.table import CYCLES, MISSING, TableInputs, quantile_edges
from fathom.deep.networks.reconstruction import ReconstructionNetwork
from fathom.tasks.planting import made_of, numbers_of
from fathom.tasks.problem import Problem
from fathom.tasks.scores import Scores, shares_of

MOST_LEVELS = 200  # of a category that are told apart; the rest counts as never seen
PARTS = 1 + 2 * len(CYCLES)  # of a time
RECURRING = range(1, 5)  # those of the day and the week; every new row is of a new day, and a year comes again too late
NUMBERS_TOTAL = 512


def inputs_of(problem: Problem, train: Dataset) -> TableInputs:
    """The inputs of a table, of times only what comes again, of categories only what is frequent.

    What was made of a row's past may be missing of new rows, also where no training row lacks it.
    """
    found = TableInputs.fit(problem, train)
    first, made = len(found.numbers), set(made_of(problem))
    scales = [
        None if place >= first and (place - first) % PARTS not in RECURRING else scale
        for place, scale in enumerate(found.scales)
    ]
    for place, name in enumerate(found.numbers):
        scale = scales[place]
        scales[place] = replace(scale, missing=True) if scale and name in made else scale
    values = tuple(_frequent(train[name], known) for name, known in zip(found.categories, found.values, strict=True))
    return replace(found, scales=tuple(scales), values=values)


def _frequent(cells: pl.Series, known: tuple[str, ...]) -> tuple[str, ...]:
    if len(known) <= MOST_LEVELS:
        return known
    counts = cells.cast(pl.String).fill_null(MISSING).value_counts(name="rows")
    return tuple(sorted(counts.sort(["rows", cells.name], descending=[True, False])[cells.name].head(MOST_LEVELS)))


def columns_of(inputs: TableInputs) -> list[str]:
    """The column of each feature that is told: numbers and marks of missing ones in order, then categories."""
    raw = [*inputs.numbers, *(name for name in inputs.times for _ in range(PARTS))]
    kept = [(name, scale) for name, scale in zip(raw, inputs.scales, strict=True) if scale]
    return [*(name for name, _ in kept), *(name for name, scale in kept if scale.missing), *inputs.categories]


def gaps_of(problem: Problem, inputs: TableInputs) -> list[int]:
    """Of numbers that were made of the past the places of their marks and their own, by turns."""
    raw = [*inputs.numbers, *(name for name in inputs.times for _ in range(PARTS))]
    kept = [(name, scale) for name, scale in zip(raw, inputs.scales, strict=True) if scale]
    marked = [at for at, (_, scale) in enumerate(kept) if scale.missing]
    made = set(made_of(problem))
    return [each for mark, at in enumerate(marked) if kept[at][0] in made for each in (len(kept) + mark, at)]


def design(problem: Problem, inputs: TableInputs, sizes: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the network for these inputs."""
    numbers = numbers_of(problem)
    columns = [owner_of(name, numbers) for name in columns_of(inputs)]  # a number and what is made of it hide together
    order = {name: place for place, name in enumerate(dict.fromkeys(columns))}
    return {
        "numbers": inputs.width,
        "counts": inputs.counts,
        "owners": [order[name] for name in columns],
        "gaps": gaps_of(problem, inputs),
        "number_size": max(2, min(8, NUMBERS_TOTAL // max(1, inputs.width))),
        **sizes,
    }


def network(made: dict[str, Any], rows: tuple[Tensor, ...]) -> ReconstructionNetwork:
    """The network of a design, its intervals placed among the training values."""
    found = ReconstructionNetwork(**made)
    if found.embed is not None:
        found.embed.set_edges(quantile_edges(rows[0], found.embed.start.shape[1]))
    return found


def scores(inputs: TableInputs, problem: Problem, surprises: npt.NDArray[np.float64], rows: int) -> Scores:
    """Scores from each feature's surprise, [rows, features]."""
    names = tuple(column.name for column in problem.inputs)
    places = {name: place for place, name in enumerate(names)}
    parts = np.zeros((rows, len(names)))
    if surprises.size:
        columns, numbers = columns_of(inputs), numbers_of(problem)
        own = [at for at, name in enumerate(columns) if not is_past(name, numbers)]
        np.add.at(parts.T, [places[columns[at]] for at in own], surprises.T[own])
    return Scores(names, parts.sum(axis=1), shares_of(parts), share=problem.share)
