"""Which labels a text has: none, one or several."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.tasks.inputs import inputs_for
from fathom.tasks.problem import Problem
from fathom.tasks.several_labels import MEASURES, choose_measure, labels_of, refuse_others
from fathom.tasks.task import Task
from fathom.tasks.text_classification import with_text


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of giving texts the labels that the column `target` lists."""
    refuse_others(dataset, target)
    inputs = inputs_for(with_text(dataset, target), target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), sets=labels_of(dataset, target))


TASK = Task("multi-label-text-classification", TABLE_KINDS | {Kind.TEXT}, pose, MEASURES, choose_measure)
