"""Where in a picture things are, and what they are."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import detections
from fathom.tasks.inputs import one_input, place_of
from fathom.tasks.labels import marked
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of finding the boxes that the column `target` marks in a picture."""
    column = dataset.column(target)
    if column.kind != Kind.BOXES:
        raise DataError(
            phrase("'{target}' holds {kind} values, not boxes in a picture.", target=target, kind=column.kind),
            where=place_of(dataset, target),
            remedy=phrase(
                'Name a column of boxes, each a list such as [[10, 20, 60, 80, "cat"]] (left, top, right, bottom, '
                "label), or read a folder in the form of Pascal VOC, COCO or YOLO."
            ),
        )
    inputs = one_input(dataset, target, TASK.inputs)
    labels = marked(
        dataset,
        target,
        none=phrase("No picture has a box to learn from."),
        give=" ".join((*dataset.source.notices, phrase("Give pictures with some boxes drawn in them."))),
    )
    return replace(Problem(TASK.name, target, inputs), boxes=labels)


def choose_measure(problem: Problem, train: Dataset) -> str:
    """Average precision at half overlap: whether things were found and rightly called.

    COCO's mean over tighter overlaps, reported beside it, mostly tells how tightly boxes were drawn; two people who
    mark the same thing do not agree on that either.
    """
    return detections.MAP50.name


TASK = Task("object-detection", frozenset({Kind.IMAGE}), pose, detections.MEASURES, choose_measure)
