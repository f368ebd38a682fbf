"""Advise: read the data, look at it for some seconds, and say what a study would most likely find; train nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fathom import catalog
from fathom.data.check import check
from fathom.data.checks.columns import check_columns
from fathom.data.checks.pictures import readable
from fathom.data.checks.target import check_target
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import MEDIA_KINDS, Kind
from fathom.data.read import read
from fathom.data.split import Rows, split
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.protocol.advice import budget, expectation, paces
from fathom.protocol.advice.advice import TOLD, Advice, Expected, Size
from fathom.protocol.advice.odds import Odds, odds
from fathom.protocol.advice.of_series import of_series
from fathom.protocol.advice.probes import Probes, probe
from fathom.protocol.advice.signs import rarest, signs
from fathom.protocol.advice.suits import candidates
from fathom.protocol.posing import FORECASTING, answered, posed, without
from fathom.protocol.prepare import FEWEST_ROWS
from fathom.protocol.request import Request
from fathom.tasks.problem import Problem

MOST_ROWS = 40_000  # of a table that are looked at
MOST_PICTURES = 4_000
DEFAULT_MINUTES = 5.0
OF_PROBES = ("linear", "nearest", "tree", "bent", "stepped", "signal")  # signs that are chance where no probe tells


def advise(
    data: Any,
    predict: str | None = None,
    *,
    task: str | None = None,
    minutes: float | None = None,
    group: str | None = None,
    time: str | None = None,
    drop: Sequence[str] = (),
    kinds: Mapping[str, str | Kind] | None = None,
    horizon: int | None = None,
    series: Sequence[str] = (),
    known: Sequence[str] = (),
    holidays: str | None = None,
    season: int | None = None,
    step: str | None = None,
    seed: int = 0,
) -> Advice:
    """What to expect of predicting `predict` from `data`, in seconds: nothing is trained but three small probes.

    Says which family to expect in front and how surely, on what that rests, which learners a study would try and why,
    how long it would take and the command to run, and what in the data must be mended first. Large data are looked at
    through a random sample. Where one of the words that ask for forecasts is given (`horizon` ...), series are looked
    at: how many, how long, what repeats itself, and how much closer than the last season quick looks come.
    `minutes`: the time there is (None: what is proposed). The others are those of `fathom.compare`. FathomError for a
    person's mistake.

    >>> found = advise("sample:customers", "plan")
    >>> found.expected in ("classical", "deep"), found.size.rows
    (True, 600)
    """
    asked = Request(
        data,
        predict,
        task,
        DEFAULT_MINUTES if minutes is None else minutes,
        group=group,
        time=time,
        drop=drop,
        kinds=kinds,
        horizon=horizon,
        series=series,
        known=known,
        holidays=holidays,
        season=season,
        step=step,
    )
    asked.check()
    if task == FORECASTING or (task is None and asked.asked):
        return of_series(asked, seed)
    dataset = without(read(data, kinds=kinds), drop, predict)
    dataset, predict = answered(dataset, asked)
    problem = posed(dataset, replace(asked, predict=predict))[1]
    counted = _known(dataset, problem)
    part, findings = _looked_at(dataset, problem, seed)
    size = _size(dataset, problem, counted, len(part))
    probes = probe(part, problem, seed=seed)
    found = signs(part, problem, probes, seed=seed) | {"rows": float(np.log10(size.rows))}
    row = catalog.task(problem.task)
    unmeasured = row.reads in ("text", "events") or row.output == "scores"  # no such sets were measured
    chances = None if unmeasured else odds(found)
    heard = found if probes is None or probes.telling else found | dict.fromkeys(OF_PROBES, 0.0)
    learners = candidates(problem, heard, (float(size.rows), *paces.shape(part, problem)[1:]))
    expected = _expected(probes, chances)
    needed = DEFAULT_MINUTES if budget.unmeasured(learners) else budget.minutes(learners)
    told = tuple(finding for finding in findings if finding.level in TOLD)
    return Advice(
        dataset.source.name,
        dataset.source.location,
        predict,
        problem.task,
        size,
        probes,
        found,
        chances,
        expected,
        None if expected == "nothing" or chances is None else max(chances.deep, 1 - chances.deep),
        needed,
        budget.command(asked, needed if minutes is None else minutes),
        learners,
        told,
        expectation.sentences(predict, row.output, size, probes, chances, expected, learners, told),
    )


def _expected(probes: Probes | None, chances: Odds | None) -> Expected:
    if probes is not None and not probes.telling:
        return "nothing"
    if probes is None or chances is None:
        return "unknown"
    return "deep" if chances.deep > 0.5 else "classical"


def _known(dataset: Dataset, problem: Problem) -> Rows:
    """The rows with a target; DataError where there are too few to compare anything on."""
    truth = problem.truth(dataset)
    rows = np.flatnonzero(problem.known(truth))
    if len(rows) < FEWEST_ROWS:
        raise DataError(
            phrase("There are too few rows with a target: {count}.", count=len(rows)),
            where=dataset.source.location,
            remedy=phrase(
                "Give at least {least} rows; a hundred or more make a comparison worth reading.", least=FEWEST_ROWS
            ),
        )
    return rows


def _size(dataset: Dataset, problem: Problem, known: Rows, looked: int) -> Size:
    label, share = rarest(dataset, problem)
    inputs = problem.inputs
    return Size(
        len(known),
        len(inputs),
        dict(Counter(str(column.kind) for column in inputs)),
        len(problem.classes),
        label,
        share,
        sum(column.missing for column in inputs) / len(inputs),
        looked,
    )


def _looked_at(dataset: Dataset, problem: Problem, seed: int) -> tuple[Dataset, list[Finding]]:
    """A random sample of large data (else all of it), its pictures readable, and what the check finds."""
    most = MOST_PICTURES if any(column.kind in MEDIA_KINDS for column in problem.inputs) else MOST_ROWS
    rows = np.arange(len(dataset))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:most])
    part, pictures = readable(dataset.take(rows) if len(rows) < len(dataset) else dataset)
    kept = rows
    for finding in pictures:
        kept = kept if finding.level == "ok" else np.delete(kept, finding.rows)
    findings = check(part, problem, split(part, problem, seed=seed), pictures=pictures)
    if len(rows) == len(dataset):
        return part, findings
    of_part = [*check_columns(part, problem), *check_target(part, problem)]
    findings = [_placed(each, rows if each in pictures else kept) for each in findings if each not in of_part]
    return part, [*check_columns(dataset, problem), *check_target(dataset, problem), *findings]


def _placed(finding: Finding, rows: Rows) -> Finding:
    """The finding with its rows' positions in the whole data."""
    return replace(finding, rows=tuple(int(rows[row]) for row in finding.rows))
