"""What matters: how much of the winner's score is lost when one column is shuffled."""

from __future__ import annotations

from functools import partial
from typing import Any

from fathom.report import parts, wording
from fathom.report.charts.plot import NARROW, WIDE, Size, figure
from fathom.report.charts.scale import Scale
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, table

MOST_BARS = 20
ROW = 26.0


def body(evidence: Evidence) -> Markup:
    """Permutation importance (Breiman 2001), each column with its interval."""
    rows = evidence.study.importance
    if not rows:
        return parts.absent(_why(evidence))
    shown = sorted(rows, key=lambda each: -each["drop"])
    top = shown[:MOST_BARS]
    measure = evidence.measure
    caption = (
        f"How much worse the {measure.name} of {evidence.winner.learner if evidence.winner else 'the winner'} gets "
        "when the column is shuffled among the test rows. Columns that say the same stand in for each other and "
        "look small."
    )
    if len(shown) > len(top):
        caption += f" The {len(top)} that matter most of {len(shown):,}."
    alt = "; ".join(f"{each['column']} {wording.difference(measure, each['drop'])}" for each in top[:8])
    sizes = tuple(Size(size.width, len(top) * ROW + 44, size.name) for size in (WIDE, NARROW))
    drawn = figure(
        partial(_draw, evidence, top), title="Score lost without the column", alt=alt, caption=caption, sizes=sizes
    )
    cells: list[list[Child]] = [
        [
            parts.name(each["column"]),
            wording.difference(measure, each["drop"]),
            wording.differences(measure, each["low"], each["high"]),
        ]
        for each in shown[:200]
    ]
    head = ["column", "score lost", "95 % interval"]
    return join(drawn, folded("Numbers", table("Score lost without each column", head, cells, numbers=(1, 2))))


def _why(evidence: Evidence) -> str:
    if evidence.winner is None:
        return "No contender finished, so nothing can be said about what matters."
    if len(evidence.study.problem.inputs) < 2:
        return "There is one input, so shuffling it would only say that the winner reads it."
    return "The importance of the columns was not measured in this study."


def _draw(evidence: Evidence, rows: list[dict[str, Any]], size: Size) -> Markup:
    left = size.width * 0.34
    ends = [end for each in rows for end in (each["drop"], each["low"], each["high"]) if wording.known(end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.04 * ((high - low) or 1.0)
    scale = Scale(low - room, high + room, left, size.width - 16)
    bottom = size.height - 40
    write = partial(wording.difference, evidence.measure, unit=False)
    grid = [
        join(
            tag("line", x1=scale(at), x2=scale(at), y1=4, y2=bottom, class_="grid"),
            tag("text", "0" if at == 0 else write(at), x=scale(at), y=bottom + 18, text_anchor="middle", class_="tick"),
        )
        for at in scale.ticks(6 if size.width > 500 else 4)
    ]
    unit = "points" if evidence.measure.percent else evidence.measure.name
    name = tag("text", f"score lost, {unit}", x=size.width - 16, y=bottom + 36, text_anchor="end", class_="axis-name")
    look = evidence.winner.family if evidence.winner else "other"
    bars = [_bar(evidence, each, position, scale, look, left) for position, each in enumerate(rows)]
    return join(grid, name, bars)


def _bar(evidence: Evidence, row: dict[str, Any], position: int, scale: Scale, look: str, left: float) -> Markup:
    measure, y = evidence.measure, 6 + position * ROW
    tip = f"{wording.short(row['column'])}\nlost {wording.difference(measure, row['drop'])}\n"
    tip += f"95 % interval {wording.differences(measure, row['low'], row['high'])}"
    start, end = sorted((scale(0.0), scale(row["drop"])))
    middle = y + ROW / 2 - 3
    ends = f"M{scale(row['low'])} {middle}H{scale(row['high'])}"
    letters = int(left / 8)
    return join(
        tag("text", wording.short(row["column"], letters), x=left - 8, y=middle + 4, text_anchor="end", class_="tick"),
        tag(
            "rect",
            x=start,
            y=y,
            width=round(max(end - start, 1), 1),
            height=ROW - 8,
            class_=f"bar {look}",
            data_tip=tip,
        ),
        tag("path", d=ends, class_="spread whisker")
        if wording.known(row["low"]) and wording.known(row["high"])
        else None,
    )
