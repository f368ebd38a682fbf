"""Pictures with their boxes drawn: found, missed and wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from fathom.data.boxes import Mark, rectangles
from fathom.data.picture_sizes import picture_sizes
from fathom.messages import phrase
from fathom.report import parts, pictures, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, join, tag
from fathom.report.sections import mistaken
from fathom.tasks.boxes import Box
from fathom.tasks.detections import taken

MOST_PICTURES = 12
SHOWN = 360  # pixels of the longer side on the page
LETTER = 0.036  # of the longer side
WIDE = 0x2E7F  # letters from here on are as wide as they are high


def examples(evidence: Evidence) -> Markup:
    """Test pictures with what was found, missed and wrongly drawn, those with the most mistakes first."""
    assert evidence.boxes is not None
    boxes, answers = evidence.boxes
    shown_rows = boxes.above(evidence.threshold).rows
    judged = [judge(true, said) for true, said in zip(answers.truth, shown_rows, strict=True)]
    wrong = [sum(look != "right" for _, look in each) for each in judged]
    order = np.argsort([-each for each in wrong], kind="stable").tolist()[:MOST_PICTURES]
    many = sum(each > 0 for each in wrong)
    said = phrase(
        "{count:,} of {rows} have a mistake; those with the most come first.",
        count=many,
        rows=wording.count(len(wrong), "test row"),
    )
    legend = [
        tag("span", phrase("found"), class_="box-key right"),
        tag("span", phrase("missed"), class_="box-key missed"),
        tag("span", phrase("wrong"), class_="box-key wrong"),
    ]
    cells = answers.test.frame[evidence.study.problem.inputs[0].name]
    figures = [_figure(cells, int(answers.rows[at]), answers.test.folder, judged[at]) for at in order]
    return join(tag("p", said, " ", legend), tag("div", figures, class_="gallery wide"), mistaken.boxes(evidence))


def judge(true: Sequence[Mark], said: Sequence[Box]) -> list[tuple[Mark | Box, str]]:
    """Each box with what is to be said of it: "right" (as it was drawn), "wrong", and of the true ones "missed"."""
    found: list[tuple[Mark | Box, str]] = []
    for label in sorted({mark[4] for mark in true} | {box.label for box in said}):
        mine, there = [box for box in said if box.label == label], [mark for mark in true if mark[4] == label]
        hit = taken(rectangles(mine), rectangles(there), np.array([0.5]))[:, 0]
        reached = taken(rectangles(there), rectangles([box for box, right in zip(mine, hit, strict=True) if right]),
                        np.array([0.5]))[:, 0]  # fmt: skip
        found += [(box, "right" if right else "wrong") for box, right in zip(mine, hit, strict=True)]
        found += [(mark, "missed") for mark, there_is in zip(there, reached, strict=True) if not there_is]
    return found


def _figure(cells: pl.Series, row: int, folder: Path | None, judged: list[tuple[Mark | Box, str]]) -> Markup:
    """A picture with boxes over it."""
    width, height = picture_sizes(cells[row : row + 1], folder)[0].tolist()
    counts = {look: sum(each == look for _, each in judged) for look in ("right", "missed", "wrong")}
    alt = phrase("Test row {row}: {right} found, {missed} missed, {wrong} wrong", row=row + 1, **counts)
    picture = pictures.data(cells, row, folder, 2 * SHOWN)
    if picture is None or not width:
        return tag("figure", parts.absent(phrase("cannot be shown")), tag("figcaption", alt))
    letter = LETTER * max(width, height)
    drawing = tag(
        "svg",
        tag("image", href=picture, width=width, height=height),
        _drawn(judged, letter, (width, height)),
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=alt,
        class_="boxes",
    )
    return tag("figure", drawing, tag("figcaption", alt))


def _drawn(judged: list[tuple[Mark | Box, str]], letter: float, size: tuple[int, int]) -> list[Markup]:
    """Boxes, and what they are called where no other name stands: above the box, inside, or below it."""
    names = [_words(box) for box, _ in judged]
    places = written([(box.left, box.top, box.bottom) for box, _ in judged], names, letter, size)
    drawings = [
        tag("rect", x=round(box.left, 1), y=round(box.top, 1), width=round(box.right - box.left, 1),
            height=round(box.bottom - box.top, 1), class_=f"drawn {look}", data_tip=name)
        for (box, look), name in zip(judged, names, strict=True)
    ]  # fmt: skip
    texts = [
        tag("text", name, x=round(x, 1), y=round(y, 1), font_size=round(letter, 1), class_=f"drawn {look}")
        for (_, look), name, (x, y) in zip(judged, names, places, strict=True)
    ]
    return [*drawings, *texts]


def written(
    boxes: Sequence[tuple[float, float, float]], names: Sequence[str], letter: float, size: tuple[int, int]
) -> list[tuple[float, float]]:
    """Where the name of each box (left, top, bottom) begins, in a picture of this width and height.

    >>> written([(10, 50, 90), (12, 50, 80)], ["cat", "dog"], 10.0, (100, 100))
    [(10, 47.5), (12, 60.0)]
    """
    before: list[tuple[float, float, float]] = []
    for (left, top, bottom), name in zip(boxes, names, strict=True):
        wide = letter * sum(1.0 if ord(each) > WIDE else 0.65 for each in name)
        start = max(min(left, size[0] - wide), 0)
        lines = [top - 0.25 * letter, top + letter, bottom - 0.25 * letter, bottom + letter]
        inside = [line for line in lines if letter <= line <= size[1]] or [letter]
        free = [
            line for line in inside
            if all(abs(line - other) > letter or start + wide < begin or end < start for begin, end, other in before)
        ]  # fmt: skip
        before.append((start, start + wide, (free or inside)[0]))
    return [(start, line) for start, _, line in before]


def _words(box: Mark | Box) -> str:
    return f"{box.label} {wording.percent(box.probability)}" if isinstance(box, Box) else box.label
