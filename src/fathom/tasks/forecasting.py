"""What comes next in series: their values some steps ahead, with how sure that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from fathom.data.conform import conform
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.data.series.asked import Asked
from fathom.data.series.panel import GIVEN
from fathom.data.series.shape import lengthened
from fathom.data.series.table import horizon_of, roles_of
from fathom.data.series.windowed import latest, put_right, windowed
from fathom.data.series.windows import HISTORY, KNOWN, ORIGIN, PAST, SERIES
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import forecast_measures as measures
from fathom.tasks.forecasts import Forecasts, Named
from fathom.tasks.inputs import place_of
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

TAKEN = (SERIES, ORIGIN, HISTORY)


def pose(dataset: Dataset, target: str, asked: Asked | None = None) -> Problem:
    """The problem of forecasting the column `target`; what is not asked follows from the data."""
    asked = asked or Asked()
    if dataset.column(target).kind != Kind.NUMBER:
        raise DataError(
            phrase("'{target}' holds no numbers, so it cannot be forecast.", target=target),
            where=place_of(dataset, target),
            remedy=phrase(
                "Name a column of numbers with --predict; --kind {target}=number reads it as one.", target=target
            ),
        )
    roles = roles_of(dataset, target, asked)
    horizon = horizon_of(dataset, target, asked, roles)
    for name in (target, *roles.static):
        if name in TAKEN or name.startswith((KNOWN, PAST)):
            raise DataError(
                phrase("A column cannot be called '{name}' here: windows have one of this name.", name=name),
                where=dataset.source.location,
                remedy=phrase("Call it something else in the file."),
            )
    names = dict.fromkeys((roles.time, *roles.series, *roles.known, *roles.past, *roles.static, target))
    given = tuple(dataset.column(name) for name in names)
    return Problem(TASK.name, target, given, given=given, horizon=horizon)


def ready(dataset: Dataset, problem: Problem) -> tuple[Dataset, Problem, list[Finding]]:
    """Windows of the rows that train, validate and test, and what was found, mended and left out on the way."""
    assert problem.horizon is not None
    found = windowed(dataset, problem.target, problem.horizon)
    names = {problem.target, found.dataset.source.part}
    inputs = tuple(column for column in found.dataset.columns if column.name not in names)
    mine = dataset.frame.filter(~pl.col(GIVEN)) if GIVEN in dataset.names else dataset.frame
    source = replace(found.dataset.source, given=fingerprint(mine, problem))
    return replace(found.dataset, source=source), replace(problem, inputs=inputs, horizon=found.horizon), found.findings


def fingerprint(frame: pl.DataFrame, problem: Problem) -> str:
    """The fingerprint of a person's rows, of the columns that the problem has."""
    return Dataset(frame.select(column.name for column in problem.given), problem.given).fingerprint()


def arrange(frame: pl.DataFrame, problem: Problem, memory: Any = None) -> pl.DataFrame:
    """A window for each series of a person's rows: its history, and what is known of the steps to come."""
    assert problem.horizon is not None
    rows = latest(Dataset(frame, problem.given), problem.target, problem.horizon)
    return rows.select(column.name for column in problem.inputs)


def amended(frame: pl.DataFrame, problem: Problem) -> list[Finding]:
    """What is put right and left out of a person's rows before they are forecast."""
    assert problem.horizon is not None
    rows = conform(as_long(frame, problem), problem.asked)
    return put_right(Dataset(rows, problem.given), problem.horizon, problem.target)


def as_long(frame: pl.DataFrame, problem: Problem) -> pl.DataFrame:
    """A person's rows with the columns that the problem has; a wide table made long."""
    assert problem.horizon is not None
    return lengthened(frame, problem.target, problem.horizon)


def examine(frame: pl.DataFrame, problem: Problem) -> Dataset:
    """A window for each series with what came next: the last steps of each are held against what was known before."""
    assert problem.horizon is not None
    rows = Dataset(frame, problem.given)
    found = latest(rows, problem.target, problem.horizon, back=problem.horizon.ahead)
    if not found.height:
        raise DataError(
            phrase(
                "No series has more than {ahead} values, so no forecast can be tested.", ahead=problem.horizon.ahead
            ),
            remedy=phrase("Give the history of each series, and after it what came next."),
        )
    return Dataset(found, (*problem.inputs, Column(problem.target, Kind.SERIES)))


def named(said: Forecasts, rows: Dataset, problem: Problem) -> Forecasts:
    """The forecasts with the names of their series and the moments of their steps."""
    horizon = problem.horizon
    assert horizon is not None
    stamps = horizon.stamps(rows.frame[ORIGIN].to_numpy().astype("datetime64[us]"), 1, horizon.ahead)
    names = rows.frame[SERIES].to_numpy().astype(object)
    return replace(said, named=Named(horizon.series, names, horizon.time, stamps, horizon.step.endswith("i")))


def choose_measure(problem: Problem, train: Dataset) -> str:
    """Errors in units of what seasonal naive is off in the history: series of any size count alike."""
    return measures.MASE.name


TASK = Task(
    "forecasting",
    frozenset({Kind.SERIES}),
    pose,
    measures.MEASURES,
    choose_measure,
    ready=ready,
    arrange=arrange,
    asks=pose,
    unfold=as_long,
    examine=examine,
    named=named,
    weighed=named,  # bands want to know which windows overlap
)
