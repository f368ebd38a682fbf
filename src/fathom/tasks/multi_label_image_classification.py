"""Which labels a picture has: none, one or several."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.tasks.inputs import one_input
from fathom.tasks.problem import Problem
from fathom.tasks.several_labels import MEASURES, choose_measure, labels_of, refuse_others
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of giving pictures the labels that the column `target` lists."""
    refuse_others(dataset, target)
    inputs = one_input(dataset, target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), sets=labels_of(dataset, target))


TASK = Task("multi-label-image-classification", frozenset({Kind.IMAGE}), pose, MEASURES, choose_measure)
