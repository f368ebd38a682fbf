"""The table of contenders: quality with its interval, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fathom.messages import again, phrase, words
from fathom.protocol.contenders import BASELINE
from fathom.report import parts, wording
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import transfer
from fathom.report.tables import folded, listing, table
from fathom.tasks.task import Measure

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

STRIP = 120.0  # width of the interval drawn in a cell, in pixels


def body(evidence: Evidence) -> Markup:
    """One row for each contender, finished or not, best first; then all other measures."""
    study, measure = evidence.study, evidence.measure
    if not study.trials:
        return parts.absent(phrase("No contender was tried."))
    scale = _scale(evidence)
    caption = phrase(
        "Best first by {measure} ({direction}), on {rows}",
        measure=measure.name,
        direction=phrase("higher is better") if measure.higher_is_better else phrase("lower is better"),
        rows=wording.count(study.test_rows, "test row"),
    )
    head = [
        phrase("contender"),
        measure.name,
        phrase("95 % interval"),
        phrase("training"),
        phrase("prediction, a row"),
        phrase("peak memory"),
        phrase("model"),
        phrase("status"),
    ]
    rows = [_row(evidence, trial, scale) for trial in study.trials]
    return join(
        table(caption, head, rows, numbers=(1, 3, 4, 5, 6), sortable=True, look="contenders"),
        _measures(evidence),
        transfer.body(evidence),
        folded(
            phrase("What the measures mean"),
            listing((each.name, again(each.summary)) for each in evidence.task.measures),
        ),
    )


def _row(evidence: Evidence, trial: Trial, scale: Scale | None) -> list[Child]:
    measure = evidence.measure
    chosen = tag("span", phrase("verdict"), class_="badge") if trial.learner == evidence.study.verdict.learner else None
    interval = wording.interval(measure, trial.low, trial.high)
    return [
        [parts.name(trial.learner), chosen, parts.family(trial.family)],
        tag("b", wording.score(measure, trial.score)),
        [_strip(trial, scale), tag("small", interval)],
        wording.seconds(trial.fit_seconds),
        wording.milliseconds(trial.predict_ms_per_row),
        wording.megabytes(trial.peak_mb),
        wording.megabytes(trial.model_mb),
        [tag("span", words.status(trial.status), class_=f"status {trial.status.replace(' ', '-')}"), _message(trial)],
    ]


def _measures(evidence: Evidence) -> Markup | None:
    """Every measure of those that finished."""
    measures = evidence.task.measures
    rows: list[list[Child]] = [
        [parts.name(trial.learner), *[wording.score(each, trial.measures.get(each.name)) for each in measures]]
        for trial in evidence.done
    ]
    head = [phrase("contender"), *[_named(each) for each in measures]]
    caption = phrase("Every measure (↑ higher is better, ↓ lower is better)")
    return table(caption, head, rows, numbers=range(1, len(head)), sortable=True) if rows else None


def _named(measure: Measure) -> str:
    """The name, with an arrow to where it is better; with none where it is to be met."""
    return measure.name if not measure.decides else f"{measure.name} {'↑' if measure.higher_is_better else '↓'}"


def _message(trial: Trial) -> Markup | None:
    return tag("small", wording.short(trial.message, 300), class_="message") if trial.message else None


def _scale(evidence: Evidence) -> Scale | None:
    """One scale for all strips, over everything but hopeless baselines, which would squeeze the rest."""
    trials = [trial for trial in evidence.done if trial.learner != BASELINE] or evidence.done
    ends = [end for trial in trials for end in (trial.low, trial.high, trial.score) if wording.known(end)]
    return around([end for end in ends if end is not None], 4, STRIP - 4) if ends else None


def _strip(trial: Trial, scale: Scale | None) -> Markup | None:
    """The score as a point on its interval, drawn in the cell."""
    if scale is None or trial.score is None or not wording.known(trial.score) or trial.score < scale.low:
        return None  # nothing to show, or far off to the left
    interval = None
    if trial.low is not None and trial.high is not None and wording.known(trial.low) and wording.known(trial.high):
        interval = tag("line", x1=scale(trial.low), x2=scale(trial.high), y1=9, y2=9, class_=f"spread {trial.family}")
    dot = tag("circle", cx=scale(trial.score), cy=9, r=4.5, class_=f"mark {trial.family}")
    return tag(
        "svg", interval, dot, class_="strip", viewBox=f"0 0 {STRIP:g} 18", width=STRIP, height=18, aria_hidden="true"
    )
