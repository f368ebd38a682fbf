"""Which of several labels a picture has."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import labels
from fathom.tasks.inputs import inputs_for
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of labelling pictures with the values of `target`."""
    inputs = one_picture(dataset, target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), classes=labels.classes_of(dataset, target))


def one_picture(dataset: Dataset, target: str, kinds: frozenset[Kind]) -> tuple[Column, ...]:
    """The one column of pictures that goes in; a DataError where there is none, or more than one."""
    inputs = inputs_for(dataset, target, kinds)
    if len(inputs) > 1:
        names = ", ".join(column.name for column in inputs)
        raise DataError(
            phrase("One picture a row can be read, not {count} ({names}).", count=len(inputs), names=names),
            where=dataset.source.location,
            remedy=phrase("Leave the others out: --drop {names}", names=",".join(column.name for column in inputs[1:])),
        )
    return inputs


TASK = Task("image-classification", frozenset({Kind.IMAGE}), pose, labels.MEASURES, labels.choose_measure)
