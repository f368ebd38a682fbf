"""Which number a row of a table has."""

from __future__ import annotations

from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import measures
from fathom.tasks.inputs import inputs_for, place_of
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of estimating the numbers of `target`."""
    where = place_of(dataset, target)
    if dataset.column(target).kind != Kind.NUMBER:
        raise DataError(
            phrase("'{target}' holds {kind} values, not numbers.", target=target, kind=dataset.column(target).kind),
            where=where,
            remedy=phrase("Say --task tabular-classification, or predict a column of numbers."),
        )
    if dataset[target].drop_nulls().n_unique() < 2:
        raise DataError(phrase("All values are the same."), where=where, remedy=phrase("Predict another column."))
    return Problem(TASK.name, target, inputs_for(dataset, target, TASK.inputs))


def choose_measure(problem: Problem, train: Dataset) -> str:
    """The error that large misses weigh on."""
    return measures.RMSE.name


MEASURES = (measures.RMSE, measures.MAE, measures.R2, measures.COVERAGE)
TASK = Task("tabular-regression", TABLE_KINDS, pose, MEASURES, choose_measure)
