"""Which few rows are fraud: payments, claims, logins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from fathom.data.cast import as_text
from fathom.data.dataset import Dataset
from fathom.data.events.events import DAY, Events
from fathom.data.events.look import looked
from fathom.data.events.memory import Memory
from fathom.data.events.velocity import velocity
from fathom.data.finding import Finding
from fathom.data.kinds import TABLE_KINDS, Column, Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import alerts, labels
from fathom.tasks.inputs import inputs_for, place_of
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

FEWEST = 3  # frauds: one to learn from, one to choose by, one to test by


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of finding the rarer of the two labels of `target`; as a class it stands second."""
    classes = labels.classes_of(dataset, target)
    if len(classes) != 2:
        raise DataError(
            phrase("Fraud or not is two labels, and '{target}' holds {count:,}.", target=target, count=len(classes)),
            where=place_of(dataset, target),
            remedy=phrase("Predict a column with two labels, or say --task tabular-classification."),
        )
    counts = as_text(dataset[target].drop_nulls()).value_counts(name="rows")
    rows = dict(zip(counts[target].to_list(), counts["rows"].to_list(), strict=True))
    usual, rare = sorted(classes, key=lambda name: (-rows[name], classes.index(name)))
    if rows[rare] < FEWEST:
        raise DataError(
            phrase(
                "Of {rows:,} rows, {count} are '{rare}'; {least} are needed, one each to learn from, to choose by and "
                "to test by.",
                rows=rows[usual] + rows[rare],
                count=rows[rare],
                rare=rare,
                least=FEWEST,
            ),
            where=place_of(dataset, target),
            remedy=phrase(
                "Give more rows that are, or look for strange rows without labels: --task anomaly-detection."
            ),
        )
    inputs = inputs_for(dataset, target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), classes=(usual, rare), events=Events())


def ready(dataset: Dataset, problem: Problem) -> tuple[Dataset, Problem, list[Finding]]:
    """The rows with what went before each of them, the problem that says so, and what was odd about the events.

    Entities and times are no inputs by themselves: new events are of new cards and later. What they tell is in the
    features, and in the hour and the weekday.
    """
    events = problem.events
    assert events is not None
    findings = looked(dataset, events, problem.target)
    if events.given:  # test rows of their own: the columns are known, what went before them is the memory's to tell
        return dataset, problem, findings
    named = [*events.entities, *filter(None, (events.time, events.amount))]
    if not events.follows:
        return dataset, problem, findings
    whose = {name: Column(name, Kind.CATEGORY) for name in events.entities}
    columns = {column.name: whose.get(column.name, column) for column in dataset.columns}
    texts = [as_text(dataset[name]).alias(name) for name in events.entities]
    dataset = replace(dataset, frame=dataset.frame.with_columns(texts), columns=tuple(columns.values()))
    asked = {column.name for column in problem.inputs} | set(named)
    given = tuple(column for column in dataset.columns if column.name in asked)
    events = replace(events, given=given)
    made = velocity(dataset.frame, events)
    added = tuple(_described(made[name]) for name in made.columns)
    own = tuple(each for each in problem.inputs if each.name not in (*events.entities, events.time))
    useful = tuple(column for column in added if not column.ignored)
    dataset = replace(dataset, frame=pl.concat([dataset.frame, made], how="horizontal"),
                      columns=(*dataset.columns, *added))  # fmt: skip
    return dataset, replace(problem, inputs=(*own, *useful), events=events), findings


def _described(values: pl.Series) -> Column:
    """A made column as any other: its range, and whether it says anything."""
    low, high, middle = (None if each is None else float(each) for each in _figures(values))
    missing = values.null_count() / max(len(values), 1)
    ignored = "empty" if missing == 1 else "constant" if low == high and missing == 0 else ""
    reason = phrase("what went before")
    return Column(
        values.name, Kind.NUMBER, reason, ignored, low=low, high=high, middle=middle, missing=round(missing, 6)
    )


def _figures(values: pl.Series) -> tuple[float | None, ...]:
    return values.min(), values.max(), values.median()  # type: ignore[return-value]


def arrange(frame: pl.DataFrame, problem: Problem, memory: Memory | None) -> pl.DataFrame:
    """New events as learners see them, with what went before each: of what is remembered, and of these rows."""
    events = problem.events
    if events is None or not events.given:
        return frame
    made = velocity(frame, events) if memory is None else memory.frame(frame)
    names = [column.name for column in problem.inputs]
    return pl.concat([frame, made.select(name for name in made.columns if name not in frame.columns)],
                     how="horizontal").select(names)  # fmt: skip


def remember(dataset: Dataset, problem: Problem) -> Memory | None:
    """Where every entity stands after all rows: what the model must know when it is asked about the next event."""
    events = problem.events
    return None if events is None or not events.given else Memory.of(dataset.frame, events)


def settle(problem: Problem, train: Dataset) -> Problem:
    """The problem with the share of rows that the alerts of a day may be, by how many rows the days of `train` had."""
    events = problem.events
    if events is None or events.alerts is None:
        return problem
    if events.time is None:
        raise DataError(
            phrase("So many alerts a day can only be kept to where it is known when rows were."),
            remedy=phrase("Name the column of times: --time COLUMN."),
        )
    times = train[events.time].drop_nulls().cast(pl.Datetime("us")).to_physical().to_numpy()
    days = max(float(times.max() - times.min()) / DAY, 1.0) if len(times) else 1.0
    budget = min(events.alerts * days / max(len(times), 1), 1.0)
    return replace(problem, events=replace(events, budget=budget))


def weighed(predictions: Labels, dataset: Dataset, problem: Problem) -> Labels:
    """The labels as alerts with what each row is worth, by its amount."""
    events = problem.events
    amounts = None
    if events is not None and events.amount in dataset.names:
        amounts = dataset[events.amount].to_numpy().astype(np.float64)
    return alerts.weighed(predictions, amounts, events.review_cost if events else None)


def choose_measure(problem: Problem, train: Dataset) -> str:
    """Average precision: what it asks of a ranking is what alerts need, however few frauds there are."""
    return alerts.MEASURES[0].name


TASK = Task(
    "fraud-detection",
    TABLE_KINDS,
    pose,
    alerts.MEASURES,
    choose_measure,
    settle,
    ready,
    arrange,
    remember,
    weighed,
)
