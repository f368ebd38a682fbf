"""From a dataset and what a person asks of it to a posed problem: columns left out, task found, groups and time set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fathom import catalog
from fathom.data.conform import conform
from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.events.parts import seconds_of
from fathom.data.read import read
from fathom.data.series.shape import joined, long
from fathom.errors import DataError, FathomError
from fathom.messages import phrase
from fathom.protocol.request import Request
from fathom.tasks.budget import Budget, a_day
from fathom.tasks.problem import Problem
from fathom.tasks.propose import propose
from fathom.tasks.task import Task

ANOMALIES, UNLABELLED = "anomaly-detection", "fathom.tasks.anomaly_detection:unlabelled"
FORECASTING = "forecasting"


def opened(request: Request) -> tuple[Dataset, Any]:
    """The data, and what is to be tested on; series as a long table, what tests them among their rows."""
    dataset = read(request.data, kinds=request.kinds)
    if request.task == ANOMALIES or (request.task != FORECASTING and not request.asked):
        return dataset, request.test
    if request.predict is None:
        raise _unnamed(dataset)
    dataset = long(dataset, request.predict, request.asked)
    if request.test is None:
        return dataset, None
    tested = long(read(request.test, kinds=request.kinds), request.predict, request.asked)
    frame = conform(tested.frame, dataset.columns, where=tested.source.location)
    return joined(dataset, Dataset(frame, dataset.columns, tested.source), request.predict, request.asked), None


def without(dataset: Dataset, drop: Sequence[str], predict: str | None) -> Dataset:
    """The dataset without the columns to drop; DataError where a name is wrong or is the one to predict."""
    drop = whole(drop, dataset.names)
    for name in (*drop, *filter(None, [predict])):
        dataset.column(name)
    if predict is not None and predict in drop:
        what = phrase("'{predict}' cannot be both predicted and dropped.", predict=predict)
        raise DataError(what, where=dataset.source.location)
    return dataset.select([name for name in dataset.names if name not in drop]) if drop else dataset


def whole(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names, those put together again that hold commas, where a list with commas between has parted them.

    >>> whole(["id", "income", "net"], ["id", "income, net", "age"])
    ['id', 'income, net']
    """
    parted = {tuple(part.strip() for part in name.split(",") if part.strip()): name for name in known if "," in name}
    found: list[str] = []
    at = 0
    while at < len(names):
        ends = range(len(names), at + 1, -1)
        end = next((end for end in ends if tuple(names[at:end]) in parted and set(names[at:end]) - set(known)), at + 1)
        found.append(names[at] if end == at + 1 else parted[tuple(names[at:end])])
        at = end
    return found


def answered(dataset: Dataset, request: Request) -> tuple[Dataset, str]:
    """The dataset with a column that holds what is to be found, and its name: the one to predict.

    Where none is named, and the task needs none, one that anomalies will be planted in. DataError where it needs one.
    """
    if request.predict is not None:
        return dataset, request.predict
    if request.task != ANOMALIES:
        raise _unnamed(dataset)
    return catalog.load(UNLABELLED)(dataset)  # type: ignore[no-any-return]


def _unnamed(dataset: Dataset) -> DataError:
    return DataError(
        phrase("No column to predict was named."),
        where=dataset.source.location,
        remedy=phrase("Name it: --predict COLUMN. To look for strange rows, say --task anomaly-detection."),
    )


def posed(dataset: Dataset, request: Request) -> tuple[Task, Problem]:
    """The task, as asked for or as the columns suggest it, and the problem; DataError for what a person can mend."""
    assert request.predict is not None, "a column is there before a problem is posed"
    name = request.task or (FORECASTING if request.asked else propose(dataset, request.predict))
    task: Task = catalog.load(catalog.task(name).path)
    _check_roles(dataset, request)
    if task.asks is not None:
        return task, task.asks(dataset, request.predict, request.asked)
    _refuse_series(task, request)
    problem = task.pose(dataset, request.predict)
    if problem.conditions:
        budget = Budget.of(request.alerts)
        problem = replace(
            problem,
            alerts=str(request.alerts or budget.count),
            share=budget.share(dataset, request.time),
            series=tuple(dict.fromkeys(request.series)),
        )
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
    problem = replace(problem, inputs=inputs, group=request.group, time=request.time, far=request.far)
    return task, _with_events(problem, request)


def _with_events(problem: Problem, request: Request) -> Problem:
    """The problem with what was said of events; a FathomError where its rows are none."""
    said = {"entity": request.entity, "amount": request.amount, "label-delay": request.label_delay}
    if problem.events is None:
        told = [
            name for name, value in {**said, "alerts": None if problem.conditions else request.alerts}.items() if value
        ]
        if not told:
            return problem
        raise FathomError(
            phrase("--{option} is for frauds, and the task is {task}.", option=told[0], task=problem.task),
            remedy=phrase("Say --task fraud-detection, or leave it out."),
        )
    entities = tuple(dict.fromkeys(request.entity))
    delay = seconds_of(request.label_delay) if request.label_delay else 0.0
    alerts = None if request.alerts is None else a_day(request.alerts)
    events = Events((), entities, request.time, request.amount, request.review_cost, alerts, None, delay)
    return replace(problem, events=events)


def _refuse_series(task: Task, request: Request) -> None:
    """Raise a FathomError where something was said that only forecasts have."""
    own = ("time", "series") if task.name == ANOMALIES else ("time",)
    said = {name: value for name, value in request.asked.to_json().items() if value and name not in own}
    if said:
        option = {"ahead": "horizon", "country": "holidays"}.get(next(iter(said)), next(iter(said)))
        raise FathomError(
            phrase("--{option} is for forecasts, and the task is {task}.", option=option, task=task.name),
            remedy=phrase("Say --task forecasting, or leave it out."),
        )


def _check_roles(dataset: Dataset, request: Request) -> None:
    """Raise a DataError where the column of groups or of time is missing, or is the one to predict."""
    for name in (request.group, request.time, request.by, *request.series):
        if name is not None:
            dataset.column(name)
    where = dataset.source.location
    if request.group == request.predict:
        raise DataError(phrase("'{name}' is predicted, so it cannot group rows.", name=request.group), where=where)
    if request.time == request.predict:
        what = phrase("'{name}' is predicted, so it cannot order rows in time.", name=request.time)
        raise DataError(what, where=where)
