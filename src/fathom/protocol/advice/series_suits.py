"""Which learners a study would try on series, and why: the cheat sheet's reasons, read against the series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fathom.messages import phrase, plural
from fathom.protocol.advice.advice import Candidate
from fathom.protocol.advice.series_facts import SeriesFacts
from fathom.protocol.advice.series_probes import SeriesProbes
from fathom.protocol.advice.suits import CLEAR, candidates
from fathom.tasks.problem import Problem

STRONG = 0.6  # of a season, from which on taking it out is most of the work
LONG_SEASON = 24  # steps, beyond which state space models have it taken out before
MANY_SERIES = 500  # from which on searching a form for each takes long
FEW_SEASONS = 4  # in a usual series, below which little of a season can be seen

Reason = Callable[[SeriesFacts, SeriesProbes | None], str]
TABLE = {"text": 1.0}  # signs of tables are none of series: reasons are given here


def series_candidates(problem: Problem, facts: SeriesFacts, probes: SeriesProbes | None) -> tuple[Candidate, ...]:
    """The contenders of a study on these series in the order it tries them, the baseline left out."""
    columns = 1.0 + len(facts.known) + len(facts.past) + len(facts.static)
    tried = candidates(problem, TABLE, (float(facts.values), columns, 1.0))
    return tuple(replace(each, why=_why(each, facts, probes), seconds=None) for each in tried)


def _why(candidate: Candidate, facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    reason = REASONS.get(candidate.learner)
    return candidate.prefer if reason is None else reason(facts, probes)


def _lags(facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    if probes is None:
        return phrase("a weighted sum of past values, learned from all series: the plainest answer that learns")
    if probes.lags.closer - probes.theta.closer >= CLEAR:
        return phrase("of the quick looks, a weighted sum of lags told most")
    return phrase("a weighted sum of past values, learned from all series; here the quick look at it told no more")


def _trees(facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    others = len(facts.known) + len(facts.past) + len(facts.static)
    if others:
        return plural(
            others,
            "lags, calendar and {count} further column in one, with thresholds among them",
            "lags, calendar and {count} further columns in one, with thresholds among them",
        )
    return phrase("lags and calendar in one, with thresholds among them")


def _theta(facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    if facts.median < FEW_SEASONS * facts.season:
        return phrase("each series by itself, in no time; hard to beat on histories as short as these")
    if probes is not None and probes.theta.closer - probes.lags.closer >= CLEAR:
        return phrase("each series by itself, in no time; of the quick looks it told most")
    return phrase("each series by itself, in no time")


def _decomposed(facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    if facts.strength is None:
        return phrase("shows what series are made of, where they repeat themselves; here no season was found")
    if facts.strength >= STRONG:
        return phrase("the season is strong, and it may change slowly; shows what series are made of")
    return phrase("shows what series are made of; the season is not strong here")


def _one_by_one(facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    if facts.series > MANY_SERIES:
        return phrase("searches a form for each series; of {count:,} many may be left without one", count=facts.series)
    if facts.season > LONG_SEASON:
        return phrase(
            "searches a form for each series; so long a season ({season} steps) is taken out before",
            season=facts.season,
        )
    return plural(facts.series, "searches a form for the one series", "searches a form for each of {count:,} series")


def _mixed(facts: SeriesFacts, probes: SeriesProbes | None) -> str:
    return phrase("a mixture of quick ways, for no single one is known to be best")


def _network(how: str, facts: SeriesFacts) -> str:
    return phrase("{how}; one network for all, with {values:,} values to learn from", how=how, values=facts.values)


REASONS: dict[str, Reason] = {
    "ridge": _lags,
    "gradient-boosting": _trees,
    "theta": _theta,
    "ensemble": _mixed,
    "seasonal-trend": _decomposed,
    "ets": _one_by_one,
    "arima": _one_by_one,
    "feedforward": lambda facts, probes: _network(
        phrase("a line through trend and rest, and looks at several rates"), facts
    ),
    "convolutional": lambda facts, probes: _network(phrase("filters over ever longer stretches of the past"), facts),
    "recurrent": lambda facts, probes: _network(phrase("reads the past step by step and goes on"), facts),
    "transformer": lambda facts, probes: _network(phrase("lets stretches of the past look at one another"), facts),
}
