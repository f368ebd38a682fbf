"""What a chart of curves is drawn from: lines that begin dashed somewhere, bands, dots, stripes to read off."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from fathom.report.charts.marks import Place
from fathom.report.html import Child, Markup, tag

LETTERS = 13.0  # pixels that a name at a line's end needs in height
MOVED = 15.0  # pixels that the name of a muted line may stand away from its end


def line(places: Sequence[Place], look: str) -> Markup | None:
    """A line through the places as one path; None where there is no line."""
    if len(places) < 2:
        return None
    return tag("path", d="M" + "L".join(f"{x:g} {y:g}" for x, y in places), class_=f"line {look}")


def band(low: Sequence[Place], high: Sequence[Place], look: str) -> Markup:
    """The area between two lines."""
    corners = [*low, *reversed(high)]
    return tag("path", d="M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + "Z", class_=f"band {look}")


def dots(places: Iterable[Place], look: str, reach: float) -> Markup | None:
    """Many points as one path: circles, or diamonds for the deep family; None without a point."""
    shapes = [_diamond(x, y, reach * 1.25) if "deep" in look.split() else _circle(x, y, reach) for x, y in places]
    return tag("path", d="".join(shapes), class_=f"dots {look}") if shapes else None


def _diamond(x: float, y: float, reach: float) -> str:
    return f"M{x:g} {y - reach:g}l{reach:g} {reach:g}-{reach:g} {reach:g}-{reach:g}-{reach:g}z"


def _circle(x: float, y: float, reach: float) -> str:
    turn = f"a{reach:g} {reach:g} 0 1 0"
    return f"M{x - reach:g} {y:g}{turn} {2 * reach:g} 0{turn} {-2 * reach:g} 0"


def stripes(
    at: Sequence[float], across: Place, upward: Place, tips: Sequence[str], seen: Sequence[Child] = ()
) -> list[Markup]:
    """Invisible stripes around the places `at`, each with a hair line, that say their tip when pointed at.

    `seen`: what else is shown while a stripe is read, one for each.
    """
    left, right = across
    bottom, top = upward
    edges = [left, *[(one + other) / 2 for one, other in itertools.pairwise(at)], right]
    return [
        tag(
            "g",
            tag(
                "rect",
                x=round(edges[position], 1),
                y=top,
                width=round(max(edges[position + 1] - edges[position], 0.1), 1),
                height=bottom - top,
            ),
            tag("path", d=f"M{x:g} {bottom:g}V{top:g}", class_="hair"),
            seen[position] if seen else None,
            class_="stripe",
            data_tip=tip,
        )
        for position, (x, tip) in enumerate(zip(at, tips, strict=True))
    ]


def settled(ends: Sequence[tuple[float, bool]], upward: Place) -> list[float | None]:
    """Heights for the names of lines that end at these heights, so that none covers another.

    An end is (height, whether it must be named); a name that must be is moved as far as needed, another one only a
    little, else it is None. Lines are taken in their order.

    >>> settled([(50.0, True), (52.0, True), (51.0, False), (90.0, False)], (100.0, 0.0))
    [50.0, 63.0, 37.0, 90.0]
    """
    bottom, top = upward
    heights: list[float | None] = [None] * len(ends)
    taken: list[float] = []
    for position in sorted(range(len(ends)), key=lambda position: not ends[position][1]):
        wanted, needed = ends[position]
        wanted = min(max(wanted, top), bottom)
        tried = [wanted, *(edge + way * LETTERS for edge in taken for way in (1, -1))]
        free = [at for at in tried if top <= at <= bottom and all(abs(at - other) >= LETTERS - 0.01 for other in taken)]
        nearest = min(free, key=lambda at: abs(at - wanted), default=None)
        if nearest is not None and (needed or abs(nearest - wanted) <= MOVED):
            heights[position] = nearest
            taken.append(nearest)
    return heights
