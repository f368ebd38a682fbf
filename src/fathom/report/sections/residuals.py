"""How far the winner's numbers are from the true ones."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.charts import marks
from fathom.report.charts.histogram import histogram
from fathom.report.charts.plot import SMALL, Axis, Size, figure, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, join, tag

MOST_POINTS = 400  # more would hide each other and swell the file
BINS = 25

Floats = npt.NDArray[np.float64]


def body(evidence: Evidence) -> Markup:
    """Predicted against true, and how the residuals are spread."""
    if evidence.numbers is None or evidence.winner is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    numbers, answers = evidence.numbers
    true, guess = answers.truth.astype(np.float64), numbers.values
    finite = np.isfinite(guess)
    true, guess = true[finite], guess[finite]
    if not len(true):
        return parts.absent(phrase("The winner put out no finite number."))
    target, look = evidence.study.problem.target, evidence.winner.family
    return tag("div", _scatter(true, guess, target, look), _histogram(guess - true, target, look), class_="pair")


def _scatter(true: Floats, guess: Floats, target: str, look: str) -> Markup:
    chosen = _sample(len(true))
    caption = phrase("On the line, a prediction is exactly right.")
    if len(chosen) < len(true):
        caption = phrase(
            "On the line, a prediction is exactly right. {shown:,} of {count:,} test rows, chosen at random.",
            shown=len(chosen),
            count=len(true),
        )
    alt = phrase(
        "Correlation {correlation} over {rows}.",
        correlation=wording.number(_correlation(true, guess)),
        rows=wording.count(len(true), "test row"),
    )
    draw = partial(_draw_scatter, true[chosen], guess[chosen], look)
    title = phrase("Predicted against true {target}", target=wording.short(target, 30))
    return figure(draw, title=title, alt=alt, caption=caption, sizes=SMALL)


def _draw_scatter(true: Floats, guess: Floats, look: str, size: Size) -> Markup:
    both = [*true.tolist(), *guess.tolist()]
    x = Axis(around(both, *size.across), phrase("true"), wording.number)
    y = Axis(around(both, *size.upward), phrase("predicted"), wording.number)
    ends = (x.scale.low, x.scale.high)
    points = [
        marks.point(
            (x.scale(one), y.scale(other)),
            f"faint {look}",
            phrase("true {true}\npredicted {predicted}", true=wording.number(one), predicted=wording.number(other)),
            radius=3.5,
        )
        for one, other in zip(true.tolist(), guess.tolist(), strict=True)
    ]
    return frame(size, x, y, [marks.line([(x.scale(end), y.scale(end)) for end in ends], "ideal"), points])


def _histogram(residuals: Floats, target: str, look: str) -> Markup:
    low, middle, high = (float(each) for each in np.quantile(residuals, [0.05, 0.5, 0.95]))
    said = phrase(
        "Half of the residuals are above {middle}; nine of ten lie from {low} to {high}.",
        middle=wording.number(middle),
        low=wording.number(low),
        high=wording.number(high),
    )
    counts, edges = np.histogram(residuals, bins=min(BINS, max(1, len(residuals))))
    draw = partial(_draw_histogram, counts, edges, look)
    return figure(draw, title=phrase("Residuals: predicted minus true"), alt=said, caption=said, sizes=SMALL)


def _draw_histogram(counts: npt.NDArray[np.int64], edges: Floats, look: str, size: Size) -> Markup:
    x = Axis(around(edges.tolist(), *size.across, room=0.02), phrase("predicted − true"), wording.number)
    y = Axis(Scale(0, float(counts.max()) * 1.06, *size.upward), phrase("test rows"), wording.number)
    middle = x.scale(0.0)
    zero = marks.line([(middle, size.upward[0]), (middle, size.upward[1])], "ideal")
    return frame(size, x, y, join(histogram(x.scale, y.scale, counts, edges, look), zero))


def _sample(rows: int) -> npt.NDArray[np.intp]:
    if rows <= MOST_POINTS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))


def _correlation(true: Floats, guess: Floats) -> float | None:
    if len(true) < 2 or np.ptp(true) == 0 or np.ptp(guess) == 0:
        return None
    return float(np.corrcoef(true, guess)[0, 1])
