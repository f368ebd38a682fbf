"""Which stretches of a text name something, and what."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import entities
from fathom.tasks.inputs import one_input, place_of
from fathom.tasks.labels import marked
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of finding the stretches of a text that the column `target` marks in it."""
    column = dataset.column(target)
    if column.kind != Kind.SPANS:
        raise DataError(
            phrase("'{target}' holds {kind} values, not spans of a text.", target=target, kind=column.kind),
            where=place_of(dataset, target),
            remedy=phrase('Name a column of spans, each a list such as [[0, 5, "city"]], or read a CoNLL file.'),
        )
    inputs = one_input(dataset, target, TASK.inputs)
    labels = marked(
        dataset,
        target,
        none=phrase("No row has an entity to learn from."),
        give=phrase("Give texts with some entities marked."),
    )
    return replace(Problem(TASK.name, target, inputs), labels=labels)


def choose_measure(problem: Problem, train: Dataset) -> str:
    """F1 of whole entities."""
    return entities.F1.name


TASK = Task("named-entity-recognition", frozenset({Kind.TEXT}), pose, entities.MEASURES, choose_measure)
