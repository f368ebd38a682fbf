"""Which of several labels a row of a table has."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS
from fathom.tasks import labels
from fathom.tasks.inputs import inputs_for
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of labelling rows with the values of `target`."""
    problem = Problem(TASK.name, target, inputs_for(dataset, target, TASK.inputs))
    return replace(problem, classes=labels.classes_of(dataset, target))


TASK = Task("tabular-classification", TABLE_KINDS, pose, labels.MEASURES, labels.choose_measure)
