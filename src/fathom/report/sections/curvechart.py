"""The chart of the learning curves itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fathom.messages import phrase, words
from fathom.protocol.curves.curve import Curve
from fathom.report import wording
from fathom.report.charts import curves
from fathom.report.charts.marks import Place
from fathom.report.charts.plot import Axis, Size, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.growth import FAMILIES, Growth, Line
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections.outlook import rows

SIZES = (Size(780, 430, "wide", right=172), Size(360, 400, "narrow", right=14))
ASIDE = 0.6  # how far beyond the best lines others may widen the chart, in heights of the best
NAMES_BESIDE = 100  # pixels beside the plot from which names are written there
NAME = 20  # letters of a name at the end of a line
MILLION = 1e6
MOST = 1.01  # of a share, so that marks at the top are whole


@dataclass(frozen=True)
class Drawing:
    """All lines with the range of scores that the chart holds."""

    growth: Growth
    low: float
    high: float

    @classmethod
    def of(cls, growth: Growth) -> Drawing:
        """The range: all that is known of the best of each family, and of others what does not lie far off."""
        best = [line for line in growth.lines if line.best] or list(growth.lines)
        main = [score for line in best for score in _scores(line)]
        low, high = min(main), max(main)
        room = ASIDE * (high - low)
        others = [score for line in growth.lines for score in _scores(line)]
        near = [score for score in others if low - room <= score <= high + room]
        scale = around([*main, *near], 0, 1)
        bands = [end for line in best if line.curve for end in (*line.curve.low, *line.curve.high)]
        inside = [end for end in bands if low - room <= end <= high + room]
        wide = around([scale.low, scale.high, *inside], 0, 1, room=0.02)
        if growth.measure.percent:
            return cls(growth, max(wide.low, 0.0), min(wide.high, MOST))
        return cls(growth, wide.low, wide.high)

    def draw(self, size: Size) -> Markup:
        """The chart in one size."""
        growth, measure = self.growth, self.growth.measure
        scale = Scale(growth.smallest / 1.08, max(growth.largest, growth.smallest * 2), *size.across, log=True)
        x = Axis(scale, phrase("training rows, logarithmic"), _tick)
        arrow = "↑" if measure.higher_is_better else "↓"
        write = wording.round_percent if measure.percent else wording.number
        y = Axis(Scale(self.low, self.high, *size.upward), f"{measure.name} {arrow}", write)
        order = sorted(range(len(growth.lines)), key=lambda position: growth.lines[position].best)
        drawn = [
            self._now(x, size),
            self._crossing(x, size),
            _clip(size),
            [self._series(position, x, y, size) for position in order],
            self._stripes(x, y, size),
            self._names(x, y, size),
        ]
        return frame(size, x, y, drawn)

    def _now(self, x: Axis, size: Size) -> Markup:
        """Where the study's own rows end and the forecast begins."""
        at, (bottom, top) = x.scale(self.growth.rows), size.upward
        words = phrase("{rows:,} rows", rows=self.growth.rows)
        return join(
            tag("path", d=f"M{at:g} {bottom:g}V{top:g}", class_="now"),
            tag("text", words, x=at - 6, y=top - 6, text_anchor="end", class_="tick"),
            tag("text", phrase("forecast"), x=at + 6, y=top - 6, class_="tick"),
        )

    def _crossing(self, x: Axis, size: Size) -> Markup | None:
        middle, low, high = (self.growth.outlook and self.growth.outlook.crossing) or (None, None, None)
        if middle is None:
            return None
        left = x.scale(low if low is not None else self.growth.rows)
        right = x.scale(high if high is not None else x.scale.high)
        bottom, top = size.upward
        at = x.scale(middle)
        return join(
            tag("rect", x=left, y=top, width=round(max(right - left, 1.0), 1), height=bottom - top, class_="crossing"),
            tag("path", d=f"M{at:g} {bottom:g}V{top:g}", class_="line ideal"),
            tag("text", phrase("they cross"), x=at + 5, y=bottom - 8, class_="name words"),
        )

    def _series(self, position: int, x: Axis, y: Axis, size: Size) -> Markup:
        line = self.growth.lines[position]
        look = f"{line.look}{'' if line.best else ' muted'}"
        reach = 3.6 if line.best else 2.6
        done = [(x.scale(at.rows), y.scale.beyond(at.score)) for at in line.points if not at.hurried]
        hurried = [(x.scale(at.rows), y.scale.beyond(at.score)) for at in line.points if at.hurried]
        return tag(
            "g",
            _band(line.curve, x, y, look) if line.best and line.curve else None,
            _line(line, self.growth.rows, x, y, look),
            curves.dots(done, look, reach),
            curves.dots(hurried, f"{look} hollow", reach),
            class_=f"series {look}",
            clip_path=f"url(#plot-{size.name})",
            data_line=position,
        )

    def _stripes(self, x: Axis, y: Axis, size: Size) -> list[Markup]:
        sizes = self.growth.sizes()
        at = [x.scale(each) for each in sizes]
        return curves.stripes(at, size.across, size.upward, [self._tip(each) for each in sizes],
                              [self._seen(each, x, y) for each in sizes])  # fmt: skip

    def _seen(self, size: float, x: Axis, y: Axis) -> list[Child]:
        """A ring where each family's best curve is met."""
        places = []
        for family in FAMILIES:
            line = self.growth.leader(family, size)
            if line is not None and line.curve is not None:
                spot = [(x.scale(size), y.scale(line.curve.at(size)[0]))]
                places.append(curves.dots(spot, f"{family} ring", 5.0))
        return list(places)

    def _tip(self, size: float) -> str:
        """What is read off at a size: the rows, and the best of each family there."""
        growth = self.growth
        times = size / growth.rows
        lines = [f"{rows(size) if times > 1 else phrase('{rows:,} rows', rows=round(size))}"]
        if times > 1:
            lines[0] += f" (×{times:.3g})"
        for family in FAMILIES:
            line = growth.leader(family, size)
            if line is not None and line.curve is not None:
                middle, low, high = line.curve.at(size)
                told = wording.score(growth.measure, middle)
                interval = wording.interval(growth.measure, low, high)
                lines.append(f"{words.family(family)}: {line.learner} {told} ({interval})")
        if growth.outlook is not None and times >= 1:
            lines.append(phrase("deep ahead: {ahead}", ahead=wording.chance(growth.outlook.probability(size))))
        return "\n".join(lines)

    def _names(self, x: Axis, y: Axis, size: Size) -> list[Child]:
        """Names beside the ends of lines, the best two always, others where they fit."""
        if size.right < NAMES_BESIDE:
            return []  # the legend names them
        lines = [
            (position, line)
            for position, line in enumerate(self.growth.lines)
            if line.curve is not None and self.low <= line.curve.middle[-1] <= self.high
        ]
        bottom, top = size.upward
        ends = [(y.scale(line.drawn()[-1][1]), line.best) for _, line in lines]
        heights = curves.settled(ends, (bottom - 4, top + 4))
        return [
            tag(
                "text",
                wording.short(line.learner, NAME),
                x=x.scale(line.drawn()[-1][0]) + 8,
                y=round(height + 4, 1),
                class_=f"name end {line.look}{'' if line.best else ' muted'}",
                data_line=position,
            )
            for (position, line), height in zip(lines, heights, strict=True)
            if height is not None
        ]


def _scores(line: Line) -> list[float]:
    return [*(point.score for point in line.points), *(score for _, score in line.drawn())]


def _clip(size: Size) -> Markup:
    (left, right), (bottom, top) = size.across, size.upward
    area = tag("rect", x=left, y=top - 4, width=right - left + 4, height=bottom - top + 4)
    return tag("clipPath", area, id=f"plot-{size.name}")


def _line(line: Line, now: float, x: Axis, y: Axis, look: str) -> Markup:
    """Solid as far as it was measured, dashed beyond."""
    drawn = line.drawn()
    if line.curve is not None and drawn[0][0] < now < drawn[-1][0]:
        here = (now, line.curve.at(now)[0])
        before = [*(at for at in drawn if at[0] < now), here]
        after = [here, *(at for at in drawn if at[0] > now)]
    else:
        before, after = drawn, []
    return join(
        curves.line(_places(before, x, y), look),
        curves.line(_places(after, x, y), f"{look} forecast"),
    )


def _band(curve: Curve, x: Axis, y: Axis, look: str) -> Markup:
    low = _places(list(zip(curve.rows, curve.low, strict=True)), x, y)
    high = _places(list(zip(curve.rows, curve.high, strict=True)), x, y)
    return curves.band(low, high, look)


def _places(values: Sequence[tuple[float, float]], x: Axis, y: Axis) -> list[Place]:
    return [(x.scale(rows), y.scale.beyond(score)) for rows, score in values]


def _tick(value: float) -> str:
    """Rows at the axis.

    >>> _tick(20_000.0), _tick(2e6)
    ('20,000', '2M')
    """
    return f"{value / MILLION:g}M" if value >= MILLION else f"{value:,.0f}"
