"""Which of several labels a text has; other columns beside the text are told too."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS, Column, Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import labels
from fathom.tasks.inputs import inputs_for, refuse_lost
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

WORDS = 1.5  # on average, from which labels and names may as well be meant as texts


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of labelling texts with the values of `target`."""
    inputs = inputs_for(with_text(dataset, target), target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), classes=labels.classes_of(dataset, target))


def with_text(dataset: Dataset, target: str) -> Dataset:
    """The dataset with a column of text; where none was taken for one, the only one that can be meant becomes it."""
    dataset.column(target)
    others = [column for column in dataset.columns if column.name != target]
    if any(column.kind == Kind.TEXT and not column.ignored for column in others):
        return dataset
    words = [each for each in others if each.kind == Kind.CATEGORY and each.ignored in ("", "identifier")]
    likely = [each for each in words if _length(dataset, each) >= WORDS] if len(words) > 1 else words
    if len(likely) == 1:
        meant = replace(
            likely[0], kind=Kind.TEXT, ignored="", categories=(), reason=phrase("the only column that can be a text")
        )
        return replace(dataset, columns=tuple(meant if each is likely[0] else each for each in dataset.columns))
    refuse_lost(dataset, others)
    longest = max(likely or words, key=lambda each: _length(dataset, each), default=None)
    raise DataError(
        phrase("No column was taken for a text."),
        where=dataset.source.location,
        remedy=phrase("Say which one is: --kind {name}=text", name=longest.name)
        if longest
        else phrase("Give data with a column of texts."),
    )


def _length(dataset: Dataset, column: Column) -> float:
    """Words of a column's cells, on average."""
    count = dataset[column.name].drop_nulls().str.count_matches(r"\S+").mean()
    return count if isinstance(count, float) else 0.0


TASK = Task("text-classification", TABLE_KINDS | {Kind.TEXT}, pose, labels.MEASURES, labels.choose_measure)
