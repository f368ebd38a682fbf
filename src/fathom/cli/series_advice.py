"""An advice on series in the terminal: what they are, and what quick looks reach."""

from __future__ import annotations

from fathom.cli import output
from fathom.messages import phrase, plural
from fathom.protocol.advice.series_facts import SeriesFacts
from fathom.protocol.advice.series_probes import SeriesProbes
from fathom.protocol.advice.series_said import baseline, called


def what(data: str, facts: SeriesFacts) -> str:
    """How many series, how long, their step and season, what is missing."""
    length = (
        phrase("{steps:,} steps long", steps=facts.longest)
        if facts.shortest == facts.longest
        else phrase(
            "{shortest:,} to {longest:,} steps long (half of them up to {median:,})",
            shortest=facts.shortest,
            median=facts.median,
            longest=facts.longest,
        )
    )
    shown = [
        plural(facts.series, "{count:,} series", "{count:,} series"),
        plural(facts.values, "{count:,} value", "{count:,} values"),
        length,
        phrase("a step of {step}", step=facts.step.removesuffix("i")),
        phrase(
            "{ahead:,} ahead (the shortest history has {times:.1f} times that)",
            ahead=facts.ahead,
            times=facts.shortest / facts.ahead,
        ),
    ]
    if facts.season > 1:
        shown.append(phrase("a season of {season:,}", season=facts.season))
    if facts.gaps:
        shown.append(phrase("{share:.1%} of the steps without a value", share=facts.gaps))
    if facts.doubled:
        shown.append(plural(facts.doubled, "{count:,} row doubled", "{count:,} rows doubled"))
    if facts.short:
        shown.append(
            plural(facts.short, "{count:,} series too short to learn from", "{count:,} series too short to learn from")
        )
    if facts.looked < facts.series:
        shown.append(phrase("a random sample of {count:,} was looked at", count=facts.looked))
    return f"{output.printable(data)}: {', '.join(shown)}"


def looks(facts: SeriesFacts, probes: SeriesProbes) -> str:
    """Each look's error below the baseline's."""
    header = (phrase("quick look"), "mase", phrase("closer"))
    rows = [
        (called(each), f"{each.mase:.3g}", f"{each.closer:.0%}")
        for each in probes.all
        if each.name != "last" or facts.season > 1
    ]
    return output.table(header, [(baseline(facts), f"{probes.baseline:.3g}", "0%"), *rows], right=(1, 2))


def cost(minutes: float, command: str) -> str:
    """The command to run."""
    asked = phrase(
        "Find out (how long learners need on such series was not measured; the command says {minutes:g} minutes):",
        minutes=minutes,
    )
    return f"{output.wrapped(asked)}\n  {output.printable(command)}"
