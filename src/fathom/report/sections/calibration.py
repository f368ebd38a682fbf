"""Whether the winner knows how sure it may be: confidence against accuracy, intervals against coverage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.protocol.calibration import COVERAGE
from fathom.report import parts, wording
from fathom.report.charts import marks
from fathom.report.charts.plot import SMALL, Axis, Size, figure, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, join, tag
from fathom.report.sections import alerts, boxes, entities, forecasts, identities, label_sets, scores
from fathom.report.tables import folded, table

BINS = 10
FIFTHS = 5
LOW = (Size(760, 280, "wide"), Size(360, 300, "narrow"))
NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Bin:
    """Test rows of like confidence, or of like prediction: where they stand, how many, how many are hits."""

    low: float
    high: float
    middle: float  # mean confidence or mean prediction
    rows: int
    hits: int

    @property
    def share(self) -> float:
        """The share of hits."""
        return self.hits / self.rows

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval (Wilson 1927)."""
        return wilson(self.hits, self.rows)


def wilson(hits: int, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927).

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    share, square = hits / rows, NORMAL_95**2
    middle = (share + square / (2 * rows)) / (1 + square / rows)
    reach = NORMAL_95 / (1 + square / rows) * math.sqrt(share * (1 - share) / rows + square / (4 * rows**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def body(evidence: Evidence) -> Markup:
    """A reliability diagram for labels, coverage of the intervals for numbers."""
    if evidence.answers is None or evidence.winner is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to check."))
    if evidence.forecasts is not None:
        return forecasts.sureness(*evidence.forecasts)
    if evidence.spans is not None:
        return entities.sureness(*evidence.spans)
    if evidence.identities is not None:
        return identities.sureness(evidence, *evidence.identities)
    if evidence.scores is not None:
        return scores.sureness(evidence, *evidence.scores)
    if evidence.boxes is not None:
        return boxes.sureness(evidence)
    if evidence.sets is not None:
        return label_sets.sureness(*evidence.sets)
    if evidence.alerts is not None:
        return alerts.sureness(*evidence.alerts)
    return _labels(evidence) if evidence.labels else _numbers(evidence)


def _labels(evidence: Evidence) -> Markup:
    assert evidence.labels is not None
    assert evidence.winner is not None
    labels, answers = evidence.labels
    confidence = labels.probabilities.max(axis=1)
    bins = by_confidence(confidence, labels.codes == answers.truth)
    winner = evidence.winner
    said = phrase(
        "When {learner} gives its label a probability, it is on average {sure} sure, and right on {right} of the test "
        "rows. The gap between confidence and accuracy, averaged over bins, is {gap}; the log-loss is {loss} nats.",
        learner=winner.learner,
        sure=wording.percent(float(confidence.mean())),
        right=wording.percent(float((labels.codes == answers.truth).mean())),
        gap=wording.percent(winner.measures.get("calibration-error")),
        loss=wording.number(winner.measures.get("log-loss")),
    )
    return join(
        tag("p", said), tag("div", _reliability(bins, winner.family), _sizes(bins, winner.family), class_="pair")
    )


def by_confidence(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> list[Bin]:
    """Bins of equal width that hold at least one row.

    >>> [(one.rows, one.hits) for one in by_confidence(np.array([0.95, 1.0, 0.41]), np.array([True, False, True]))]
    [(1, 1), (2, 1)]
    """
    place = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    found = []
    for at in np.unique(place).tolist():
        inside = place == at
        mean = float(confidence[inside].mean())
        found.append(Bin(at / BINS, (at + 1) / BINS, mean, int(inside.sum()), int(right[inside].sum())))
    return found


def _reliability(bins: list[Bin], look: str) -> Markup:
    alt = "; ".join(
        phrase("sure {sure}, right {right}", sure=wording.percent(one.middle), right=wording.percent(one.share))
        for one in bins
    )
    caption = phrase(
        "Below the line, the model is surer than it may be; above it, more often right than it says. "
        "Upright lines are 95 % intervals: where they cross the line, nothing is shown to be wrong."
    )
    rows = [
        [
            _span(one.low, one.high),
            wording.count(one.rows),
            wording.percent(one.middle),
            wording.percent(one.share),
            _span(*one.interval),
        ]
        for one in bins
    ]
    head = [
        phrase("confidence"),
        phrase("test rows"),
        phrase("mean confidence"),
        phrase("accuracy"),
        phrase("95 % interval"),
    ]
    numbers = table(phrase("The numbers of both charts"), head, rows, numbers=(1, 2, 3, 4))
    return figure(
        partial(_draw_reliability, bins, look),
        title=phrase("Is it as often right as it is sure?"),
        alt=alt,
        caption=caption,
        sizes=SMALL,
        extra=folded(phrase("Numbers"), numbers),
    )


def _span(low: float, high: float) -> str:
    return phrase("{low} to {high}", low=wording.percent(low), high=wording.percent(high))


def _draw_reliability(bins: list[Bin], look: str, size: Size) -> Markup:
    x = Axis(Scale(0, 1, *size.across), phrase("confidence"), wording.round_percent)
    y = Axis(Scale(0, 1, *size.upward), phrase("accuracy"), wording.round_percent)
    drawn = [marks.line([(x.scale(0), y.scale(0)), (x.scale(1), y.scale(1))], "ideal")]
    drawn.append(marks.line([(x.scale(one.middle), y.scale(one.share)) for one in bins], look))
    for one in bins:
        low, high = one.interval
        tip = phrase(
            "{rows}\nsure {sure}\nright {right} ({interval})",
            rows=wording.count(one.rows, "test row"),
            sure=wording.percent(one.middle),
            right=wording.percent(one.share),
            interval=_span(low, high),
        )
        at = x.scale(one.middle)
        drawn += [
            marks.spread(at, y.scale(low), y.scale(high), look),
            marks.point((at, y.scale(one.share)), look, tip, 5),
        ]
    return frame(size, x, y, drawn)


def _sizes(bins: list[Bin], look: str) -> Markup:
    caption = phrase("How many test rows stand behind each point.")
    alt = "; ".join(f"{_span(one.low, one.high)}: {one.rows:,}" for one in bins)
    title = phrase("How sure is it?")
    return figure(partial(_draw_sizes, bins, look), title=title, alt=alt, caption=caption, sizes=SMALL)


def _draw_sizes(bins: list[Bin], look: str, size: Size) -> Markup:
    x = Axis(Scale(0, 1, *size.across), phrase("confidence"), wording.round_percent)
    y = Axis(Scale(0, max(one.rows for one in bins) * 1.06, *size.upward), phrase("test rows"), wording.number)
    width = x.scale(1 / BINS) - x.scale(0) - 2
    bars = [
        marks.bar(
            x.scale(one.low) + 1,
            width,
            y.scale,
            one.rows,
            look,
            phrase("{span} sure\n{rows}", span=_span(one.low, one.high), rows=wording.count(one.rows, "test row")),
        )
        for one in bins
    ]
    return frame(size, x, y, bars)


def _numbers(evidence: Evidence) -> Markup:
    assert evidence.numbers is not None
    assert evidence.winner is not None
    numbers, answers = evidence.numbers
    if numbers.low is None or numbers.high is None:
        return parts.absent(phrase("This contender gives a number without an interval, so there is nothing to check."))
    inside = (numbers.low <= answers.truth) & (answers.truth <= numbers.high)
    low, high = wilson(int(inside.sum()), len(inside))
    width = float(np.median(numbers.high - numbers.low))
    said = phrase(
        "{share} of the true numbers lie inside their prediction interval (95 % interval {interval}, {rows}); half of "
        "the intervals are wider than {width}.",
        share=wording.percent(float(inside.mean())),
        interval=_span(low, high),
        rows=wording.count(len(inside), "test row"),
        width=wording.number(width),
    )
    return join(tag("p", said), _coverage(by_prediction(numbers.values, inside), evidence.winner.family))


def by_prediction(values: npt.NDArray[np.float64], inside: npt.NDArray[np.bool_]) -> list[Bin]:
    """The rows in five parts of equal size, the smallest predictions first."""
    parts_of = np.array_split(np.argsort(values, kind="stable"), min(FIFTHS, len(values)))
    return [
        Bin(
            float(values[rows].min()),
            float(values[rows].max()),
            float(values[rows].mean()),
            len(rows),
            int(inside[rows].sum()),
        )
        for rows in parts_of
    ]


def _coverage(bins: list[Bin], look: str) -> Markup:
    alt = "; ".join(
        phrase("around {number}: {share}", number=wording.number(one.middle), share=wording.percent(one.share))
        for one in bins
    )
    caption = phrase(
        "Test rows in five parts by their prediction; the dashed line is what was asked for, {coverage}. Points at "
        "unequal heights mean that the intervals are too narrow for some numbers and too wide for others. Upright "
        "lines are 95 % intervals.",
        coverage=wording.round_percent(COVERAGE),
    )
    draw = partial(_draw_coverage, bins, look)
    title = phrase("Share inside the interval, by predicted number")
    return figure(draw, title=title, alt=alt, caption=caption, sizes=LOW)


def _draw_coverage(bins: list[Bin], look: str, size: Size) -> Markup:
    x = Axis(around([one.middle for one in bins], *size.across, room=0.1), phrase("predicted"), wording.number)
    y = Axis(Scale(0, 1, *size.upward), phrase("inside the interval"), wording.round_percent)
    drawn = [
        marks.line([(x.scale(x.scale.low), y.scale(COVERAGE)), (x.scale(x.scale.high), y.scale(COVERAGE))], "ideal")
    ]
    for one in bins:
        low, high = one.interval
        at = x.scale(one.middle)
        tip = phrase(
            "predicted {low} to {high}\n{rows}\ninside {share} ({interval})",
            low=wording.number(one.low),
            high=wording.number(one.high),
            rows=wording.count(one.rows, "test row"),
            share=wording.percent(one.share),
            interval=_span(low, high),
        )
        drawn += [marks.spread(at, y.scale(low), y.scale(high), look), marks.point((at, y.scale(one.share)), look, tip)]
    return frame(size, x, y, drawn)
