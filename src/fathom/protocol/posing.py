"""From a dataset and what a person asks of it to a posed problem: columns left out, task found, groups and time set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.protocol.request import Request
from fathom.tasks.problem import Problem
from fathom.tasks.propose import propose
from fathom.tasks.task import Task


def without(dataset: Dataset, drop: Sequence[str], predict: str) -> Dataset:
    """The dataset without the columns to drop; DataError where a name is wrong or is the one to predict."""
    dataset.column(predict)
    for name in drop:
        dataset.column(name)
    if predict in drop:
        what = phrase("'{predict}' cannot be both predicted and dropped.", predict=predict)
        raise DataError(what, where=dataset.source.location)
    return dataset.select([name for name in dataset.names if name not in drop]) if drop else dataset


def posed(dataset: Dataset, request: Request) -> tuple[Task, Problem]:
    """The task, as asked for or as the columns suggest it, and the problem; DataError for what a person can mend."""
    task: Task = catalog.load(catalog.task(request.task or propose(dataset, request.predict)).path)
    _check_roles(dataset, request)
    problem = task.pose(dataset, request.predict)
    inputs = tuple(column for column in problem.inputs if column.name != request.group)  # new rows are of new groups
    if not inputs:
        raise DataError(
            phrase(
                "No column is left to predict '{predict}' from: '{group}' groups the rows.",
                predict=request.predict,
                group=request.group,
            ),
            where=dataset.source.location,
            remedy=phrase("Give data with a further column."),
        )
    return task, replace(problem, inputs=inputs, group=request.group, time=request.time, far=request.far)


def _check_roles(dataset: Dataset, request: Request) -> None:
    """Raise a DataError where the column of groups or of time is missing, or is the one to predict."""
    for name in (request.group, request.time, request.by):
        if name is not None:
            dataset.column(name)
    where = dataset.source.location
    if request.group == request.predict:
        raise DataError(phrase("'{name}' is predicted, so it cannot group rows.", name=request.group), where=where)
    if request.time == request.predict:
        what = phrase("'{name}' is predicted, so it cannot order rows in time.", name=request.time)
        raise DataError(what, where=where)
