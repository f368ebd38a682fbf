"""Series drawn with what was said of them: history, what came, the forecast and its bands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from fathom.data.series.horizon import Horizon, Stamps, parts
from fathom.data.series.windows import HISTORY, ORIGIN
from fathom.messages import phrase
from fathom.report import wording
from fathom.report.charts import curves
from fathom.report.charts.marks import Place
from fathom.report.charts.plot import NARROW, WIDE, Axis, Size, figure, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Markup
from fathom.tasks.forecasts import Forecasts

MOST_BACK = 160  # past steps drawn
OUTER, INNER = (0.05, 0.95), (0.2, 0.8)
WITHIN_A_DAY = ("h", "m", "s")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """What one chart shows. `past` [before], `came`, `said` [ahead]; `outer`, `inner`: low and high [ahead] each.

    `labels`: what each step is called, the past ones first.
    """

    past: Floats
    came: Floats
    said: Floats
    outer: tuple[Floats, Floats]
    inner: tuple[Floats, Floats]
    labels: list[str]


def one(evidence: Evidence, said: Forecasts, answers: Answers, row: int, title: str) -> Markup:
    """The chart of one window."""
    horizon = _horizon(evidence)
    place = int(answers.rows[row])
    history = np.array(answers.test.frame[HISTORY][place].to_list(), dtype=np.float64)[-_back(horizon) :]
    origin = answers.test.frame[ORIGIN][place : place + 1].to_numpy().astype("datetime64[us]")
    drawn = Drawn(
        history,
        answers.truth["future"][row],
        said.values[row],
        (said.level(OUTER[0])[row], said.level(OUTER[1])[row]),
        (said.level(INNER[0])[row], said.level(INNER[1])[row]),
        labels(horizon, origin, len(history)),
    )
    return _figure(evidence, drawn, title, phrase("The line is what was and what came; dashed, what was said."))


def total(evidence: Evidence, said: Forecasts, answers: Answers) -> Markup | None:
    """The chart of all series together at the last moment that most are forecast from; None where few are."""
    horizon = _horizon(evidence)
    frame = answers.test.frame[answers.rows.tolist()]
    origins = frame[ORIGIN].to_numpy().astype("datetime64[us]")
    moments, counts = np.unique(origins, return_counts=True)
    moment = moments[counts == counts.max()][-1]
    rows = np.flatnonzero((origins == moment) & (np.isfinite(answers.truth["future"]).mean(axis=1) > 0.5))
    if len(rows) < 2:
        return None
    lists = [np.array(each, dtype=np.float64) for each in frame[HISTORY].gather(rows).to_list()]
    back = min(min(map(len, lists)), _back(horizon))
    drawn = Drawn(
        np.sum([each[-back:] for each in lists], axis=0),
        answers.truth["future"][rows].sum(axis=0),
        said.values[rows].sum(axis=0),
        (said.level(OUTER[0])[rows].sum(axis=0), said.level(OUTER[1])[rows].sum(axis=0)),
        (said.level(INNER[0])[rows].sum(axis=0), said.level(INNER[1])[rows].sum(axis=0)),
        labels(horizon, np.array([moment]), back),
    )
    caption = phrase(
        "The sum of {series:,} series. Its bands are the sums of theirs, as if all erred alike: wider than need be.",
        series=len(rows),
    )
    return _figure(evidence, drawn, phrase("All series in total"), caption)


def labels(horizon: Horizon, origin: Stamps, back: int) -> list[str]:
    """What the steps are called, from `back` before the origin's (it is the last of those) to the last ahead.

    >>> labels(Horizon(1, "1mo", 12, 24, "month"), np.array(["2024-01-31"], "datetime64[us]"), 2)
    ['2023-12-31', '2024-01-31', '2024-02-29']
    """
    stamps = horizon.stamps(origin, 1 - back, horizon.ahead)[0]
    unit = parts(horizon.step)[1]
    if unit == "i":
        return [str(each) for each in stamps.astype(np.int64)]
    texts = np.datetime_as_string(stamps, unit="m" if unit in WITHIN_A_DAY else "D")
    return [str(each).replace("T", " ") for each in texts]


def _figure(evidence: Evidence, drawn: Drawn, title: str, caption: str) -> Markup:
    assert evidence.winner is not None
    first, last = drawn.said[0], drawn.said[-1]
    alt = phrase(
        "{past:,} past steps, and {ahead:,} ahead: forecast from {first} to {last}.",
        past=len(drawn.past),
        ahead=len(drawn.said),
        first=wording.number(float(first)),
        last=wording.number(float(last)),
    )
    draw = partial(_draw, drawn, evidence.winner.family, wording.short(evidence.study.problem.target, 30))
    return figure(draw, title=title, alt=alt, caption=caption, sizes=(WIDE, NARROW), readable=True)


def _draw(drawn: Drawn, look: str, target: str, size: Size) -> Markup:
    back, ahead = len(drawn.past), len(drawn.said)
    count = 6 if size.width > 500 else 3
    at = ((np.arange(count) + 0.5) * (back + ahead) / count).astype(int)  # none at the edge, where it would be cut off
    x = Axis(Scale(0, max(back + ahead - 1, 1), *size.across), "", lambda place: drawn.labels[int(place)], tuple(at))
    known = np.concatenate([drawn.past, drawn.came])
    everything = np.concatenate([known, drawn.said, *drawn.outer])
    y = Axis(around(everything[np.isfinite(everything)].tolist(), *size.upward), target, wording.number)
    future = np.arange(back, back + ahead)

    def places(values: Floats, steps: npt.NDArray[np.int64]) -> list[Place]:
        return [
            (x.scale(int(step)), y.scale(float(value)))
            for step, value in zip(steps, values, strict=True)
            if np.isfinite(value)
        ]

    tips = [_tip(drawn, step, float(known[step])) for step in range(back + ahead)]
    return frame(
        size,
        x,
        y,
        [
            curves.band(places(drawn.outer[0], future), places(drawn.outer[1], future), look),
            curves.band(places(drawn.inner[0], future), places(drawn.inner[1], future), look),
            curves.line(places(known, np.arange(len(known))), "ink thin"),
            curves.line(places(drawn.said, future), f"{look} forecast"),
            curves.stripes([x.scale(step) for step in range(back + ahead)], size.across, size.upward, tips),
        ],
    )


def _tip(drawn: Drawn, step: int, value: float) -> str:
    was = phrase("{when}: {value}", when=drawn.labels[step], value=wording.number(value) if np.isfinite(value) else "–")
    ahead = step - len(drawn.past)
    if ahead < 0:
        return was
    said = phrase(
        "said {said}, nine in ten from {low} to {high}",
        said=wording.number(float(drawn.said[ahead])),
        low=wording.number(float(drawn.outer[0][ahead])),
        high=wording.number(float(drawn.outer[1][ahead])),
    )
    return f"{was}\n{said}"


def _back(horizon: Horizon) -> int:
    return min(max(3 * horizon.ahead, 3 * horizon.season, 24), MOST_BACK)


def _horizon(evidence: Evidence) -> Horizon:
    assert evidence.study.problem.horizon is not None
    return evidence.study.problem.horizon
