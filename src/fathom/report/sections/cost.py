"""Quality against cost: each contender a point, its interval upright, cost by its logarithm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fathom.protocol.contenders import BASELINE
from fathom.report import parts, wording
from fathom.report.charts import marks
from fathom.report.charts.plot import NARROW, WIDE, Axis, Size, figure, frame
from fathom.report.charts.scale import around
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, join, tag

SMALLEST_COST = 1e-6  # a logarithm knows no zero


@dataclass(frozen=True, slots=True)
class Point:
    """A contender on the chart: what it cost, what it scored, from where to where the score may be."""

    learner: str
    family: str
    cost: float
    score: float
    interval: tuple[float, float] | None

    @property
    def ends(self) -> tuple[float, ...]:
        """The scores that the chart must hold."""
        return (self.score, *(self.interval or ()))


def body(evidence: Evidence) -> Markup:
    """Score against training time, and against prediction time."""
    if not evidence.done:
        return parts.absent("No contender finished, so there is no score to set against a cost.")
    return join(
        parts.legend(),
        _plot(evidence, "fit_seconds", "training time", "s"),
        _plot(evidence, "predict_ms_per_row", "prediction time per row", "ms"),
    )


def _points(evidence: Evidence, cost: str) -> list[Point]:
    points = []
    for trial in evidence.done:
        paid = getattr(trial, cost)
        if wording.known(paid) and wording.known(trial.score):
            low, high = trial.low, trial.high
            interval = (low, high) if wording.known(low) and wording.known(high) else None
            points.append(Point(trial.learner, trial.family, max(paid, SMALLEST_COST), trial.score, interval))
    return points


def _plot(evidence: Evidence, cost: str, what: str, unit: str) -> Markup | None:
    points = _points(evidence, cost)
    write = partial(_written, unit)
    if not points:
        return None
    measure = evidence.measure
    better = "higher" if measure.higher_is_better else "lower"
    said = "; ".join(f"{at.learner} {wording.score(measure, at.score)} at {write(at.cost)}" for at in points)
    caption = (
        f"{measure.name} ({better} is better) on the test rows against {what}, on a logarithmic scale. "
        "Upright lines are 95 % intervals. Circles are classical, diamonds deep."
    )
    shown, hidden = _apart(points)
    if hidden:
        scores = f"{hidden.learner} ({wording.score(measure, hidden.score)})"
        caption += f" The {scores} lies far off the chart and was left out of it."
    draw = partial(_draw, evidence, shown, what, write)
    return figure(draw, title=f"Score against {what}", alt=said, caption=caption, sizes=(WIDE, NARROW))


def _apart(points: list[Point]) -> tuple[list[Point], Point | None]:
    """The points to draw; a baseline so far off that it would press all others together stands apart."""
    others = [at for at in points if at.learner != BASELINE]
    baseline = next((at for at in points if at.learner == BASELINE), None)
    if baseline is None or not others:
        return points, None
    ends = [end for at in others for end in at.ends]
    gap = max(min(ends) - baseline.score, baseline.score - max(ends))
    return (others, baseline) if gap > 2 * (max(ends) - min(ends)) else (points, None)


def _draw(evidence: Evidence, points: list[Point], what: str, write: Callable[[float], str], size: Size) -> Markup:
    measure = evidence.measure
    x = Axis(around([at.cost for at in points], *size.across, log=True, room=0.1), f"{what}, logarithmic", write)
    y = Axis(around([end for at in points for end in at.ends], *size.upward), measure.name, _tick(evidence))
    series = [
        tag(
            "g",
            marks.spread(x.scale(at.cost), y.scale(at.interval[0]), y.scale(at.interval[1]), at.family)
            if at.interval
            else None,
            marks.point((x.scale(at.cost), y.scale(at.score)), at.family, _tip(evidence, at, what, write)),
            class_=f"series {at.family}",
        )
        for at in points
    ]
    named = [((x.scale(at.cost), y.scale(at.score)), wording.short(at.learner, 24), at.family) for at in points]
    bars = [_box(x.scale(at.cost), y.scale(at.interval[0]), y.scale(at.interval[1])) for at in points if at.interval]
    return frame(size, x, y, [series, marks.named(named, bars, size.across)])


def _box(x: float, low: float, high: float) -> marks.Box:
    return x - 6, high, x + 6, low


def _tip(evidence: Evidence, at: Point, what: str, write: Callable[[float], str]) -> str:
    measure = evidence.measure
    lines = [f"{at.learner} ({at.family})", f"{measure.name} {wording.score(measure, at.score)}"]
    if at.interval:
        lines.append(f"95 % interval {wording.interval(measure, *at.interval)}")
    return "\n".join([*lines, f"{what} {write(at.cost)}"])


def _written(unit: str, cost: float) -> str:
    return f"{wording.number(cost)} {unit}"


def _tick(evidence: Evidence) -> Callable[[float], str]:
    """Round percents at the axis; other measures as they are."""
    return wording.round_percent if evidence.measure.percent else wording.number
