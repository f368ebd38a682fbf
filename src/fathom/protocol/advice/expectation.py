"""What is expected before training, in sentences that say what they rest on."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.data.finding import Finding
from fathom.messages import phrase, plural
from fathom.messages.figures import number
from fathom.protocol.advice.advice import Candidate, Expected, Size
from fathom.protocol.advice.odds import Odds
from fathom.protocol.advice.probes import Probe, Probes
from fathom.protocol.advice.suits import CLEAR

NEARLY_ALL = 0.97  # explained, from which on it is either easy or given away
TRADES = 0.6  # below, the odds are little better than a coin


def sentences(
    target: str,
    output: str,
    size: Size,
    probes: Probes | None,
    odds: Odds | None,
    expected: Expected,
    learners: Sequence[Candidate],
    findings: Sequence[Finding],
) -> tuple[str, ...]:
    """The advice as sentences, the most important first; `output` is what the task puts out."""
    said = mend(findings)
    if expected == "nothing" and probes is not None:
        return (*said, *_nothing(target, probes))
    if output == "scores":
        said.append(phrase("Which family will be in front is open: nothing told it beforehand on other tables."))
        said.append(phrase("No quick look tells which rows are strange; a study does."))
        return tuple(said)
    said.append(
        _front(odds) if odds else phrase("Which family will be in front is open: no sets of texts were measured.")
    )
    if probes is None and output == "spans":
        said.append(phrase("No quick look tells where in a text something is named; a study does."))
    elif probes is None and output == "identity":
        said.append(phrase("No quick look tells whether strangers are kept out; a study does."))
    elif probes is None:
        said.append(phrase("There are too few rows for a quick look at what they tell; a study is as quick."))
    else:
        said += [_signal(target, probes), *_manner(probes)]
    said += _grounds(odds) if odds else []
    absent = [each.learner for each in learners if each.install]
    if absent:
        said.append(phrase("Not installed here, so a study would leave them out: {names}.", names=", ".join(absent)))
    return tuple(said)


def mend(findings: Sequence[Finding]) -> list[str]:
    """What is to be mended before anything is expected."""
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    if errors:
        return [plural(errors, "First mend {count} error in the data.", "First mend {count} errors in the data.")]
    if warnings:
        return [
            plural(
                warnings,
                "First look at {count} warning of the data check: what follows counts it in.",
                "First look at {count} warnings of the data check: what follows counts them in.",
            )
        ]
    return []


def _nothing(target: str, probes: Probes) -> list[str]:
    return [
        phrase(
            "Expect that nothing beats the baseline: on {rows:,} rows, none of three quick looks (a weighted sum, "
            "similar rows, a tree) tells more of '{target}' than chance does ({measure} {best}, the baseline "
            "{baseline}).",
            rows=probes.rows,
            target=target,
            measure=probes.measure,
            best=score(probes, probes.best.score),
            baseline=score(probes, probes.baseline),
        ),
        phrase(
            "Effects that only many rows, or several columns together, reveal would escape such looks; a study would "
            "tell. Otherwise look for other columns before you look for other learners."
        ),
    ]


def _signal(target: str, probes: Probes) -> str:
    best = probes.best
    if best.explained >= NEARLY_ALL:
        return phrase(
            "A quick look ({probe}) already explains {share:.0%} of '{target}': either it is easy, or a column gives "
            "it away.",
            probe=called(best),
            share=best.explained,
            target=target,
        )
    return phrase(
        "A quick look ({probe}) explains {share:.0%} of '{target}', {measure} {score} where the baseline has "
        "{baseline}; the rest is noise, or takes a better learner or more rows.",
        probe=called(best),
        share=best.explained,
        target=target,
        measure=probes.measure,
        score=score(probes, best.score),
        baseline=score(probes, probes.baseline),
    )


def _manner(probes: Probes) -> list[str]:
    """What the gaps between the probes say of the signal."""
    linear, nearest, tree = (max(probe.explained, 0.0) for probe in probes.all)
    if max(nearest, tree) - linear < CLEAR:
        return [phrase("It is mostly linear: neither similar rows nor a tree tell more than a weighted sum.")]
    if tree - max(linear, nearest) >= CLEAR:
        return [
            phrase(
                "It is not linear (a weighted sum explains {linear:.0%}): thresholds tell most, as trees cut them.",
                linear=linear,
            )
        ]
    return [
        phrase(
            "It is not linear: a weighted sum explains {linear:.0%}, similar rows {nearest:.0%}, a tree {tree:.0%}.",
            linear=linear,
            nearest=nearest,
            tree=tree,
        )
    ]


def _front(odds: Odds) -> str:
    probability = max(odds.deep, 1 - odds.deep)
    if probability < TRADES:
        return phrase(
            "Which family will be in front is open: deep with a probability of {deep:.0%}, classical with "
            "{classical:.0%}.",
            deep=odds.deep,
            classical=1 - odds.deep,
        )
    if odds.deep > 0.5:
        return phrase("Expect deep in front, with a probability of {probability:.0%}.", probability=probability)
    return phrase("Expect classical in front, with a probability of {probability:.0%}.", probability=probability)


def _grounds(odds: Odds) -> list[str]:
    """What the odds rest on: how many sets, how often they were right on others, how often neither was better."""
    said = []
    if odds.right is None:
        said.append(phrase("These odds were fitted on only {sets} data sets.", sets=odds.sets))
    else:
        said.append(
            phrase(
                "These odds were fitted on only {sets} data sets, and named the better family on {right:.0%} of "
                "the problems from {checked} others that were no tie.",
                sets=odds.sets,
                right=odds.right,
                checked=odds.checked,
            )
        )
    reads = phrase("pictures") if odds.pictures else phrase("tables")
    said.append(
        phrase(
            "Of all {like} measured sets of {reads}, deep was better by what matters on {deep}, classical on "
            "{classical}, neither on {ties}.",
            like=odds.like,
            reads=reads,
            deep=odds.deep_better,
            classical=odds.classical_better,
            ties=odds.ties,
        )
    )
    return said


def called(probe: Probe) -> str:
    """A probe's name in words."""
    if probe.name == "linear":
        return phrase("a weighted sum")
    return phrase("similar rows") if probe.name == "nearest" else phrase("a tree")


def score(probes: Probes, value: float) -> str:
    """A score of the deciding measure as a person reads it."""
    return f"{value:.1%}" if probes.percent else number(value)
