"""Planted anomalies: rows made strange in stated ways, to test detectors where nobody has labelled any.

What is caught of them says how well a detector sees breaks of these kinds, not how well it will find the ones that
occur: nobody knows those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.pasts import pasts
from fathom.tasks.planting_series import sown
from fathom.tasks.problem import Problem

MIXED, EXTREME, SHIFTED = "mixed", "extreme", "shifted"
TABLE_KINDS = (MIXED, EXTREME, SHIFTED)
SHARE = 0.1  # of the rows
FEWEST = 9
FAR = (0.5, 2.0)  # spreads beyond the range that an extreme number lies
MOVED = (2.0, 4.0)  # spreads by which shifted numbers move
TOUCHED = 3  # one of so many numbers is shifted, two at least

Cells = dict[str, list[Any]]
Random = np.random.Generator


def kinds_for(inputs: tuple[Column, ...]) -> tuple[str, ...]:
    """The kinds of anomalies that can be planted in these columns; none where there is nothing to change."""
    numbers = [column for column in inputs if column.kind == Kind.NUMBER]
    others = [column for column in inputs if column.kind in (Kind.NUMBER, Kind.CATEGORY)]
    found = [MIXED] if len(others) > 1 else []
    found += [EXTREME] if numbers else []
    return tuple(found + ([SHIFTED] if len(numbers) > 1 else []))


def planted(
    dataset: Dataset, problem: Problem, seed: int, history: Dataset | None = None
) -> tuple[Dataset, npt.NDArray[np.int64]]:
    """The rows, a tenth of them made strange, and what each is: 0 as it was, else 1 + its place in `kinds_for`.

    "mixed": about half of a row's cells come from other rows, each from another one: every value is usual and their
    combination is not. "extreme": one or two numbers beyond all others. "shifted": a third of the numbers, two at
    least, moved by two to four spreads. Of series see `planting_series`; `history` are the rows that they go on from,
    for columns of the past to be made anew. The same rows, problem and seed give the same.
    """
    if problem.given:
        return _in_series(dataset, problem, np.random.default_rng((seed, len(dataset))), history)
    kinds = kinds_for(problem.inputs)
    truth = np.zeros(len(dataset), dtype=np.int64)
    count = min(max(FEWEST, round(SHARE * len(dataset))), len(dataset) // 2)
    if not kinds or not count:
        return dataset, truth
    random = np.random.default_rng((seed, len(dataset)))
    chosen = random.permutation(len(dataset))[:count]
    names = [column.name for column in problem.inputs if column.kind in (Kind.NUMBER, Kind.CATEGORY)]
    numbers = {column.name: _Range.of(dataset[column.name]) for column in problem.inputs if column.kind == Kind.NUMBER}
    before: Cells = {name: dataset[name].to_list() for name in names}
    after: Cells = {name: list(cells) for name, cells in before.items()}
    for place, row in enumerate(chosen.tolist()):
        kind = place % len(kinds)
        truth[row] = 1 + kind
        if kinds[kind] == MIXED:
            _mix(before, after, row, random)
        else:
            _move(after, numbers, row, random, extreme=kinds[kind] == EXTREME)
    changed = [pl.Series(name, cells, dtype=dataset[name].dtype) for name, cells in after.items()]
    return replace(dataset, frame=dataset.frame.with_columns(changed)), truth


def _in_series(
    dataset: Dataset, problem: Problem, random: Random, history: Dataset | None
) -> tuple[Dataset, npt.NDArray[np.int64]]:
    """The rows of series with anomalies in them, and with the columns of their past made anew."""
    assert problem.time is not None
    numbers, series = numbers_of(problem), list(problem.series)
    raw, truth = sown(dataset.frame, numbers, problem.time, series, SHARE, random)
    keys = list(dict.fromkeys([*series, problem.time, *numbers]))
    before = raw.clear() if history is None else history.frame
    made = pasts(pl.concat([before.select(keys), raw.select(keys)]), numbers, problem.time, series)
    return replace(dataset, frame=raw.with_columns(made.tail(raw.height).get_columns())), truth


def numbers_of(problem: Problem) -> list[str]:
    """The numbers of a series that have a past."""
    inputs = {column.name for column in problem.inputs}
    return [column.name for column in problem.given if column.kind == Kind.NUMBER and column.name in inputs]


def made_of(problem: Problem) -> tuple[str, ...]:
    """The columns of a problem that were made of what went before; none where rows are no series."""
    given = {column.name for column in problem.given}
    return tuple(column.name for column in problem.inputs if given and column.name not in given)


def told(dataset: Dataset, truth: npt.NDArray[np.int64], problem: Problem) -> Dataset:
    """The rows with what each is in the column that the problem's answers stand in, by name."""
    names = np.array(problem.conditions, dtype=object)[truth].tolist()
    column = Column(problem.target, Kind.CATEGORY, categories=problem.conditions)
    columns = (*(each for each in dataset.columns if each.name != column.name), column)
    frame = dataset.frame.with_columns(pl.Series(column.name, names, dtype=pl.String))
    return replace(dataset, frame=frame.select(each.name for each in columns), columns=columns)


class _Range:
    """What a column of numbers spans: lowest, highest, spread, and whether all are whole."""

    def __init__(self, low: float, high: float, spread: float, whole: bool) -> None:
        self.low, self.high, self.spread, self.whole = low, high, spread, whole

    @classmethod
    def of(cls, cells: pl.Series) -> _Range:
        values = cells.drop_nulls().to_numpy()
        if not len(values):
            return cls(0.0, 0.0, 1.0, whole=False)
        low, first, third, high = np.quantile(values, (0, 0.25, 0.75, 1))
        spread = (third - first) / 1.349 or (high - low) / 4 or max(abs(high), 1.0)
        return cls(float(low), float(high), float(spread), bool((values == np.round(values)).all()))

    def beyond(self, random: Random) -> float:
        """A number that is farther out than all others."""
        far = random.uniform(*FAR) * max(self.spread, (self.high - self.low) / 4)
        return self._kept(self.high + far if random.random() < 0.5 else self.low - far)

    def moved(self, value: float, random: Random) -> float:
        """The number, some spreads away."""
        return self._kept(value + random.uniform(*MOVED) * self.spread * random.choice((-1, 1)))

    def _kept(self, value: float) -> float:
        return float(np.round(value)) if self.whole else float(value)


def _mix(before: Cells, after: Cells, row: int, random: Random) -> None:
    """Give about half of the row's cells the values of other rows, each of another one."""
    names = list(before)
    take = max(1, min(len(names) - 1, round(len(names) / 2)))
    for at in random.permutation(len(names))[:take].tolist():
        cells = before[names[at]]
        after[names[at]][row] = cells[int(random.integers(len(cells)))]


def _move(after: Cells, numbers: dict[str, _Range], row: int, random: Random, *, extreme: bool) -> None:
    """Push one or two of the row's numbers beyond the others, or move a third of them."""
    names = list(numbers)
    count = int(random.integers(1, 3)) if extreme else max(2, len(names) // TOUCHED)
    for at in random.permutation(len(names))[:count].tolist():
        known, value = numbers[names[at]], after[names[at]][row]
        usual = (known.low + known.high) / 2 if value is None else value
        after[names[at]][row] = known.beyond(random) if extreme else known.moved(usual, random)
