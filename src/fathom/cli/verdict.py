"""A study in the terminal: the table of contenders, the verdict, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fathom import catalog
from fathom.cli import output
from fathom.protocol.study import Study, Trial
from fathom.tasks.task import Measure, Task

HEADER = ("learner", "family", "", "fit", "predict", "memory", "size", "status")
NUMERIC = (2, 3, 4, 5, 6)


def told(study: Study, report: Path | None) -> str:
    """The whole answer: table, verdict, next steps."""
    parts = [contenders(study), *_troubles(study.trials), output.bold(study.verdict.text), *_next(study, report)]
    return "\n\n".join(part for part in parts if part)


def contenders(study: Study) -> str:
    """The contenders, the best first: score with its 95 % interval, then what each one cost."""
    task: Task = catalog.load(catalog.task(study.task).path)
    measure = task.measure(study.measure)
    header = list(HEADER)
    header[2] = f"{measure.name}{' %' if measure.percent else ''} (95 % interval)"
    rows = [_cells(trial, measure, trial.learner == study.verdict.learner) for trial in study.trials]
    return output.table(header, rows, right=NUMERIC)


def _cells(trial: Trial, measure: Measure, chosen: bool) -> list[str]:
    return [
        f"{trial.learner} *" if chosen else trial.learner,
        trial.family,
        score(trial.score, trial.low, trial.high, measure),
        _unit(trial.fit_seconds, "s"),
        _unit(trial.predict_ms_per_row, "ms/row"),
        _unit(trial.peak_mb, "MB"),
        _unit(trial.model_mb, "MB"),
        trial.status,
    ]


def score(value: float | None, low: float | None, high: float | None, measure: Measure) -> str:
    """A score with its interval, in points of a hundred where the measure is a share."""
    if value is None:
        return ""
    written = [_number(each, measure.percent) for each in (value, low, high) if each is not None]
    return written[0] if len(written) < 3 else f"{written[0]} ({written[1]} to {written[2]})"


def _number(value: float, percent: bool) -> str:
    return f"{100 * value:.1f}" if percent else f"{value:.4g}"


def _unit(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.2g} {unit}"


def _troubles(trials: Sequence[Trial]) -> list[str]:
    """A line for each contender that has no score, or has something to say."""
    lines = [f"{trial.learner}: {trial.message}" for trial in trials if trial.message]
    return ["\n".join(lines)] if lines else []


def _next(study: Study, report: Path | None) -> list[str]:
    lines = []
    if study.model is not None:
        name = f"{study.model['name']}@{study.model['version']}"
        lines = [f"serve it:    fathom serve {name}", f"predict:     fathom predict {name} DATA --out predictions.csv"]
    if report is not None:
        lines.append(f"read more:   {report}")
    return ["\n".join(lines)] if lines else []
