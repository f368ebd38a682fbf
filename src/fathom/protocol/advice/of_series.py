"""Advice on series: what they are, what repeats itself, and how much there is to learn beyond it."""

from __future__ import annotations

from collections import Counter

from fathom.data.checks.series import check_series
from fathom.data.kinds import Column
from fathom.protocol.advice import budget
from fathom.protocol.advice.advice import TOLD, Advice, Expected, Size
from fathom.protocol.advice.series_facts import SeriesFacts, facts, some
from fathom.protocol.advice.series_probes import SeriesProbes, probe_series, strength
from fathom.protocol.advice.series_said import sentences
from fathom.protocol.advice.series_suits import series_candidates
from fathom.protocol.posing import opened, posed, without
from fathom.protocol.request import Request


def of_series(request: Request, seed: int) -> Advice:
    """What to expect of forecasting these series; FathomError for a person's mistake.

    How long contenders need on series was not measured: `minutes` are those that were asked for, or the usual ones.
    """
    table, _ = opened(request)
    table = without(table, request.drop, request.predict)
    task, problem = posed(table, request)
    part, count, values = some(table, problem, seed)
    windows, problem, found = task.ready(part, problem)
    there = facts(part, windows, problem, count, values, strength(windows, problem))
    probes = probe_series(windows, problem, seed=seed)
    learners = series_candidates(problem, there, probes)
    findings = tuple(each for each in check_series(part, problem, found) if each.level in TOLD)
    expected: Expected = "nothing" if probes is not None and not probes.telling else "unknown"
    return Advice(
        table.source.name,
        table.source.location,
        problem.target,
        problem.task,
        _size(there, problem.given),
        probes,
        _signs(there, probes),
        None,
        expected,
        None,
        request.minutes,
        budget.command(request, request.minutes),
        learners,
        findings,
        sentences(problem.target, there, probes, learners, findings),
        there,
    )


def _size(there: SeriesFacts, given: tuple[Column, ...]) -> Size:
    kinds = dict(Counter(str(column.kind) for column in given))
    return Size(there.values, len(given), kinds, 0, "", 0.0, there.gaps, there.values)


def _signs(there: SeriesFacts, probes: SeriesProbes | None) -> dict[str, float]:
    found = {"series": float(there.series), "season": float(there.season), "strength": there.strength or 0.0}
    if probes is not None:
        found |= {each.name: each.closer for each in probes.all}
    return found
