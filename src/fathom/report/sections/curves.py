"""Learning curves: what each contender scored on growing shares of the rows, and what more rows would bring."""

from __future__ import annotations

import itertools

from fathom.messages import phrase, plural
from fathom.protocol.curves.curve import Curve
from fathom.report import parts, wording
from fathom.report.charts.plot import figure
from fathom.report.evidence import Evidence
from fathom.report.growth import FAMILIES, FAR, Growth, Line
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import outlook
from fathom.report.sections.curvechart import SIZES, Drawing
from fathom.report.tables import folded, table
from fathom.tasks.task import Measure


def body(evidence: Evidence) -> Markup:
    """The curves with bands and crossing, the probability that deep is ahead, in words and as a table."""
    growth = evidence.growth
    if growth is None:
        return parts.absent(phrase("No contender was measured on fewer rows than all of them."))
    return join(
        tag("p", outlook.said(growth, evidence.study.verdict.ahead)),
        _figure(growth),
        tag("ul", [tag("li", each) for each in _doublings(growth)], class_="plain"),
        outlook.chart(growth),
        _table(growth),
    )


def _figure(growth: Growth) -> Markup:
    direction = phrase("higher is better") if growth.measure.higher_is_better else phrase("lower is better")
    caption = phrase(
        "{measure} ({direction}) on all test rows after training on so many rows, on a logarithmic scale. Dots were "
        "measured, one for each draw of rows; hollow ones used up their time. Lines are fitted curves; dashed, they "
        "are a forecast, with its 90 % band for the best of each family.",
        measure=growth.measure.name,
        direction=direction,
    )
    crossing = growth.outlook and growth.outlook.crossing
    if crossing and crossing[0] is not None:
        caption = join(
            caption,
            " ",
            phrase("The upright dashed line is where the lead changes hands, the gray field its 90 % interval."),
        )
    return figure(
        Drawing.of(growth).draw,
        title=phrase("Score against training rows"),
        alt=_alt(growth),
        caption=caption,
        sizes=SIZES,
        before=_legend(growth),
        readable=True,
    )


def _legend(growth: Growth) -> Markup:
    """One button for each contender, which hides and shows its line."""
    buttons = [
        tag(
            "button",
            wording.short(line.learner, 30),
            type="button",
            class_=f"family {line.look}" + ("" if line.best else " muted"),
            data_line=position,
            aria_pressed="true",
        )
        for position, line in enumerate(growth.lines)
    ]
    return tag("p", buttons, class_="legend")


def _alt(growth: Growth) -> str:
    measure = growth.measure
    ends = []
    for line in filter(None, map(growth.best, FAMILIES)):
        drawn = line.drawn()
        for rows, score in (drawn[0], drawn[-1]):
            ends.append(f"{line.learner} {wording.score(measure, score)} ({outlook.rows(rows)})")
    return "; ".join(ends)


def _doublings(growth: Growth) -> list[Child]:
    """What twice the rows would bring the best of each family; then the curves that misbehave, by name."""
    said: list[Child] = []
    for family in FAMILIES:
        line = growth.best(family)
        if line is not None and line.curve is not None:
            said.append([parts.family(family), " ", _doubling(growth.measure, line.curve)])
    odd = [line for line in growth.lines if line.curve is not None and line.curve.shape in ("peaking", "falling")]
    said += [_misbehaves(growth.measure, line) for line in odd]
    return said


def _doubling(measure: Measure, curve: Curve) -> str:
    gain, low, high = curve.doubling
    values = {
        "learner": curve.learner,
        "gain": wording.difference(measure, gain),
        "interval": wording.differences(measure, low, high),
    }
    if curve.shape == "rising":
        return phrase(
            "{learner} is probably sampling-limited: twice the rows are expected to better its score by {gain} "
            "(90 % interval {interval}).",
            **values,
        )
    if curve.shape == "at its ceiling":
        return phrase(
            "{learner} is at its ceiling: twice the rows would change its score by {gain} (90 % interval {interval}).",
            **values,
        )
    return phrase(
        "{learner}: twice the rows would change its score by {gain} (90 % interval {interval}; above zero is better).",
        **values,
    )


def _misbehaves(measure: Measure, line: Line) -> str:
    """The sizes between which more rows made the measured score worst."""
    means = line.means()
    sign = 1 if measure.higher_is_better else -1
    steps = list(itertools.pairwise(means))
    if not steps:
        return phrase("{learner} does not get better with more rows.", learner=line.learner)
    (fewer, before), (more, after) = min(steps, key=lambda step: sign * (step[1][1] - step[0][1]))
    values = {
        "learner": line.learner,
        "before": wording.score(measure, before),
        "fewer": wording.count(fewer),
        "after": wording.score(measure, after),
        "more": wording.count(more),
    }
    if any(point.hurried for point in line.points if point.rows in (fewer, more)):
        return phrase(
            "{learner} does not always get better with more rows: {before} with {fewer} rows, then {after} with "
            "{more}. But there it used up its time, so that this says more about the time than about the rows; take "
            "its forecast with caution.",
            **values,
        )
    if line.curve is not None and line.curve.shape == "falling":
        return phrase(
            "{learner} falls: more rows made it worse, {before} with {fewer} rows and {after} with {more}. No growing "
            "curve tells that, so take its forecast with caution.",
            **values,
        )
    return phrase(
        "{learner} has a dip: {before} with {fewer} rows, then {after} with {more}. One known cause is double descent, "
        "a peak of the error where rows and parameters are about as many (Belkin et al. 2019); chance is another. Take "
        "its forecast with caution.",
        **values,
    )


def _table(growth: Growth) -> Markup:
    measure = growth.measure
    head: list[Child] = [
        phrase("contender"),
        plural(growth.rows, "with {count:,} row", "with all {count:,} rows"),
        *[phrase("with {times} times", times=times) for times in FAR],
        phrase("twice the rows bring"),
        phrase("shape"),
        phrase("rows for 95 % of its way"),
    ]
    rows = [_row(growth, line) for line in growth.lines]
    caption = phrase(
        "{measure}: the curve's median with its 90 % interval. The way goes from the smallest size measured to the "
        "ceiling that the curve tends to.",
        measure=measure.name,
    )
    return folded(phrase("The numbers"), table(caption, head, rows, numbers=(1, 2, 3, 4, 5, 7), look="curves"))


def _row(growth: Growth, line: Line) -> list[Child]:
    name = [parts.name(line.learner), parts.family(line.look) if line.look != "other" else None]
    curve = line.curve
    if curve is None:
        last = line.means()[-1][1] if line.points else None
        nothing = [wording.NOTHING] * (len(FAR) + 1)
        return [name, wording.score(growth.measure, last), *nothing, phrase("too few sizes"), wording.NOTHING]
    cells = [_told(growth, curve, rows) for rows in (growth.rows, *(times * growth.rows for times in FAR))]
    gain = wording.difference(growth.measure, curve.doubling[0])
    bounds = wording.differences(growth.measure, *curve.doubling[1:])
    return [name, *cells, [gain, tag("small", bounds)], shape(curve), enough(growth, curve)]


def _told(growth: Growth, curve: Curve, rows: float) -> Child:
    if rows > curve.rows[-1] * 1.001:
        return wording.NOTHING
    middle, low, high = curve.at(rows)
    return [wording.score(growth.measure, middle), tag("small", wording.interval(growth.measure, low, high))]


def shape(curve: Curve) -> str:
    """The shape of a curve in words."""
    return {
        "rising": phrase("rising: sampling-limited"),
        "at its ceiling": phrase("at its ceiling"),
        "falling": phrase("falling with more rows"),
        "peaking": phrase("with a dip"),
        "unclear": phrase("unclear"),
    }[curve.shape]


def enough(growth: Growth, curve: Curve) -> str:
    """The rows with which it has made 95 % of its way."""
    if curve.ceiling is None or curve.shape in ("falling", "peaking"):
        return wording.NOTHING
    if curve.enough_rows is None:
        return phrase("more than {rows}", rows=outlook.rows(curve.rows[-1]))
    return outlook.rows(curve.enough_rows)
