"""Several labels a row: which labels there are to learn, and how the answers are measured."""

from __future__ import annotations

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.tasks import label_sets
from fathom.tasks.inputs import place_of
from fathom.tasks.labels import enough
from fathom.tasks.problem import Problem
from fathom.tasks.task import Measure

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


def refuse_others(dataset: Dataset, target: str) -> None:
    """Raise a DataError unless the column `target` holds lists of labels."""
    column = dataset.column(target)
    if column.kind == Kind.LABELS:
        return
    raise DataError(
        phrase("'{target}' holds {kind} values, not several labels a row.", target=target, kind=column.kind),
        where=place_of(dataset, target),
        remedy=phrase(
            "Say --kind {target}=labels where its cells hold labels with ; or | between them.", target=target
        ),
    )


def labels_of(dataset: Dataset, target: str) -> tuple[str, ...]:
    """The labels that two rows or more have, sorted; a DataError where there is none, or too many to learn."""
    counts = dataset[target].drop_nulls().explode().drop_nulls().value_counts(name="rows")
    labels = counts.filter(counts["rows"] >= FEWEST_ROWS)[target].sort().to_list()
    return enough(
        labels,
        MOST_LABELS,
        place_of(dataset, target),
        none=phrase("No label is on two rows or more, so there is nothing to learn."),
        give=phrase("Give rows with labels, several rows for each."),
    )


def choose_measure(problem: Problem, train: Dataset) -> str:
    """F1 of all labels together."""
    return MICRO_F1.name
