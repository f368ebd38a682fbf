"""The frame of a chart: axes, grid, caption, and a wide and a narrow drawing of the same data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fathom.report.charts.scale import Scale
from fathom.report.html import Child, Markup, tag

LEFT, RIGHT, TOP, BOTTOM = 58.0, 24.0, 30.0, 46.0  # room for ticks and the axes' names


@dataclass(frozen=True, slots=True)
class Size:
    """The size that a chart is drawn in; one unit is one pixel where there is room for all of it."""

    width: float
    height: float
    name: str = "any"  # which screens see it: "wide", "narrow" or "any"
    right: float = RIGHT  # room beside the plot, for names at the ends of lines

    @property
    def across(self) -> tuple[float, float]:
        """Where the x axis starts and ends."""
        return LEFT, self.width - self.right

    @property
    def upward(self) -> tuple[float, float]:
        """Where the y axis starts and ends; pixels count downwards."""
        return self.height - BOTTOM, TOP


WIDE, NARROW = Size(760, 400, "wide"), Size(360, 380, "narrow")
SMALL = (Size(380, 340),)
Draw = Callable[[Size], Markup]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale, its name, and how its values are written."""

    scale: Scale
    name: str
    write: Callable[[float], str]
    at: tuple[float, ...] = ()  # where to write; empty: at round values


def figure(
    draw: Draw,
    *,
    title: str,
    alt: str,
    caption: Child,
    sizes: tuple[Size, ...],
    before: Child = None,
    extra: Child = None,
    readable: bool = False,
) -> Markup:
    """The chart with title and caption; `alt` says in words what is seen, `extra` holds the same data as a table.

    `before` stands between title and chart. `readable`: the chart has stripes that are read off with the arrow keys.
    """
    drawings = [
        tag(
            "svg",
            draw(size),
            class_=f"chart {size.name}",
            viewBox=f"0 0 {size.width:g} {size.height:g}",
            role="img",
            aria_label=f"{title}. {alt}",
            tabindex=0 if readable else None,
        )
        for size in sizes
    ]
    heading = tag("p", title, class_="figure-title")
    return tag("figure", heading, before, drawings, tag("figcaption", caption), extra, class_="plot")


def frame(size: Size, x: Axis, y: Axis, marks: Child) -> Markup:
    """Axes and grid with the marks upon them."""
    left, right = size.across
    bottom, top = size.upward
    upright = x.at or x.scale.ticks(7 if size.width > 500 else 5)
    level = y.at or y.scale.ticks()
    lines = [tag("line", x1=left, x2=right, y1=y.scale(at), y2=y.scale(at), class_="grid") for at in level]
    lines += [tag("line", x1=x.scale(at), x2=x.scale(at), y1=bottom, y2=top, class_="grid") for at in upright]
    return Markup(
        tag("g", lines)
        + tag("line", x1=left, x2=right, y1=bottom, y2=bottom, class_="axis")
        + tag("g", [_text(left - 8, y.scale(at) + 4, y.write(at), "end") for at in level])
        + tag("g", [_text(x.scale(at), bottom + 18, x.write(at), "middle") for at in upright])
        + tag("text", y.name, x=4, y=16, class_="axis-name")
        + tag("text", x.name, x=right, y=size.height - 8, text_anchor="end", class_="axis-name")
        + tag("g", marks)
    )


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return tag("text", words, x=round(x, 1), y=round(y, 1), text_anchor=anchor, class_="tick")
