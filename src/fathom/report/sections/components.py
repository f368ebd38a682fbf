"""What series are made of: trend, season, and what columns that are known ahead add."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from fathom.messages import phrase
from fathom.report import wording
from fathom.report.charts import curves
from fathom.report.charts.plot import SMALL, Axis, Size, figure, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections.forecastcharts import labels
from fathom.report.tables import table

COMPONENTS = "components"  # what a learner that takes series apart calls what it tells
MOST_SERIES = 2


def body(evidence: Evidence) -> Markup | None:
    """The components of some series, of the winner or else of the best that tells of any; None where none does."""
    ranked = [each for each in (evidence.winner, *evidence.done) if each is not None]
    trial = next((each for each in ranked if each.notes.get(COMPONENTS)), None)
    if trial is None:
        return None
    told: dict[str, Any] = trial.notes[COMPONENTS]
    shown = [each for each in told.get("series", []) if len(each["trend"]) > 1][:MOST_SERIES]
    drawings = [_series(evidence, each, trial.family) for each in shown]
    known: list[list[Child]] = [[name, f"{gain:+.3g}"] for name, gain in (told.get("known") or {}).items()]
    effects = None
    if known:
        caption = phrase("What one more of a column that is known ahead adds, in units of what seasonal naive is off")
        effects = table(caption, (phrase("column"), phrase("adds")), known, numbers=(1,))
    said = phrase(
        "A decomposition of the largest series by the means of their seasons; learners may take them apart otherwise."
    )
    return join(tag("h3", phrase("Trend, season, calendar")), tag("p", said), drawings, effects)


def _series(evidence: Evidence, told: dict[str, Any], look: str) -> Markup:
    horizon = evidence.study.problem.horizon
    assert horizon is not None
    trend, season = np.array(told["trend"], dtype=np.float64), np.array(told["season"], dtype=np.float64)
    start = np.array([told["start"]], dtype="datetime64[us]")
    origin = horizon.stamps(
        start, int(told.get("skipped", 0)) + len(trend) - 1, int(told.get("skipped", 0)) + len(trend) - 1
    )
    names = labels(horizon, origin[:, 0], len(trend))
    name = wording.short(told["name"], 30) or evidence.study.problem.target
    drawn = [
        figure(
            partial(_draw, trend.tolist(), names, look),
            title=phrase("Trend of {name}", name=name),
            alt=phrase("From {first} to {last}.", first=wording.number(trend[0]), last=wording.number(trend[-1])),
            caption=phrase("The mean of a season around each step, the season taken out."),
            sizes=SMALL,
        )
    ]
    if told.get("seasonal") in ("times", "added") and len(season) > 1:
        times = told["seasonal"] == "times"
        steps = [str(step) for step in range(1, len(season) + 1)]
        caption = phrase("What the trend is multiplied by.") if times else phrase("What is added to the trend.")
        drawn.append(
            figure(
                partial(_draw, season.tolist(), steps, look),
                title=phrase("Season of {name}", name=name),
                alt=phrase(
                    "From {low} to {high}.", low=wording.number(season.min()), high=wording.number(season.max())
                ),
                caption=join(caption, " ", phrase("Step 1 is the first one after the history.")),
                sizes=SMALL,
            )
        )
    return tag("div", drawn, class_="pair")


def _draw(values: list[float], names: list[str], look: str, size: Size) -> Markup:
    count = min(3 if len(names[0]) > 4 else 7, len(values))  # dates need room, and none at the edge
    ticks = tuple(int((place + 0.5) * len(values) / count) for place in range(count))
    x = Axis(Scale(0, len(values) - 1, *size.across), "", lambda place: names[int(place)], ticks)
    y = Axis(around(values, *size.upward), "", wording.number)
    places = [(x.scale(at), y.scale(value)) for at, value in enumerate(values)]
    return frame(size, x, y, curves.line(places, look))
