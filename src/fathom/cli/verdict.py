"""A study in the terminal: the table of contenders, the verdict, what to do next."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from fathom import catalog
from fathom.cli import output
from fathom.cli.curves import curve_plot
from fathom.errors import FathomError
from fathom.messages import phrase, words
from fathom.protocol.costs import cost
from fathom.protocol.study import Study, Trial
from fathom.report import wording, write
from fathom.tasks.task import Measure, Task

NUMERIC = (2, 3, 4, 5, 6)
WARNINGS = 4  # of the data check, told beside the verdict; the report has them all


def told(study: Study, report: Path | None) -> str:
    """The whole answer: table, curves, what in the data speaks against the verdict, the verdict, next steps."""
    parts = [
        contenders(study),
        prices(study),
        *_troubles(study.trials),
        curve_plot(study, shutil.get_terminal_size((output.LONGEST_LINE, 0)).columns),
        *_warnings(study),
        output.bold(output.wrapped(study.verdict.text)),
        "\n".join(map(output.wrapped, study.verdict.notes)),
        *_next(study, report),
    ]
    return "\n\n".join(part for part in parts if part)


def reported(study: Study, page: Path | None) -> Path | None:
    """The report's path once it is written; None, and the reason on stderr, where it cannot be: the result stands."""
    try:
        return write(study, page or study.folder / "report.html")
    except FathomError as error:
        output.say(phrase("error: {error}", error=error))
        return None


def contenders(study: Study) -> str:
    """The contenders, the best first: score with its 95 % interval, then what each one cost."""
    task: Task = catalog.load(catalog.task(study.task).path)
    measure = task.measure(study.measure)
    header = (
        phrase("learner"),
        phrase("family"),
        phrase("{measure} (95 % interval)", measure=measure.name),
        phrase("fit"),
        phrase("predict a row"),
        phrase("memory"),
        phrase("size"),
        phrase("status"),
    )
    rows = [_cells(trial, measure, trial.learner == study.verdict.learner) for trial in study.trials]
    return output.table(header, rows, right=NUMERIC)


def prices(study: Study) -> str:
    """What each contender costs in money; empty where nobody said what an hour costs."""
    price = study.settings.get("price_per_hour")
    rows = [
        [trial.learner, wording.money(paid["training"]), wording.money(paid["million_predictions"])]
        for trial in study.trials
        if (paid := cost.money(trial, price)) is not None
    ]
    if not rows:
        return ""
    header = (phrase("learner"), phrase("a training"), phrase("a million predictions"))
    said = phrase("In money, at {price} an hour:", price=wording.number(price))
    return f"{said}\n{output.table(header, rows, right=(1, 2))}"


def _cells(trial: Trial, measure: Measure, chosen: bool) -> list[str]:
    return [
        f"{trial.learner} *" if chosen else trial.learner,
        words.family(trial.family),
        score(measure, trial.score, trial.low, trial.high),
        wording.seconds(trial.fit_seconds),
        wording.milliseconds(trial.predict_ms_per_row),
        wording.megabytes(trial.peak_mb),
        wording.megabytes(trial.model_mb),
        words.status(trial.status),
    ]


def score(measure: Measure, value: float | None, low: float | None, high: float | None) -> str:
    """A score with its interval.

    >>> from fathom.tasks.measures import ACCURACY
    >>> score(ACCURACY, 0.9722, 0.961, 0.98)
    '97.2 % (96.1 to 98.0 %)'
    """
    written = wording.score(measure, value)
    interval = wording.interval(measure, low, high)
    return f"{written} ({interval})" if interval else written


def _troubles(trials: Sequence[Trial]) -> list[str]:
    """A line for each contender that has no score, or has something to say."""
    lines = [f"{trial.learner}: {trial.message}" for trial in trials if trial.message]
    return ["\n".join(lines)] if lines else []


def _warnings(study: Study) -> list[str]:
    """What the data check warns of: a leak makes the best of scores worthless."""
    grave = [finding for finding in study.findings if finding.level in ("error", "warning")]
    lines = [
        f"- {each.what.rstrip('.')}. {each.remedy}" if each.remedy else f"- {each.what}" for each in grave[:WARNINGS]
    ]
    if len(grave) > WARNINGS:
        lines.append(phrase("- and {more} more, in the report", more=len(grave) - WARNINGS))
    return ["\n".join([phrase("The data check warns, so look at these first:"), *lines])] if lines else []


def _next(study: Study, report: Path | None) -> list[str]:
    lines = []
    able = study.problem.horizon is not None or bool(study.problem.conditions)  # a baseline that is a method by itself
    if study.model is not None and (study.verdict.beats_baseline or able):
        name = f"{study.model['name']}@{study.model['version']}"
        lines = [
            phrase("serve it:    fathom serve {name}", name=name),
            phrase("predict:     fathom predict {name} DATA --out predictions.csv", name=name),
        ]
    if report is not None:
        lines.append(phrase("read more:   {report}", report=report))
    return ["\n".join(lines)] if lines else []
