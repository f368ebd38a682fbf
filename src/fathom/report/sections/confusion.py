"""What the winner takes for what: a confusion matrix, or the most confused pairs where classes are many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, table

MOST_IN_MATRIX = 20
MOST_PAIRS = 20
MOST_CLASSES = 100
SHADES = 10

Counts = npt.NDArray[np.int64]


def body(evidence: Evidence) -> Markup:
    """The winner's labels against the true ones."""
    if evidence.labels is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    labels, answers = evidence.labels
    size = len(labels.classes)
    counts: Counts = np.bincount(answers.truth * size + labels.codes, minlength=size * size).reshape(size, size)
    learner = evidence.winner.learner if evidence.winner else ""
    right = int(np.trace(counts))
    said = tag(
        "p",
        phrase(
            "{learner} labelled {right:,} of {rows} right and {wrong:,} wrong.",
            learner=learner,
            right=right,
            rows=wording.count(len(answers.truth), "test row"),
            wrong=len(answers.truth) - right,
        ),
    )
    shown = _matrix(labels.classes, counts) if size <= MOST_IN_MATRIX else _pairs(labels.classes, counts)
    return join(said, shown, folded(phrase("Every class by itself"), _classes(labels.classes, counts)))


def _matrix(classes: tuple[str, ...], counts: Counts) -> Markup:
    head: list[Child] = [phrase("true ↓ predicted →"), *[parts.name(each, 16) for each in classes]]
    rows: list[list[Child]] = []
    for position, row in enumerate(counts):
        total = max(int(row.sum()), 1)
        cells = [_cell(classes, position, column, int(value), total) for column, value in enumerate(row)]
        rows.append([parts.name(classes[position], 24), *cells])
    caption = phrase("Shade: share of the true label's rows")
    return table(caption, head, rows, numbers=range(1, len(head)), look="matrix")


def _cell(classes: tuple[str, ...], true: int, predicted: int, value: int, total: int) -> Markup:
    share = value / total
    shade = 0 if not value else max(1, round(share * SHADES))
    tip = phrase(
        "true: {true}\npredicted: {predicted}\n{value:,} of {total:,}, {share}",
        true=wording.short(classes[true]),
        predicted=wording.short(classes[predicted]),
        value=value,
        total=total,
        share=wording.percent(share),
    )
    look = "right" if true == predicted else "wrong"
    words = f"{value:,}" if value else "·"
    return tag("span", words, class_=f"heat {look} s{shade}", data_tip=tip)


def _pairs(classes: tuple[str, ...], counts: Counts) -> Markup:
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    rows: list[list[Child]] = []
    for flat in order.tolist():
        true, predicted = divmod(flat, len(classes))
        if wrong[true, predicted]:
            share = wording.percent(wrong[true, predicted] / counts[true].sum())
            rows.append(
                [parts.name(classes[true]), parts.name(classes[predicted]), f"{wrong[true, predicted]:,}", share]
            )
    if not rows:
        return tag("p", phrase("No label was taken for another."))
    caption = phrase("The most confused of {count:,} classes", count=len(classes))
    head = [phrase("true"), phrase("predicted"), phrase("rows"), phrase("share of the true label's rows")]
    return table(caption, head, rows, numbers=(2, 3))


def _classes(classes: tuple[str, ...], counts: Counts) -> Markup:
    """Precision, recall and F1 of each class, the worst recalled first where not all can be shown."""
    rows_of, called, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    recall = np.where(rows_of > 0, hits / np.maximum(rows_of, 1), np.nan)
    order = (
        np.arange(len(classes)) if len(classes) <= MOST_CLASSES else np.argsort(recall, kind="stable")[:MOST_CLASSES]
    )
    rows: list[list[Child]] = [
        [
            parts.name(classes[at]),
            f"{rows_of[at]:,}",
            wording.percent(recall[at]),
            wording.percent(hits[at] / called[at] if called[at] else None),
            wording.percent(2 * hits[at] / (rows_of[at] + called[at]) if rows_of[at] + called[at] else None),
        ]
        for at in order.tolist()
    ]
    caption = phrase("Recall: share of the class that was found. Precision: share of the calls that were right.")
    if len(classes) > MOST_CLASSES:
        caption = phrase(
            "Recall: share of the class that was found. Precision: share of the calls that were right. The {most} of "
            "{count:,} with the lowest recall.",
            most=MOST_CLASSES,
            count=len(classes),
        )
    head = [phrase("class"), phrase("test rows"), phrase("recall"), phrase("precision"), "F1"]
    return table(caption, head, rows, numbers=(1, 2, 3, 4), sortable=True)
