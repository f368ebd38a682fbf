"""Boxes in pictures: how well each label is found, precision against recall, what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from fathom.data.boxes import rectangles
from fathom.data.rectangles import overlaps
from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.charts import marks
from fathom.report.charts.plot import Axis, Size, figure, frame
from fathom.report.charts.scale import Scale
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections.steps import by_probability
from fathom.report.tables import folded, table
from fathom.tasks import detections
from fathom.tasks.boxes import Boxes
from fathom.tasks.detections import Found

MOST_LABELS = 60
MOST_CURVES = 12
MOST_IN_MATRIX = 20
SHADES = 10
HALF = 0.5
CHART = (Size(300, 260),)

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def body(evidence: Evidence) -> Markup:
    """A table by label, curves of precision against recall, and what is taken for what."""
    if evidence.boxes is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    boxes, answers = evidence.boxes
    found = detections.found(answers.truth, boxes)
    least = evidence.threshold
    learner = evidence.winner.learner if evidence.winner else ""
    counts = [_counts(one, least) for one in found]
    total, right = (sum(each[at] for each in counts) for at in (0, 1))
    words = phrase(
        "Of {true:,} boxes {learner} finds {right:,}, and it draws {wrong:,} others, where boxes of a probability of "
        "{least} or more are said: the threshold that validation rows chose.",
        true=total,
        learner=learner,
        right=right,
        wrong=sum(len(row) for row in boxes.above(least).rows) - right,
        least=wording.percent(least),
    )
    return join(tag("p", words), _by_label(found, least), _curves(found, evidence), _confused(boxes, evidence, least))


def _counts(one: Found, least: float) -> tuple[int, int, int]:
    """True boxes of a label, those found at half overlap, and boxes said, from this probability on."""
    sure = one.probability >= least
    return int(one.true.sum()), int(one.hit[sure, 0].sum()), int(sure.sum())


def _by_label(found: Sequence[Found], least: float) -> Markup:
    rows: list[list[Child]] = []
    for one in sorted(found, key=lambda each: -each.true.sum())[:MOST_LABELS]:
        true, right, said = _counts(one, least)
        scores = detections.average_precision(one, np.ones((1, len(one.true))))[0]
        rows.append(
            [
                parts.name(one.label),
                f"{true:,}",
                wording.percent(float(scores[0])),
                wording.percent(float(scores.mean())),
                wording.percent(right / said if said else None),
                wording.percent(right / true if true else None),
            ]
        )
    caption = phrase("A box is right when it overlaps a true one of its label by half that no surer box has taken.")
    head = [
        phrase("label"),
        phrase("boxes"),
        phrase("average precision at half overlap"),
        phrase("average precision (COCO)"),
        phrase("precision"),
        phrase("recall"),
    ]
    return table(caption, head, rows, numbers=(1, 2, 3, 4, 5), sortable=True)


def _curves(found: Sequence[Found], evidence: Evidence) -> Markup:
    """One small chart of precision against recall for each of the most frequent labels."""
    look = evidence.winner.family if evidence.winner else "classical"
    shown = sorted(found, key=lambda each: -each.true.sum())[:MOST_CURVES]
    charts = [_curve(one, look, evidence.threshold) for one in shown if len(one.row)]
    return tag("div", charts, class_="charts") if charts else Markup("")


def _curve(one: Found, look: str, least: float) -> Markup:
    recall, precision = one.curve()
    at = int((one.probability >= least).sum()) - 1
    alt = phrase(
        "precision {precision} at recall {recall}",
        precision=wording.percent(float(precision[at])),
        recall=wording.percent(float(recall[at])),
    )
    caption = (
        phrase("The dot is where the threshold lies.")
        if at >= 0
        else phrase(
            "No dot: the surest box has a probability of {most}, below the threshold.",
            most=wording.percent(float(one.probability[0])),
        )
    )
    draw = partial(_draw, recall, precision, at, look)
    return figure(draw, title=one.label, alt=alt, caption=caption, sizes=CHART)


def _draw(recall: Floats, precision: Floats, at: int, look: str, size: Size) -> Markup:
    x = Axis(Scale(0, 1, *size.across), phrase("recall"), wording.round_percent)
    y = Axis(Scale(0, 1, *size.upward), phrase("precision"), wording.round_percent)
    steps = np.unique(np.linspace(0, len(recall) - 1, 200).astype(int))
    drawn: list[Child] = [marks.line([(x.scale(recall[step]), y.scale(precision[step])) for step in steps], look)]
    if at >= 0:
        tip = phrase(
            "precision {precision} at recall {recall}",
            precision=wording.percent(float(precision[at])),
            recall=wording.percent(float(recall[at])),
        )
        drawn.append(marks.point((x.scale(recall[at]), y.scale(precision[at])), look, tip, 5))
    return frame(size, x, y, drawn)


def confusion(boxes: Boxes, truth: npt.NDArray[np.object_], labels: Sequence[str]) -> Counts:
    """What true boxes were taken for, whatever the label: int64 [labels + 1, labels + 1], last is no box at all.

    Pairs that overlap by half are matched, the closest first.
    """
    place = {label: at for at, label in enumerate(labels)}
    counts = np.zeros((len(labels) + 1, len(labels) + 1), dtype=np.int64)
    for true, said in zip(truth, boxes.rows, strict=True):
        common = overlaps(rectangles(true), rectangles(said))
        pairs = np.argwhere(common >= HALF)
        order = np.argsort(-common[pairs[:, 0], pairs[:, 1]], kind="stable")
        taken: tuple[set[int], set[int]] = (set(), set())
        for one, other in pairs[order].tolist():
            if one not in taken[0] and other not in taken[1]:
                taken[0].add(one)
                taken[1].add(other)
                counts[place[true[one][4]], place[said[other].label]] += 1
        for at, mark in enumerate(true):
            counts[place[mark[4]], -1] += at not in taken[0]
        for at, box in enumerate(said):
            counts[-1, place[box.label]] += at not in taken[1]
    return counts


def _confused(boxes: Boxes, evidence: Evidence, least: float) -> Markup:
    """The matrix of true labels and those said, with what has no partner."""
    assert evidence.boxes is not None
    labels = evidence.study.problem.boxes
    if len(labels) > MOST_IN_MATRIX:
        return Markup("")
    counts = confusion(boxes.above(least), evidence.boxes[1].truth, labels)
    nothing = phrase("nothing")
    head: list[Child] = [phrase("true ↓ predicted →"), *[parts.name(each, 16) for each in labels], nothing]
    rows: list[list[Child]] = []
    for at, row in enumerate(counts):
        total = max(int(row.sum()), 1)
        cells = [_cell(at, column, int(value), total, len(labels)) for column, value in enumerate(row)]
        rows.append([parts.name(labels[at], 24) if at < len(labels) else nothing, *cells])
    caption = phrase(
        "Boxes that overlap by half, whatever their label. The last column was missed, the last row is not there. "
        "Shade: share of the row"
    )
    shown = table(caption, head, rows, numbers=range(1, len(head)), look="matrix")
    return folded(phrase("What is taken for what"), shown)


def _cell(true: int, predicted: int, value: int, total: int, nothing: int) -> Child:
    if true == predicted == nothing:
        return ""
    shade = 0 if not value else max(1, round(value / total * SHADES))
    look = "right" if true == predicted else "wrong"
    return tag("span", f"{value:,}" if value else "·", class_=f"heat {look} s{shade}")


def sureness(evidence: Evidence) -> Markup:
    """How often boxes are right, by the probability they were given."""
    assert evidence.boxes is not None
    boxes, answers = evidence.boxes
    found = detections.found(answers.truth, boxes, (HALF,))
    named = {one.label for one in found}
    others = [box.probability for row in boxes.rows for box in row if box.label not in named]
    sure = np.concatenate([np.array(others), *(one.probability for one in found)])
    right = np.concatenate([np.zeros(len(others), dtype=bool), *(one.hit[:, 0] for one in found)])
    if not len(sure):
        return parts.absent(phrase("No box was drawn."))
    caption = phrase("Where the last two agree, the probability of a box means what it says.")
    return by_probability(sure, right, caption, phrase("boxes"), phrase("share that is right"))
