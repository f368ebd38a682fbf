"""What was found in series, put right by rule and left out: findings for a person."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from fathom.data.finding import Finding
from fathom.data.series.clocks import Changes
from fathom.data.series.horizon import Horizon
from fathom.data.series.origins import TEST, Origins
from fathom.data.series.panel import Mended, Panel
from fathom.data.series.steps import season_of
from fathom.messages import phrase, plural

MANY_SERIES = 20  # from so many on samples have fewer series, below it a shorter history of all
MOST_HOURS = 3  # that are named
GAPS = 0.1  # share of steps without a value, from which it is a warning


def findings(
    panel: Panel, origins: Origins, horizon: Horizon, mended: Mended, odd: int, coarse: int, share: float | None
) -> list[Finding]:
    """The findings, in the order of the work: times, rows, gaps, series, season, and how they were cut.

    `odd`: rows without a usable time; `coarse`: series with another step; `share`: of series that repeat themselves.
    """
    found = [*put_right(horizon, mended, odd), *_series(panel, origins, horizon, coarse)]
    return [*found, *_season(horizon, share), _cuts(panel, origins, horizon), _samples(origins)]


def put_right(horizon: Horizon, mended: Mended, odd: int) -> list[Finding]:
    """What was put right and left out of rows: times, rows of one step, gaps, series without a value."""
    found = _rows(horizon, mended, odd)
    if mended.empty:
        what = plural(
            mended.empty,
            "{count:,} series has no value at all and was left out",
            "{count:,} series have no value at all and were left out",
        )
        found.append(Finding("warning", what, horizon.series))
    return found


def lacking(panel: Panel, horizon: Horizon) -> list[Finding]:
    """Which columns that are to be known ahead are not, at some of the steps to come."""
    found = []
    ends = panel.offsets[:-1] + panel.length
    steps = ends[:, None] + np.arange(horizon.ahead)
    there = steps < panel.offsets[1:, None]
    for place, name in enumerate(horizon.known):
        known = there & np.isfinite(panel.known[np.minimum(steps, len(panel.known) - 1), place])
        if short := int((~known.all(axis=1)).sum()):
            what = phrase(
                "column '{name}' is not known for all steps ahead of {count:,} series; give rows of the time to come "
                "with it",
                name=name,
                count=short,
            )
            found.append(Finding("note", what, (name,)))
    return found


def _rows(horizon: Horizon, mended: Mended, odd: int) -> list[Finding]:
    found = []
    columns = (horizon.time,) if horizon.time else ()
    if odd:
        what = plural(
            odd,
            "{count:,} row has no time that can be used, or one far from all others, and was left out",
            "{count:,} rows have no time that can be used, or one far from all others, and were left out",
        )
        found.append(Finding("warning", what, columns, (), phrase("Write the times of these rows, or take them out.")))
    found += _clocks(horizon, mended.changes)
    if doubled := mended.doubled - mended.changes.rows:
        what = plural(
            doubled,
            "{count:,} row shares its series and step ({step}) with another; the mean of both was taken",
            "{count:,} rows share their series and step ({step}) with others; their means were taken",
            step=horizon.step,
        )
        remedy = phrase("If their sum is meant, or one of them, make one row of them first.")
        found.append(Finding("warning", what, columns, (), remedy))
    if filled := mended.filled - mended.changes.steps:
        of = filled / max(mended.values, 1)
        what = phrase(
            "{count:,} of {values:,} steps have no value, in {series:,} series; in histories the value of the season "
            "before, or the last one, stands for them, and nothing is scored on them",
            count=filled,
            values=mended.values,
            series=mended.gappy - mended.changes.only,
        )
        remedy = phrase("If a missing row means that there was nothing, write zeros.")
        found.append(Finding("warning" if of >= GAPS else "note", what, columns, (), remedy))
    return found


def _clocks(horizon: Horizon, changes: Changes) -> list[Finding]:
    """Summer time in times without a zone."""
    if not len(changes):
        return []
    never = ", ".join(map(_hour, changes.never[:MOST_HOURS])) + (" ..." if len(changes.never) > MOST_HOURS else "")
    twice = ", ".join(map(_hour, changes.twice[:MOST_HOURS])) + (" ..." if len(changes.twice) > MOST_HOURS else "")
    if not changes.twice:
        what = phrase(
            "The times are those of clocks that change to summer time: these hours never were, and were filled: "
            "{never}",
            never=never,
        )
    elif not changes.never:
        what = phrase(
            "The times are those of clocks that change to summer time: these hours are there twice, and the means of "
            "both were taken: {twice}",
            twice=twice,
        )
    else:
        what = phrase(
            "The times are those of clocks that change to summer time: these hours are there twice, and the means of "
            "both were taken: {twice}; these never were, and were filled: {never}",
            twice=twice,
            never=never,
        )
    remedy = phrase("Write the times with their offset ({example}), or in UTC: then no hour is twice and none missing.",
                    example="2024-10-27T02:00+02:00")  # fmt: skip
    return [Finding("warning", what, (horizon.time,), (), remedy)]


def _hour(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _series(panel: Panel, origins: Origins, horizon: Horizon, coarse: int) -> list[Finding]:
    found = []
    if coarse:
        what = plural(
            coarse,
            "{count:,} series has a value at less than half of its steps ({step}) and was left out",
            "{count:,} series have values at less than half of their steps ({step}) and were left out",
            step=horizon.step,
        )
        remedy = phrase("Compare series of one step by themselves, or say the step of all with --step.")
        found.append(Finding("warning", what, horizon.series, (), remedy))
    if len(origins.short):
        what = plural(
            len(origins.short),
            "{count:,} series is too short to be learned from or tested ({ahead} steps ahead); it can be forecast",
            "{count:,} series are too short to be learned from or tested ({ahead} steps ahead); they can be forecast",
            ahead=horizon.ahead,
        )
        found.append(Finding("note", what, horizon.series))
    brief = int((panel.length < 2 * horizon.season).sum()) if horizon.season > 1 else 0
    if brief:
        what = plural(
            brief,
            "{count:,} series is shorter than two seasons of {season} steps; where there is no season before, the last "
            "value stands for it",
            "{count:,} series are shorter than two seasons of {season} steps; where there is no season before, the "
            "last value stands for it",
            season=horizon.season,
        )
        found.append(Finding("note", what, horizon.series))
    constant = _constant(panel)
    if constant:
        what = plural(
            constant,
            "{count:,} series never changes; scaled errors (MASE, RMSSE) leave it out",
            "{count:,} series never change; scaled errors (MASE, RMSSE) leave them out",
        )
        found.append(Finding("note", what, horizon.series))
    return found


def _constant(panel: Panel) -> int:
    starts = panel.offsets[:-1]
    inside = panel.inside
    low = np.minimum.reduceat(np.where(inside, panel.values, np.inf), starts)
    high = np.maximum.reduceat(np.where(inside, panel.values, -np.inf), starts)
    return int((low == high).sum())


def _season(horizon: Horizon, share: float | None) -> list[Finding]:
    if share is None:
        return []
    if horizon.season > 1:
        what = phrase(
            "The series repeat themselves after {season} steps of {step}: {share:.0%} of those looked at do",
            season=horizon.season,
            step=horizon.step,
            share=share,
        )
        return [Finding("ok", what)]
    usual = season_of(horizon.step)
    if usual == 1:
        return []
    what = phrase(
        "Only {share:.0%} of the series looked at repeat themselves after {season} steps of {step}, as could be "
        "expected; the baseline goes by the last value",
        share=share,
        season=usual,
        step=horizon.step,
    )
    return [Finding("note", what, (), (), phrase("Where you know better, say --season {season}.", season=usual))]


def _samples(origins: Origins) -> Finding:
    """What a row is, and what a sample of rows."""
    series = np.unique(origins.series).size
    fewer = phrase("a smaller sample has fewer series, with all of their history")
    shorter = phrase("a smaller sample has all series, with the latest of their history")
    what = phrase(
        "A row is a forecast of one series from one moment; {sample}",
        sample=fewer if series >= MANY_SERIES else shorter,
    )
    return Finding("ok", what)


def _cuts(panel: Panel, origins: Origins, horizon: Horizon) -> Finding:
    tested = origins.part == TEST
    each = np.unique(origins.place[tested]).size if len(panel) == 1 else round(tested.sum() / max(len(panel), 1), 1)
    common = phrase("all series are cut at the same moments")
    own = phrase("each series is cut from its own end, for they end at different moments")
    what = phrase(
        "{windows:,} forecasts of {ahead} steps test, {each:g} a series, on the last {steps:,} steps; {cut}; what was "
        "learned comes before them",
        windows=int(tested.sum()),
        ahead=horizon.ahead,
        each=each,
        steps=origins.steps,
        cut=common if origins.together else own,
    )
    return Finding("ok", what)
