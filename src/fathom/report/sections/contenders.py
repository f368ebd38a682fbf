"""The table of contenders: quality with its interval, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fathom.report import parts, wording
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, listing, table

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

STRIP = 120.0  # width of the interval drawn in a cell, in pixels


def body(evidence: Evidence) -> Markup:
    """One row for each contender, finished or not, best first."""
    study, measure = evidence.study, evidence.measure
    if not study.trials:
        return parts.absent("No contender was tried.")
    others = [each for each in evidence.task.measures if each.name != measure.name]
    scale = _scale(evidence)
    head: list[Child] = ["contender", "family", measure.name, "95 % interval"]
    head += [each.name for each in others]
    head += ["training", "prediction, a row", "peak memory", "model size", "status"]
    rows = [_row(evidence, trial, scale, [each.name for each in others]) for trial in study.trials]
    direction = "higher" if measure.higher_is_better else "lower"
    caption = f"Best first by {measure.name} ({direction} is better), on {wording.count(study.test_rows, 'test row')}"
    numbers = [2, *range(4, len(head) - 1)]
    return join(
        table(caption, head, rows, numbers=numbers, sortable=True, look="contenders"),
        folded("What the measures mean", listing((each.name, each.summary) for each in evidence.task.measures)),
    )


def _row(evidence: Evidence, trial: Trial, scale: Scale | None, others: list[str]) -> list[Child]:
    measure, task = evidence.measure, evidence.task
    winner = trial is evidence.winner
    cells: list[Child] = [
        [parts.name(trial.learner), tag("span", "verdict", class_="badge") if winner else None],
        parts.family(trial.family),
        wording.score(measure, trial.score),
        [_strip(evidence, trial, scale), tag("small", wording.interval(measure, trial.low, trial.high))],
    ]
    cells += [wording.score(task.measure(name), trial.measures.get(name)) for name in others]
    return [
        *cells,
        wording.seconds(trial.fit_seconds),
        wording.milliseconds(trial.predict_ms_per_row),
        wording.megabytes(trial.peak_mb),
        wording.megabytes(trial.model_mb),
        [tag("span", trial.status, class_=f"status {trial.status.replace(' ', '-')}"), _message(trial)],
    ]


def _message(trial: Trial) -> Markup | None:
    return tag("small", wording.short(trial.message, 300), class_="message") if trial.message else None


def _scale(evidence: Evidence) -> Scale | None:
    """One scale for all strips, over everything but hopeless baselines, which would squeeze the rest."""
    trials = [trial for trial in evidence.done if trial.learner != "baseline"] or evidence.done
    ends = [end for trial in trials for end in (trial.low, trial.high, trial.score) if wording.known(end)]
    return around([end for end in ends if end is not None], 4, STRIP - 4) if ends else None


def _strip(evidence: Evidence, trial: Trial, scale: Scale | None) -> Markup | None:
    """The score as a point on its interval, drawn in the cell."""
    if scale is None or trial.score is None or not wording.known(trial.score) or trial.score < scale.low:
        return None
    interval = None
    if trial.low is not None and trial.high is not None and wording.known(trial.low) and wording.known(trial.high):
        interval = tag("line", x1=scale(trial.low), x2=scale(trial.high), y1=9, y2=9, class_=f"spread {trial.family}")
    dot = tag("circle", cx=scale(trial.score), cy=9, r=4.5, class_=f"mark {trial.family}")
    return tag(
        "svg", interval, dot, class_="strip", viewBox=f"0 0 {STRIP:g} 18", width=STRIP, height=18, aria_hidden="true"
    )
