"""Where in its pictures the winner looks: a map of what it loses without each place."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from fathom.data import media
from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.report import pictures, wording
from fathom.report.charts.plot import Size, figure
from fathom.report.evidence import UNREADABLE, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, table

SIDE = 320.0
MOST_AVERAGED = 300  # pictures

Rows = list[dict[str, Any]]


def body(evidence: Evidence, rows: Rows) -> Markup:
    """The map, beside the average test picture."""
    learner = evidence.winner.learner if evidence.winner else ""
    caption = (
        phrase(
            "How much less similar to the right person a picture is for {learner} when the place, and half of it "
            "around, is exchanged for the same place of another test picture; the mean over test pictures.",
            learner=learner,
        )
        if evidence.study.problem.persons
        else phrase(
            "How much less probable the right label becomes for {learner} when the place, and half of it around, is "
            "exchanged for the same place of another test picture; the mean over test pictures.",
            learner=learner,
        )
    )
    top = max(rows, key=lambda each: each["drop"])
    alt = phrase(
        "Most is lost at {down} from the top and {across} from the left: {lost}",
        down=_middle(top, 0),
        across=_middle(top, 1),
        lost=wording.percent(top["drop"]),
    )
    average = _average(evidence)
    tall, wide = (average.shape[0], average.shape[1]) if average is not None else (1, 1)
    size = Size(SIDE * min(1.0, wide / tall), SIDE * min(1.0, tall / wide))
    look = evidence.winner.family if evidence.winner else "other"
    title = phrase("Where {learner} looks", learner=learner)
    drawn = figure(
        partial(_draw, rows, look),
        title=title,
        alt=alt,
        caption=caption,
        sizes=(size,),
        extra=folded(phrase("Numbers"), _table(rows, title)),
    )
    if average is None:
        return drawn
    beside = tag(
        "figure",
        tag("p", phrase("The average test picture"), class_="figure-title"),
        pictures.enlarged(average, round(size.height), phrase("the average test picture"), class_="average"),
        class_="plot",
    )
    return tag("div", drawn, beside, class_="pair")


def _middle(row: dict[str, Any], axis: int) -> str:
    return wording.round_percent(round((row["place"][axis] + row["place"][axis + 2]) / 2, 2))


def _draw(rows: Rows, look: str, size: Size) -> Markup:
    most = max(max(each["drop"] for each in rows), 1e-12)
    cells = []
    for each in rows:
        top, left, bottom, right = each["place"]
        tip = phrase(
            "lost {lost}\n95 % interval {low} to {high}",
            lost=wording.percent(each["drop"]),
            low=wording.percent(each["low"]),
            high=wording.percent(each["high"]),
        )
        cells.append(
            tag(
                "rect",
                x=round(left * size.width, 1),
                y=round(top * size.height, 1),
                width=round((right - left) * size.width, 1),
                height=round((bottom - top) * size.height, 1),
                fill_opacity=round(max(each["drop"], 0.0) / most, 2),
                class_=f"bar {look}",
                data_tip=tip,
            )
        )
    return join(tag("rect", width=size.width, height=size.height, class_="sheet"), cells)


def _table(rows: Rows, title: str) -> Markup:
    """The map in numbers, a line of places in each row."""
    down = sorted({each["place"][0] for each in rows})
    across = sorted({each["place"][1] for each in rows})
    lost = {(each["place"][0], each["place"][1]): each["drop"] for each in rows}
    head: list[Child] = [phrase("from the top, from the left"), *[wording.round_percent(at) for at in across]]
    cells: list[list[Child]] = [
        [wording.round_percent(top), *[wording.percent(lost.get((top, left))) for left in across]] for top in down
    ]
    return table(title, head, cells, numbers=range(1, len(head)))


def _average(evidence: Evidence) -> Any:
    """The mean of some test pictures, uint8 [height, width, channels]; None where they cannot be read."""
    column = evidence.image_column
    if column is None:
        return None
    try:
        test = evidence.study.test
        test = test.take(np.arange(min(len(test), MOST_AVERAGED)))
        pixels = media.images(test[column], test.folder, size=None, channels=3)
    except (*UNREADABLE, FathomError, ValueError):
        return None
    return pixels.mean(axis=0).round().astype(np.uint8) if len(pixels) else None
