"""Score against cost: each contender a point, its interval upright, cost by its logarithm, the front a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from fathom.messages import phrase, words
from fathom.protocol.contenders import BASELINE
from fathom.report import wording
from fathom.report.charts import marks
from fathom.report.charts.plot import NARROW, WIDE, Axis, Size, figure, frame
from fathom.report.charts.scale import around
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, tag

BEADS = 24
SMALLEST_COST = 1e-6  # a logarithm knows no zero

Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Point:
    """A contender on the chart: what it cost, what it scored, from where to where the score may be.

    `best`: nothing scored better for less, so that it stands on the front.
    """

    learner: str
    family: str
    cost: float
    score: float
    interval: tuple[float, float] | None
    best: bool = True

    @property
    def ends(self) -> tuple[float, ...]:
        """The scores that the chart must hold."""
        return (self.score, *(self.interval or ()))

    @property
    def look(self) -> str:
        """Its family, or "other" for the baseline."""
        return "other" if self.learner == BASELINE else self.family


def points(evidence: Evidence, costs: Sequence[float | None], front: Sequence[str] | None = None) -> list[Point]:
    """A point for each contender that finished, at these costs; those named in `front` are its best (None: all)."""
    found = []
    for trial, paid in zip(evidence.done, costs, strict=True):
        if wording.known(paid) and wording.known(trial.score):
            low, high = trial.low, trial.high
            interval = (low, high) if wording.known(low) and wording.known(high) else None
            best = front is None or trial.learner in front
            found.append(Point(trial.learner, trial.family, max(paid, SMALLEST_COST), trial.score, interval, best))
    return found


def chart(
    evidence: Evidence, at: list[Point], what: str, write: Write, caption: str, *, joined: bool = False
) -> Markup | None:
    """The chart of these points with its caption, the best of them joined by a line; None without a point."""
    if not at:
        return None
    measure = evidence.measure
    said = "; ".join(f"{each.learner} {wording.score(measure, each.score)}, {write(each.cost)}" for each in at)
    shown, hidden = _apart(at)
    if hidden:
        left_out = phrase(
            "The {learner} ({score}) lies far off the chart and was left out of it.",
            learner=hidden.learner,
            score=wording.score(measure, hidden.score),
        )
        caption = f"{caption} {left_out}"
    title = phrase("{measure} against {what}", measure=measure.name, what=what)
    draw = partial(_draw, evidence, shown, what, write, joined)
    return figure(draw, title=title, alt=said, caption=caption, sizes=(WIDE, NARROW))


def _apart(at: list[Point]) -> tuple[list[Point], Point | None]:
    """The points to draw; a baseline so far off that it would press all others together stands apart."""
    others = [each for each in at if each.learner != BASELINE]
    baseline = next((each for each in at if each.learner == BASELINE), None)
    if baseline is None or not others:
        return at, None
    ends = [end for each in others for end in each.ends]
    gap = max(min(ends) - baseline.score, baseline.score - max(ends))
    return (others, baseline) if gap > 2 * (max(ends) - min(ends)) else (at, None)


def _draw(evidence: Evidence, at: list[Point], what: str, write: Write, joined: bool, size: Size) -> Markup:
    measure = evidence.measure
    scale = around([each.cost for each in at], *size.across, log=True, room=0.1)
    x = Axis(scale, phrase("{what}, logarithmic", what=what), write)
    y = Axis(around([end for each in at for end in each.ends], *size.upward), measure.name, _tick(evidence))

    def place(each: Point) -> marks.Place:
        return x.scale(each.cost), y.scale(each.score)

    front = sorted((each for each in at if each.best), key=lambda each: each.cost)
    line = marks.line([place(each) for each in front], "ink thin") if joined else None
    series = [
        tag(
            "g",
            marks.spread(x.scale(each.cost), y.scale(each.interval[0]), y.scale(each.interval[1]), each.look)
            if each.interval
            else None,
            marks.point(place(each), each.look, _tip(evidence, each, what, write)),
            class_=f"series {each.look}" if each.best else f"series muted {each.look}",
        )
        for each in sorted(at, key=lambda each: each.best)  # the best are drawn last, above the others
    ]
    named = [(place(each), wording.short(each.learner, 24), each.look) for each in front]
    bars = [
        _box(x.scale(each.cost), y.scale(each.interval[0]), y.scale(each.interval[1])) for each in at if each.interval
    ]
    if joined:
        bars += [box for one, other in pairwise(front) for box in _beads(place(one), place(other))]
    return frame(size, x, y, [line, series, marks.named(named, bars, size.across)])


def _beads(one: marks.Place, other: marks.Place) -> list[marks.Box]:
    """Small boxes along a line between two places, for names to keep off."""
    shares = [step / BEADS for step in range(BEADS + 1)]
    places = [(one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])) for share in shares]
    return [(x - 2, y - 2, x + 2, y + 2) for x, y in places]


def _box(x: float, low: float, high: float) -> marks.Box:
    return x - 6, high, x + 6, low


def _tip(evidence: Evidence, at: Point, what: str, write: Write) -> str:
    measure = evidence.measure
    lines = [f"{at.learner} ({words.family(at.family)})", f"{measure.name} {wording.score(measure, at.score)}"]
    if at.interval:
        lines.append(phrase("95 % interval {interval}", interval=wording.interval(measure, *at.interval)))
    return "\n".join([*lines, f"{what} {write(at.cost)}"])


def _tick(evidence: Evidence) -> Write:
    """Round percents at the axis; other measures as they are."""
    return wording.round_percent if evidence.measure.percent else wording.number
