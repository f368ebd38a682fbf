"""What stands on a chart: points, intervals, lines, bars. Each says its numbers when pointed at."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.report.charts.scale import Scale
from fathom.report.html import Markup, join, tag

Place = tuple[float, float]


def point(at: Place, look: str, tip: str, radius: float = 6.0) -> Markup:
    """A circle; a diamond for the deep family, so that colour is never the only difference."""
    x, y = at
    if "deep" in look.split():
        reach = round(radius * 1.3, 1)
        corners = f"M{x} {y - reach:g}L{x + reach:g} {y}L{x} {y + reach:g}L{x - reach:g} {y}Z"
        return tag("path", d=corners, class_=f"mark {look}", data_tip=tip)
    return tag("circle", cx=x, cy=y, r=radius, class_=f"mark {look}", data_tip=tip)


def spread(x: float, low: float, high: float, look: str) -> Markup:
    """An upright interval with a cap at both ends."""
    path = f"M{x} {low}V{high}M{x - 5:g} {low}H{x + 5:g}M{x - 5:g} {high}H{x + 5:g}"
    return tag("path", d=path, class_=f"spread {look}")


def line(places: Sequence[Place], look: str) -> Markup:
    """A line through the places."""
    return tag("polyline", points=" ".join(f"{x:g},{y:g}" for x, y in places), class_=f"line {look}")


def bar(x: float, width: float, y: Scale, value: float, look: str, tip: str) -> Markup:
    """An upright bar that stands on the axis."""
    height = max(y.start - y(value), 0.0)
    return tag(
        "rect",
        x=round(x, 1),
        y=y(value),
        width=round(max(width, 0.5), 1),
        height=round(height, 1),
        class_=f"bar {look}",
        data_tip=tip,
    )


Box = tuple[float, float, float, float]


def named(points: Sequence[tuple[Place, str, str]], bars: Sequence[Box], across: tuple[float, float]) -> Markup:
    """The names of points (place, name, look), each at the first side where it covers no point and no other name.

    `bars` are boxes (left, top, right, bottom) that a name covers only where there is no better place.
    """
    taken = [(x - 8, y - 8, x + 8, y + 8) for (x, y), _, _ in points]
    words = []
    for (x, y), name, look in points:
        width = _width(name)
        sides = [(x + 11, y + 4, "start"), (x - 11, y + 4, "end"), (x, y - 13, "middle"), (x, y + 22, "middle")]
        sides += [
            (x + 11, y - 11, "start"),
            (x - 11, y - 11, "end"),
            (x + 11, y + 19, "start"),
            (x - 11, y + 19, "end"),
        ]
        boxes = [(side, _box(side, width)) for side in sides]
        inside = [pair for pair in boxes if across[0] - 50 <= pair[1][0] and pair[1][2] <= across[1] + 14]
        free = [pair for pair in inside if not any(_overlap(pair[1], other) for other in taken)]
        free.sort(key=lambda pair: sum(_overlap(pair[1], bar) for bar in bars))
        if not free:
            continue  # the point still says its name when pointed at, and the table holds it
        (left, base, anchor), box = free[0]
        taken.append(box)
        words.append(
            tag("text", name, x=round(left, 1), y=round(base, 1), text_anchor=anchor, class_=f"name words {look}")
        )
    return join(words)


def _width(name: str) -> float:
    """About how wide a name will be drawn; Hangul and its like are twice as wide as Latin letters."""
    return sum(13.0 if ord(letter) > 0x2E7F else 7.0 for letter in name)


def _box(side: tuple[float, float, str], width: float) -> Box:
    x, y, anchor = side
    left = {"start": x, "end": x - width, "middle": x - width / 2}[anchor]
    return left, y - 11, left + width, y + 3


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
