"""Which rows of a table are not like the others, by how much, and which columns make them so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from fathom.data.cast import as_text
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import TABLE_KINDS, Column, Kind
from fathom.data.series.pasts import LONG, SHORT, go_on, pasts
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import strangeness
from fathom.tasks.inputs import inputs_for, place_of
from fathom.tasks.planting import kinds_for, numbers_of
from fathom.tasks.planting_series import SERIES_KINDS
from fathom.tasks.problem import USUAL, Problem
from fathom.tasks.task import Task

ANOMALY = "anomaly"  # the column that says what was planted, where nobody names one
PLANTED = "planted"
MOST_CONDITIONS = 20
MAJORITY = 0.5  # share of the rows that the usual condition needs


def unlabelled(dataset: Dataset) -> tuple[Dataset, str]:
    """The dataset with a column that calls every row usual, for anomalies to be planted, and that column's name."""
    name = ANOMALY
    while name in dataset.names:
        name += "_"
    usual = pl.Series(name, [USUAL] * len(dataset), dtype=pl.String)
    column = Column(name, Kind.CATEGORY, ignored=PLANTED, categories=(USUAL,))
    return replace(dataset, frame=dataset.frame.with_columns(usual), columns=(*dataset.columns, column)), name


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of finding rows that `target` calls other than most, or planted ones where it calls all the same."""
    inputs = inputs_for(dataset, target, TASK.inputs)
    problem = Problem(TASK.name, target, inputs)
    if dataset.column(target).ignored != PLANTED:
        return replace(problem, conditions=conditions_of(dataset, target))
    kinds = kinds_for(inputs)
    if not kinds:
        raise DataError(
            phrase("There is no number, and no second column, so no anomaly can be planted to test on."),
            where=dataset.source.location,
            remedy=phrase("Name a column that says which rows are anomalies: --predict COLUMN."),
        )
    return replace(problem, conditions=(USUAL, *kinds), planted=True)


def conditions_of(dataset: Dataset, target: str) -> tuple[str, ...]:
    """The values of a column, the most frequent first: it counts as usual. A DataError where that makes no sense."""
    labels = as_text(dataset[target].drop_nulls())
    counts = labels.value_counts(name="rows").sort(["rows", target], descending=[True, False])
    where = place_of(dataset, target)
    if not 2 <= len(counts) <= MOST_CONDITIONS:
        raise DataError(
            phrase("'{target}' holds {count:,} different values: it does not say which rows are anomalies.",
                   target=target, count=len(counts)),
            where=where,
            remedy=phrase("Name a column of two values, or of a few kinds; without --predict anomalies are planted."),
        )  # fmt: skip
    if counts["rows"][0] < MAJORITY * len(labels):
        raise DataError(
            phrase("No value of '{target}' is on half of the rows, so none can be taken for usual.", target=target),
            where=where,
            remedy=phrase("To tell several labels apart, use --task tabular-classification."),
        )
    return tuple(counts[target].to_list())


def ready(dataset: Dataset, problem: Problem) -> tuple[Dataset, Problem, list[Finding]]:
    """The rows with columns of their past where they are readings of series, the problem that says so, and findings.

    Rows are that where a time orders them, hardly two of a series share one, and most steps are alike.
    """
    if problem.given or problem.time is None or dataset.column(problem.time).kind not in (Kind.TIME, Kind.NUMBER):
        return dataset, problem, []
    numbers = [name for name in problem.inputs_of(Kind.NUMBER) if name != problem.time]
    if not numbers or not go_on(dataset.frame, problem.time, problem.series):
        return dataset, problem, [_apart(problem)] if numbers else []
    made = pasts(dataset.frame, numbers, problem.time, problem.series)
    added = tuple(_described(made[name]) for name in made.columns)
    useful = tuple(column for column in added if not column.ignored)
    keys = {column.name for column in problem.inputs} | {problem.time, *problem.series}
    given = tuple(column for column in dataset.columns if column.name in keys)
    frame = dataset.frame.with_columns(made.get_columns())
    inputs = (*(column for column in problem.inputs if column.name != problem.time), *useful)
    inputs = (
        *inputs,
        *(column for column in problem.inputs if column.name == problem.time and column.kind == Kind.TIME),
    )
    conditions = (USUAL, *SERIES_KINDS) if problem.planted else problem.conditions
    problem = replace(problem, inputs=inputs, given=given, conditions=conditions)
    what = phrase(
        "Rows are readings of series: each is also held to up to {long} readings before it.", long=SHORT + LONG
    )
    return replace(dataset, frame=frame, columns=(*dataset.columns, *added)), problem, [Finding("ok", what)]


def _apart(problem: Problem) -> Finding:
    what = phrase(
        "By '{time}' rows are no readings one by one at even steps, so none is held to its past.", time=problem.time
    )
    remedy = phrase("If they are readings of several series, name the column that tells these apart: --series COLUMN.")
    return Finding("note", what, (str(problem.time),), (), remedy)


def _described(values: pl.Series) -> Column:
    """A made column as any other: its range, and whether it says anything."""
    low, high, middle = (float(each) if isinstance(each, float) else None for each in
                         (values.min(), values.max(), values.median()))  # fmt: skip
    missing = values.null_count() / max(len(values), 1)
    ignored = "empty" if missing == 1 else "constant" if low == high else ""
    reason = phrase("what went before")
    return Column(
        values.name, Kind.NUMBER, reason, ignored, low=low, high=high, middle=middle, missing=round(missing, 6)
    )


def arrange(frame: pl.DataFrame, problem: Problem, memory: Any = None) -> pl.DataFrame:
    """New rows as learners see them: of series with the columns of their past, as far as these rows tell it."""
    if not problem.given or problem.time is None:
        return frame
    made = pasts(frame, numbers_of(problem), problem.time, problem.series)
    return frame.with_columns(made.get_columns()).select(column.name for column in problem.inputs)


def choose_measure(problem: Problem, train: Dataset) -> str:
    """Average precision where rows are labelled; the area under the ROC curve where anomalies were planted.

    How many were planted says nothing of how many occur, and average precision depends on that; the area does not.
    """
    return strangeness.ROC_AUC.name if problem.planted else strangeness.AVERAGE_PRECISION.name


TASK = Task("anomaly-detection", TABLE_KINDS, pose, strangeness.MEASURES, choose_measure, ready=ready, arrange=arrange)
