"""Which stretches of a text name something, and what."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import entities
from fathom.tasks.inputs import inputs_for, place_of
from fathom.tasks.labels import enough
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

MOST_LABELS = 200


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of finding the stretches of a text that the column `target` marks in it."""
    column = dataset.column(target)
    if column.kind != Kind.SPANS:
        raise DataError(
            phrase("'{target}' holds {kind} values, not spans of a text.", target=target, kind=column.kind),
            where=place_of(dataset, target),
            remedy=phrase('Name a column of spans, each a list such as [[0, 5, "city"]], or read a CoNLL file.'),
        )
    inputs = inputs_for(dataset, target, TASK.inputs)
    if len(inputs) > 1:
        names = ", ".join(each.name for each in inputs)
        raise DataError(
            phrase("Spans are of one text, and there are {count} ({names}).", count=len(inputs), names=names),
            where=dataset.source.location,
            remedy=phrase("Leave the others out: --drop {names}", names=",".join(each.name for each in inputs[1:])),
        )
    return replace(Problem(TASK.name, target, inputs), labels=labels_of(dataset, target))


def labels_of(dataset: Dataset, target: str) -> tuple[str, ...]:
    """The labels in a column of spans, sorted; a DataError where there is none, or too many to learn."""
    found = dataset[target].drop_nulls().explode().drop_nulls().struct.field("label")
    labels = found.unique().sort().to_list()
    return enough(
        labels,
        MOST_LABELS,
        place_of(dataset, target),
        none=phrase("No row has an entity to learn from."),
        give=phrase("Give texts with some entities marked."),
    )


def choose_measure(problem: Problem, train: Dataset) -> str:
    """F1 of whole entities."""
    return entities.F1.name


TASK = Task("named-entity-recognition", frozenset({Kind.TEXT}), pose, entities.MEASURES, choose_measure)
