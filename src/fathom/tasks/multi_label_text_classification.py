"""Which labels a text has: none, one or several."""

from __future__ import annotations

from dataclasses import replace

from fathom.data.dataset import Dataset
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import label_sets
from fathom.tasks.inputs import inputs_for, place_of
from fathom.tasks.problem import Problem
from fathom.tasks.task import Measure, Task
from fathom.tasks.text_classification import with_text

MOST_LABELS = 1_000
FEWEST_ROWS = 2  # that must have a label for it to be learned

MICRO_F1 = Measure("micro-f1", label_sets.micro_f1, True, True, phrase("F1 of all labels of all rows together"))
MEASURES = (
    MICRO_F1,
    Measure("precision", label_sets.precision, True, True, phrase("share of the labels said that are right")),
    Measure("recall", label_sets.recall, True, True, phrase("share of the true labels that are said")),
    Measure("macro-f1", label_sets.macro_f1, True, True, phrase("F1 averaged over the labels")),
    Measure("exact-match", label_sets.exact_match, True, True, phrase("share of rows whose labels are all right")),
    Measure("log-loss", label_sets.log_loss, False, False, phrase("surprise at each label, in nats")),
)


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of giving texts the labels that the column `target` lists."""
    column = dataset.column(target)
    if column.kind != Kind.LABELS:
        raise DataError(
            phrase("'{target}' holds {kind} values, not several labels a row.", target=target, kind=column.kind),
            where=place_of(dataset, target),
            remedy=phrase(
                "Say --kind {target}=labels where its cells hold labels with ; or | between them.", target=target
            ),
        )
    return replace(
        Problem(TASK.name, target, inputs_for(with_text(dataset, target), target, TASK.inputs)),
        sets=labels_of(dataset, target),
    )


def labels_of(dataset: Dataset, target: str) -> tuple[str, ...]:
    """The labels that two rows or more have, sorted; a DataError where there is none, or too many to learn."""
    counts = dataset[target].drop_nulls().explode().drop_nulls().value_counts(name="rows")
    labels = counts.filter(counts["rows"] >= FEWEST_ROWS)[target].sort().to_list()
    if not labels:
        raise DataError(
            phrase("No label is on two rows or more, so there is nothing to learn."),
            where=place_of(dataset, target),
            remedy=phrase("Give rows with labels, several rows for each."),
        )
    if len(labels) > MOST_LABELS:
        raise DataError(
            phrase("{count:,} different labels are too many to learn.", count=len(labels)),
            where=place_of(dataset, target),
            remedy=phrase("Merge labels; {most:,} are the most.", most=MOST_LABELS),
        )
    return tuple(labels)


def choose_measure(problem: Problem, train: Dataset) -> str:
    """F1 of all labels together."""
    return MICRO_F1.name


TASK = Task("multi-label-text-classification", TABLE_KINDS | {Kind.TEXT}, pose, MEASURES, choose_measure)
