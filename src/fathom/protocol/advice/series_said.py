"""What is expected of series before training, in sentences that say what they rest on."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.data.finding import Finding
from fathom.messages import phrase, plural
from fathom.protocol.advice.advice import Candidate
from fathom.protocol.advice.expectation import mend
from fathom.protocol.advice.series_facts import SeriesFacts
from fathom.protocol.advice.series_probes import SURE, SeriesProbe, SeriesProbes
from fathom.protocol.advice.suits import CLEAR

# the least errors of classical learners, of deep ones and of the baseline, as `benchmarks/RESULTS.md` has them
HOURS = (0.368, 0.370, 0.512)  # mean squared, on the test windows of ETTh1, 96 hours ahead
WEEKS = (7.130, 6.47, 9.161)  # sMAPE, on the published weeks of M4


def sentences(
    target: str,
    facts: SeriesFacts,
    probes: SeriesProbes | None,
    learners: Sequence[Candidate],
    findings: Sequence[Finding],
) -> tuple[str, ...]:
    """The advice as sentences, the most important first."""
    said = mend(findings)
    if probes is not None and not probes.telling:
        return (*said, *_nothing(facts, probes))
    said.append(
        phrase("Which family will be in front is open: odds on series would need many sets, and few were measured.")
    )
    said += _season(facts, probes)
    if probes is None:
        said.append(phrase("No quick look was possible: there is too little to hold out, or nothing ever changes."))
    else:
        said += _told(facts, probes)
    said.append(
        phrase(
            "On the two public sets where both families were measured, the least errors of classical learners, of "
            "deep ones and of the baseline were {hours} (ETTh1, mean squared) and {weeks} (M4 weekly, sMAPE): no "
            "family is ahead on both.",
            hours=", ".join(f"{each:.3g}" for each in HOURS),
            weeks=", ".join(f"{each:.3g}" for each in WEEKS),
        )
    )
    absent = [each.learner for each in learners if each.install]
    if absent:
        said.append(phrase("Not installed here, so a study would leave them out: {names}.", names=", ".join(absent)))
    return tuple(said)


def _nothing(facts: SeriesFacts, probes: SeriesProbes) -> list[str]:
    return [
        plural(
            probes.windows,
            "Expect that nothing beats {baseline}: on {count:,} forecast held out by time, neither each series "
            "smoothed by itself nor a weighted sum of lags is closer than chance allows (mase {best:.3g}, the baseline "
            "{mase:.3g}).",
            "Expect that nothing beats {baseline}: on {count:,} forecasts held out by time, neither each series "
            "smoothed by itself nor a weighted sum of lags is closer than chance allows (mase {best:.3g}, the baseline "
            "{mase:.3g}).",
            baseline=baseline(facts),
            best=probes.best.mase,
            mase=probes.baseline,
        ),
        phrase(
            "What columns beside, or many series together, reveal only to a longer look would escape these; a study "
            "would tell. Otherwise look for what drives the series and is known ahead before you look for other "
            "learners."
        ),
    ]


def _season(facts: SeriesFacts, probes: SeriesProbes | None) -> list[str]:
    if facts.season < 2:
        return [phrase("No season was found, so the last value over again is the baseline.")]
    if facts.strength is None:
        return [phrase("The series are taken to repeat themselves after {season} steps.", season=facts.season)]
    said = [
        phrase(
            "The series repeat themselves after {season} steps: {strength:.0%} of what moves beside the trend is "
            "season.",
            season=facts.season,
            strength=facts.strength,
        )
    ]
    if probes is not None and probes.last.closer > CLEAR:
        said.append(
            phrase(
                "Yet the last value over again is {closer:.0%} closer than the last season: levels move faster than "
                "the season counts.",
                closer=probes.last.closer,
            )
        )
    return said


def _told(facts: SeriesFacts, probes: SeriesProbes) -> list[str]:
    best = probes.best
    said = [
        plural(
            probes.windows,
            "A quick look ({look}) is {closer:.0%} closer than {baseline} on {count:,} forecast held out by time "
            "(mase {best:.3g}, the baseline {mase:.3g}); better learners may find more.",
            "A quick look ({look}) is {closer:.0%} closer than {baseline} on {count:,} forecasts held out by time "
            "(mase {best:.3g}, the baseline {mase:.3g}); better learners may find more.",
            look=called(best),
            closer=best.closer,
            baseline=baseline(facts),
            best=best.mase,
            mase=probes.baseline,
        )
    ]
    if best.closer <= 0:
        return [
            plural(
                probes.windows,
                "No quick look is closer than {baseline}, on {count:,} forecast held out by time.",
                "No quick look is closer than {baseline}, on {count:,} forecasts held out by time.",
                baseline=baseline(facts),
            )
        ]
    if not probes.sure or best.deviations <= SURE:
        said.append(phrase("That is too little to be told from chance."))
    else:
        said.append(_manner(facts, probes.lags.closer - probes.theta.closer))
    return said


def _manner(facts: SeriesFacts, lead: float) -> str:
    """What it says that lags lead smoothing by so much."""
    alone = facts.series == 1
    if lead >= CLEAR:
        return (
            phrase("A weighted sum of its lags tells more than smoothing it.")
            if alone
            else phrase("Lags that all series share tell more than each series by itself.")
        )
    if lead <= -CLEAR:
        return (
            phrase("Smoothing it tells more than a weighted sum of its lags.")
            if alone
            else phrase("Each series by itself tells more than lags that all share.")
        )
    return (
        phrase("Smoothing it tells about as much as a weighted sum of its lags.")
        if alone
        else phrase("Each series by itself tells about as much as lags that all share.")
    )


def called(probe: SeriesProbe) -> str:
    """A look's name in words."""
    if probe.name == "last":
        return phrase("the last value over again")
    return phrase("each series smoothed") if probe.name == "theta" else phrase("a weighted sum of lags")


def baseline(facts: SeriesFacts) -> str:
    """What seasonal naive says, in words."""
    return phrase("the last season over again") if facts.season > 1 else phrase("the last value over again")
