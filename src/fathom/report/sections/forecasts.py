"""Forecasts: how far off they are step by step, how much their bands hold, and series drawn with what was said."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from fathom.data.series.windows import SERIES
from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.charts import curves
from fathom.report.charts.plot import NARROW, WIDE, Axis, Size, figure, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import components, forecastcharts
from fathom.report.tables import folded, table
from fathom.tasks.forecasts import Forecasts

MOST_STEPS = 12  # rows of a table of steps
BANDS = ((0.05, 0.95), (0.1, 0.9), (0.2, 0.8), (0.3, 0.7), (0.4, 0.6))

Floats = npt.NDArray[np.float64]


def body(evidence: Evidence) -> Markup:
    """The error by step ahead, beside that of seasonal naive, and what the winner takes series apart into."""
    if evidence.forecasts is None or evidence.winner is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to check."))
    said, answers = evidence.forecasts
    ours = _by_step(np.abs(answers.truth["future"] - said.values))
    theirs = _by_step(np.abs(answers.truth["future"] - answers.truth["naive"]))
    told = phrase("How far off forecasts are, on average, by how many steps ahead they look")
    rows: list[list[Child]] = []
    for first, last in stretches(len(ours)):
        steps = f"{first + 1}" if last == first + 1 else f"{first + 1}–{last}"
        means = [float(np.nanmean(each[first:last])) for each in (ours, theirs)]
        rows.append([steps, *map(wording.number, means)])
    head = (phrase("steps ahead"), phrase("mean absolute error"), phrase("seasonal naive"))
    drawing = figure(
        partial(_draw_steps, ours, theirs, evidence.winner.family),
        title=told,
        alt=phrase(
            "From {first} at the first step to {last} at the last.",
            first=wording.number(float(ours[0])),
            last=wording.number(float(ours[-1])),
        ),
        caption=phrase("The line of the winner; grey and dashed, that of seasonal naive: the last season over again."),
        sizes=(WIDE, NARROW),
        extra=folded(phrase("Numbers"), table(told, head, rows, numbers=(1, 2))),
    )
    return join(drawing if len(ours) > 1 else table(told, head, rows, numbers=(1, 2)), components.body(evidence))


def sureness(said: Forecasts, answers: Answers) -> Markup:
    """How often what came lies within the bands."""
    truth = answers.truth["future"]
    seen = np.isfinite(truth)
    rows: list[list[Child]] = []
    for low, high in BANDS:
        inside = (truth >= said.level(low)) & (truth <= said.level(high))
        width = float(np.mean((said.level(high) - said.level(low))[seen]))
        rows.append([wording.percent(high - low), wording.percent(float(inside[seen].mean())), wording.number(width)])
    told = phrase("How much of what came lies within the bands, over {steps:,} steps", steps=int(seen.sum()))
    return table(told, (phrase("band"), phrase("share inside"), phrase("mean width")), rows, numbers=(0, 1, 2))


def examples(evidence: Evidence, said: Forecasts, answers: Answers) -> Markup:
    """A typical series, the best and the worst, drawn with what was said of them; and all of them in total."""
    horizon, winner = evidence.study.problem.horizon, evidence.winner
    assert horizon is not None
    assert winner is not None
    names = answers.test.frame[SERIES].gather(answers.rows).to_numpy()
    off = np.abs(answers.truth["future"] - said.values)
    scaled = _mean(off) / answers.truth["error"]
    if not np.isfinite(scaled).any():  # no series ever moves, so none has a unit
        scaled = _mean(off)
    pictures = []
    for row, why in chosen(names, scaled):
        title = why if not names[row] else phrase("{why}: {name}", why=why, name=wording.short(names[row], 40))
        pictures.append(forecastcharts.one(evidence, said, answers, row, title))
    total = forecastcharts.total(evidence, said, answers) if len(np.unique(names)) > 1 else None
    told = phrase(
        "Chosen by the error of their forecasts in units of what seasonal naive is off: the series in the middle, the "
        "one with the smallest error and the one with the largest, each with its last forecast. The inner band should "
        "hold {inner} of what comes, the outer one {outer}.",
        inner="60 %",
        outer="90 %",
    )
    if len(np.unique(names)) == 1:
        told = phrase(
            "The last forecast, and by their errors the best and the worst one. The inner band should hold {inner} of "
            "what comes, the outer one {outer}.",
            inner="60 %",
            outer="90 %",
        )
    return join(tag("p", told), total, pictures)


def chosen(names: npt.NDArray[np.object_], errors: Floats) -> list[tuple[int, str]]:
    """Rows to draw and why: of several series the last forecast of the middle one, the best and the worst.

    Rows are sorted by series and time. Of one series its last forecast, its best and its worst. What has no error,
    being NaN where seasonal naive is never off, is not among them.

    >>> chosen(np.array(["a", "a", "b", "b", "c"], dtype=object), np.array([1.0, 1.0, 2.0, 2.0, 3.0]))
    [(3, 'Typical'), (1, 'Best'), (4, 'Worst')]
    """
    series, owner = np.unique(names.astype(str), return_inverse=True)
    if len(series) == 1:
        found = [(len(names) - 1, phrase("The last")), (int(np.nanargmin(errors)), phrase("Best"))]
        found.append((int(np.nanargmax(errors)), phrase("Worst")))
    else:
        there = np.isfinite(errors)
        count = np.bincount(owner, there)
        means = np.bincount(owner, np.where(there, errors, 0.0)) / np.maximum(count, 1)
        last = [int(np.flatnonzero(owner == number)[-1]) for number in range(len(series))]
        order = np.argsort(means, kind="stable")
        order = order[count[order] > 0]
        found = [(last[order[len(order) // 2]], phrase("Typical")), (last[order[0]], phrase("Best"))]
        found.append((last[order[-1]], phrase("Worst")))
    return [each for place, each in enumerate(found) if each[0] not in [row for row, _ in found[:place]]]


def stretches(ahead: int) -> list[tuple[int, int]]:
    """The steps in at most `MOST_STEPS` stretches: first, and one after the last.

    >>> stretches(3), stretches(28)[:2]
    ([(0, 1), (1, 2), (2, 3)], [(0, 3), (3, 6)])
    """
    each = -(-ahead // MOST_STEPS)
    return [(first, min(first + each, ahead)) for first in range(0, ahead, each)]


def _by_step(off: Floats) -> Floats:
    """The mean of each step over all windows that were seen there; NaN where none was."""
    return _mean(off.T)


def _mean(off: Floats) -> Floats:
    there = np.isfinite(off)
    count = there.sum(axis=1)
    found: Floats = np.where(there, off, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(count > 0, found, np.nan)


def _draw_steps(ours: Floats, theirs: Floats, look: str, size: Size) -> Markup:
    x = Axis(Scale(1, max(len(ours), 2), *size.across), phrase("steps ahead"), lambda at: f"{at:.0f}")
    y = Axis(
        around([0.0, *ours.tolist(), *theirs.tolist()], *size.upward), phrase("mean absolute error"), wording.number
    )

    def places(values: Floats) -> list[tuple[float, float]]:
        return [(x.scale(at), y.scale(value)) for at, value in enumerate(values.tolist(), 1) if np.isfinite(value)]

    return frame(size, x, y, [curves.line(places(theirs), "other forecast"), curves.line(places(ours), look)])
