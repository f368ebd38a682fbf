"""What every task that answers with one label shares: its measures and its classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fathom.data.cast import as_text
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import measures
from fathom.tasks.inputs import place_of
from fathom.tasks.problem import Problem

MEASURES = (
    measures.ACCURACY,
    measures.BALANCED_ACCURACY,
    measures.MACRO_F1,
    measures.ROC_AUC,
    measures.AVERAGE_PRECISION,
    measures.LOG_LOSS,
    measures.CALIBRATION_ERROR,
)
MOST_CLASSES = 1_000
MOST_MARKED = 200  # labels of spans and boxes
IMBALANCED = 0.9  # from this share of the largest class on, accuracy mostly repeats the majority


def classes_of(dataset: Dataset, target: str) -> tuple[str, ...]:
    """The labels in the target column, sorted; a DataError where they make no classification."""
    column = dataset.column(target)
    labels = as_text(dataset[target].drop_nulls()).unique().sort().to_list()
    found = phrase("only one label, '{label}'", label=labels[0]) if labels else phrase("no label at all")
    fewer = phrase("Predict a column with fewer labels.")
    if column.kind == Kind.NUMBER:
        fewer = phrase("Predict a column with fewer labels, or say --task tabular-regression.")
    return enough(
        sorted_labels(labels) if len(labels) > 1 else [],
        MOST_CLASSES,
        place_of(dataset, target),
        none=phrase("There is nothing to tell apart: {found}.", found=found),
        give=phrase("Predict another column."),
        fewer=fewer,
    )


def marked(dataset: Dataset, target: str, *, none: str, give: str) -> tuple[str, ...]:
    """The labels of the spans or boxes in a column, sorted; a DataError where there is none, or too many to learn."""
    labels = dataset[target].drop_nulls().explode().drop_nulls().struct.field("label").unique().sort().to_list()
    return enough(labels, MOST_MARKED, place_of(dataset, target), none=none, give=give)


def enough(labels: Sequence[str], most: int, where: str, *, none: str, give: str, fewer: str = "") -> tuple[str, ...]:
    """The labels, where there are some and no more than `most`; a DataError that names the column otherwise.

    `none` says that there is no label and `give` what to do then, `fewer` what to do about too many.

    >>> enough(["cat", "dog"], 200, "pets.csv", none="No row has a label.", give="Give some.")
    ('cat', 'dog')
    """
    if not labels:
        raise DataError(none, where=where, remedy=give)
    if len(labels) > most:
        raise DataError(
            phrase("{count:,} different labels are too many to tell apart.", count=len(labels)),
            where=where,
            remedy=fewer or phrase("Merge labels; {most:,} are the most.", most=most),
        )
    return tuple(labels)


def sorted_labels(labels: list[str]) -> list[str]:
    """Labels in the order a person expects: by number where all are numbers, else by letter.

    >>> sorted_labels(["10", "9", "1"])
    ['1', '9', '10']
    """
    try:
        return sorted(labels, key=float)
    except ValueError:
        return sorted(labels)


def choose_measure(problem: Problem, train: Dataset) -> str:
    """Accuracy; where one class has nine rows of ten, a measure that the majority label cannot win."""
    counts = Counter(problem.truth(train).tolist())
    largest = max(counts.values()) / sum(counts.values())
    if largest < IMBALANCED:
        return measures.ACCURACY.name
    return measures.ROC_AUC.name if len(problem.classes) == 2 else measures.BALANCED_ACCURACY.name
