"""Which of several labels a picture has."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.tasks import labels
from fathom.tasks.inputs import one_input
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of labelling pictures with the values of `target`."""
    inputs = one_input(dataset, target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), classes=labels.classes_of(dataset, target))


TASK = Task("image-classification", frozenset({Kind.IMAGE}), pose, labels.MEASURES, labels.choose_measure)
