"""What matters: how much is lost when one column, or one place of the pictures, is exchanged."""

from __future__ import annotations

from functools import partial
from typing import Any

from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.charts.plot import NARROW, WIDE, Size, figure
from fathom.report.charts.scale import Scale
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import places, words
from fathom.report.tables import folded, table

MOST_BARS = 20
ROW = 26.0

Rows = list[dict[str, Any]]


def body(evidence: Evidence) -> Markup:
    """Permutation importance (Breiman 2001) of the winner's columns, then of the network's; or a map of places."""
    rows, winner = evidence.study.importance, evidence.winner
    if rows and "place" in rows[0]:
        return places.body(evidence, rows)
    network = (evidence.insight or {}).get("columns") or []
    told = _words(evidence)
    if not rows and not network and not told:
        return parts.absent(_why(evidence))
    return join(
        told,
        _columns(evidence, rows, winner.learner, winner.family) if rows and winner else None,
        _columns(evidence, network, str((evidence.insight or {})["learner"]), "deep") if network else None,
    )


def _words(evidence: Evidence) -> list[Markup]:
    """The words that decide for the winner and for the network, where texts go in."""
    insight = evidence.insight or {}
    winner = evidence.winner.learner if evidence.winner else ""
    found = {str(insight.get("learner", "")): insight.get("words"), winner: evidence.words}
    shown = [words.body(each, learner) for learner, each in reversed(found.items()) if each]
    return [each for each in shown if each is not None]


def _columns(evidence: Evidence, rows: Rows, learner: str, family: str) -> Markup:
    shown = sorted(rows, key=lambda each: -each["drop"])
    top = shown[:MOST_BARS]
    measure = evidence.measure
    caption: Child = phrase(
        "How much worse the {measure} of {learner} gets when the column is shuffled among the test rows. Columns that "
        "say the same stand in for each other and look small.",
        measure=measure.name,
        learner=learner,
    )
    if len(shown) > len(top):
        most = phrase("The {shown} that matter most of {count:,}.", shown=len(top), count=len(shown))
        caption = [caption, " ", most]
    alt = "; ".join(f"{each['column']} {wording.difference(measure, each['drop'])}" for each in top[:8])
    sizes = tuple(Size(size.width, len(top) * ROW + 44, size.name) for size in (WIDE, NARROW))
    cells: list[list[Child]] = [
        [
            parts.name(each["column"]),
            wording.difference(measure, each["drop"]),
            wording.differences(measure, each["low"], each["high"]),
        ]
        for each in shown[:200]
    ]
    title = phrase("What {learner} loses without the column", learner=learner)
    head: list[Child] = [phrase("column"), phrase("score lost"), phrase("95 % interval")]
    return figure(
        partial(_draw, evidence, top, family),
        title=title,
        alt=alt,
        caption=caption,
        sizes=sizes,
        extra=folded(phrase("Numbers"), table(title, head, cells, numbers=(1, 2))),
    )


def _why(evidence: Evidence) -> str:
    if evidence.winner is None:
        return phrase("No contender finished, so nothing can be said about what matters.")
    if len(evidence.study.problem.inputs) < 2 and evidence.image_column is None:
        return phrase("There is one input, so shuffling it would only say that the winner reads it.")
    problem = evidence.study.problem
    if not evidence.study.verdict.beats_baseline and (problem.horizon or problem.conditions):
        return phrase("The winner is the baseline, whose rule is known: what matters to it was not measured.")
    if not evidence.study.verdict.beats_baseline:
        return phrase("The winner is the baseline, which looks at nothing: so nothing matters to it.")
    return phrase("The time was up before it was measured what matters; with more --minutes it is.")


def _draw(evidence: Evidence, rows: Rows, look: str, size: Size) -> Markup:
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
    unit = phrase("points") if evidence.measure.percent else evidence.measure.name
    words = phrase("score lost, {unit}", unit=unit)
    name = tag("text", words, x=size.width - 16, y=bottom + 36, text_anchor="end", class_="axis-name")
    bars = [_bar(evidence, each, position, scale, look, left) for position, each in enumerate(rows)]
    return join(grid, name, bars)


def _bar(evidence: Evidence, row: dict[str, Any], position: int, scale: Scale, look: str, left: float) -> Markup:
    measure, y = evidence.measure, 6 + position * ROW
    lost = phrase("lost {difference}", difference=wording.difference(measure, row["drop"]))
    bounds = phrase("95 % interval {interval}", interval=wording.differences(measure, row["low"], row["high"]))
    start, end = sorted((scale(0.0), scale(row["drop"])))
    middle = y + ROW / 2 - 3
    ends = f"M{scale(row['low'])} {middle}H{scale(row['high'])}" if wording.known(row["low"]) else ""
    return join(
        tag(
            "text",
            wording.short(row["column"], int(left / 8)),
            x=left - 8,
            y=middle + 4,
            text_anchor="end",
            class_="tick",
        ),
        tag(
            "rect",
            x=start,
            y=y,
            width=round(max(end - start, 1), 1),
            height=ROW - 8,
            class_=f"bar {look}",
            data_tip=f"{wording.short(row['column'])}\n{lost}\n{bounds}",
        ),
        tag("path", d=ends, class_="spread whisker") if ends and wording.known(row["high"]) else None,
    )
