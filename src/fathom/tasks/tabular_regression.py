"""Which number a row of a table has."""

from __future__ import annotations

from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.errors import DataError
from fathom.tasks import measures
from fathom.tasks.inputs import inputs_for
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of estimating the numbers of `target`."""
    where = f"{dataset.source.location}, column '{target}'".lstrip(", ")
    if dataset.column(target).kind != Kind.NUMBER:
        raise DataError(
            f"'{target}' holds {dataset.column(target).kind} values, not numbers.",
            where=where,
            remedy="Say --task tabular-classification, or predict a column of numbers.",
        )
    if dataset[target].drop_nulls().n_unique() < 2:
        raise DataError("All values are the same.", where=where, remedy="Predict another column.")
    return Problem(TASK.name, target, inputs_for(dataset, target, TASK.inputs))


def choose_measure(problem: Problem, train: Dataset) -> str:
    """The error that large misses weigh on."""
    return measures.RMSE.name


MEASURES = (measures.RMSE, measures.MAE, measures.R2, measures.COVERAGE)
TASK = Task("tabular-regression", TABLE_KINDS, pose, MEASURES, choose_measure)
