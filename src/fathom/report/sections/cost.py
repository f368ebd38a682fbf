"""Quality against cost: the front, what each contender costs, and what it would cost with more rows or elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fathom.messages import listed, phrase
from fathom.protocol.costs import cost
from fathom.protocol.curves.curve import MOST_TIMES
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections.costchart import chart, points
from fathom.report.sections.costtable import below, costs, hardware
from fathom.report.tables import folded, table

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

TIMES = tuple(2**step for step in range(1, MOST_TIMES.bit_length()))


def body(evidence: Evidence) -> Markup:
    """The front, then every cost as a table, then what more rows and another device would cost."""
    if not evidence.done:
        return parts.absent(phrase("No contender finished, so there is no score to set against a cost."))
    return join(
        parts.legend(),
        _front(evidence),
        costs(evidence),
        _later(evidence),
        _elsewhere(evidence),
        folded(phrase("Training time and prediction time, each by itself"), _apart(evidence)),
    )


def _front(evidence: Evidence) -> Markup | None:
    measure = evidence.measure
    best = [each.learner for each in cost.front(evidence.done, measure.higher_is_better)]
    caption = phrase(
        "{direction} on the test rows against cost: seconds to train once and to predict {rows:,} rows in batches, on "
        "a logarithmic scale. The line joins the front, the contenders that no other one beats for less; the others "
        "are pale. Upright lines are 95 % intervals. Circles are classical, diamonds deep.",
        direction=_direction(evidence),
        rows=cost.PREDICTED_ROWS,
    )
    at = points(evidence, [cost.seconds(each) for each in evidence.done], best)
    return chart(evidence, at, phrase("cost"), _seconds, caption, joined=True)


def _apart(evidence: Evidence) -> Markup:
    caption = phrase("{direction} on the test rows, on a logarithmic scale.", direction=_direction(evidence))
    trained = points(evidence, [each.fit_seconds for each in evidence.done])
    asked = points(evidence, [each.predict_ms_per_row for each in evidence.done])
    return join(
        chart(evidence, trained, phrase("training time"), _seconds, caption),
        chart(evidence, asked, phrase("prediction time per row in a batch"), wording.milliseconds, caption),
    )


def _seconds(value: float) -> str:
    """Seconds at an axis: never minutes, which no power of ten makes round."""
    return f"{wording.number(value)} s"


def _direction(evidence: Evidence) -> str:
    name = evidence.measure.name
    if evidence.measure.higher_is_better:
        return phrase("{measure} (higher is better)", measure=name)
    return phrase("{measure} (lower is better)", measure=name)


def _later(evidence: Evidence) -> Markup | None:
    """Training time with more rows, where curves told how it grows."""
    growth = {curve.learner: curve.growth for curve in evidence.study.curves}
    rows: list[list[Child]] = []
    for trial in evidence.done:
        exponent = growth.get(trial.learner)
        if exponent is not None and trial.fit_seconds is not None:
            later = [cost.training_seconds_at(trial, exponent, times) for times in TIMES]
            cells = [wording.seconds(each) for each in (trial.fit_seconds, *later)]
            name: Child = [parts.name(trial.learner), tag("small", " ", phrase("cut short"))] if trial.hurried else None
            rows.append([name or parts.name(trial.learner), wording.number(exponent), *cells])
    unknown = [each.learner for each in evidence.done if each.learner in growth and growth[each.learner] is None]
    untold = unknown and phrase(
        "How training time grows is not told of {listed}: fits were too quick to be timed, or cut short, on samples.",
        listed=listed(unknown),
    )
    if not rows:
        return tag("p", untold, class_="about") if untold else None
    head = [
        phrase("contender"),
        phrase("rows to the power"),
        phrase("measured"),
        *(phrase("{times} × the rows", times=times) for times in TIMES),
    ]
    caption = phrase("Forecast: training time with more rows, as it grew from samples to all rows on this machine")
    said = phrase("One that was cut short had to stop for want of time, so that it would need more than this.")
    note = tag("p", said, class_="about") if any(trial.hurried for trial in evidence.done) else None
    told = table(caption, head, rows, numbers=range(1, len(head)), sortable=True)
    return join(told, note, tag("p", untold, class_="about") if untold else None)


def _elsewhere(evidence: Evidence) -> Markup | None:
    """Deep contenders on their own device and on the other one, where there were two."""
    rows: list[list[Child]] = []
    for trial in evidence.done:
        if trial.cost_on:
            rows.append(_there(trial, hardware(trial), wording.seconds(trial.fit_seconds), trial.latency_ms))
        for device, found in trial.cost_on.items():
            fit = wording.seconds(found.get("fit_seconds"))
            said: Child = [fit, below(phrase("extrapolated"))] if "fit_seconds" in found else fit
            rows.append(_there(trial, _DEVICES.get(device, str)(device), said, found["latency_ms"]))
    if not rows:
        return None
    head = [
        phrase("contender"),
        phrase("device"),
        phrase("training"),
        phrase("one row"),
        phrase("a row in a batch"),
    ]
    caption = phrase("The same networks on both devices; training elsewhere is extrapolated from a short run")
    return table(caption, head, rows, numbers=(2, 3, 4))


_DEVICES: dict[str, Callable[[str], str]] = {"cpu": lambda _: phrase("processor")}


def _there(trial: Trial, device: str, fit: Child, latency: dict[str, dict[str, float]]) -> list[Child]:
    times = [wording.milliseconds(latency.get(kind, {}).get("p50")) for kind in ("row", "batch")]
    return [parts.name(trial.learner), device, fit, *times]
