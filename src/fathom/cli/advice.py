"""An advice in the terminal."""

from __future__ import annotations

from fathom.cli import output, series_advice
from fathom.cli.findings import lines
from fathom.messages import phrase, plural, words
from fathom.protocol.advice import budget
from fathom.protocol.advice.advice import Advice, Candidate
from fathom.protocol.advice.expectation import called, score
from fathom.protocol.advice.series_probes import SeriesProbes


def told(advice: Advice) -> str:
    """What to mend first, the data, the probes, what to expect, the learners and why, the command."""
    parts = [_size(advice), _findings(advice), _probes(advice), output.bold(output.wrapped(str(advice)))]
    return "\n\n".join(part for part in [*parts, _learners(advice), _cost(advice)] if part)


def _size(advice: Advice) -> str:
    if advice.series is not None:
        return series_advice.what(advice.data, advice.series)
    size = advice.size
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in size.kinds.items())
    shown = [
        plural(size.rows, "{count:,} row", "{count:,} rows"),
        plural(size.columns, "{count:,} column ({kinds})", "{count:,} columns ({kinds})", kinds=kinds),
    ]
    if size.classes:
        rarest = output.printable(size.rarest)
        shown.append(
            phrase(
                "{count:,} labels, '{rarest}' {share:.1%}", count=size.classes, rarest=rarest, share=size.rarest_share
            )
        )
    if size.missing:
        shown.append(phrase("{share:.1%} of the cells empty", share=size.missing))
    if size.looked < size.rows:
        shown.append(phrase("a random sample of {count:,} was looked at", count=size.looked))
    return f"{output.printable(advice.data)}: {', '.join(shown)}"


def _findings(advice: Advice) -> str:
    return "\n".join(line for finding in advice.findings for line in lines(finding))


def _probes(advice: Advice) -> str:
    """Each probe's score and what it explains, below the baseline's."""
    probes = advice.probes
    if probes is None:
        return ""
    if isinstance(probes, SeriesProbes):
        return "" if advice.series is None else series_advice.looks(advice.series, probes)
    header = (phrase("quick look"), probes.measure, phrase("explains"))
    rows = [(called(each), score(probes, each.score), f"{max(each.explained, 0.0):.0%}") for each in probes.all]
    return output.table(header, [(phrase("the baseline"), score(probes, probes.baseline), "0%"), *rows], right=(1, 2))


def _learners(advice: Advice) -> str:
    said = [phrase("A study would try:")]
    for each in advice.learners:
        family = words.family(each.family)
        space = " " * (9 - output.width(family))
        said += [f"{each.learner:<20}  {family}{space}  {each.why}", f"{'':<33}{_facts(each)}"]
    return "\n".join(said)


def _facts(each: Candidate) -> str:
    """The cheat sheet's reasons in one line."""
    facts = [
        phrase("accuracy: {accuracy}", accuracy=words.trait(each.accuracy)),
        phrase("training: {training}", training=_training(each)),
        phrase("linear") if each.linear else phrase("not linear"),
        plural(each.parameters, "{count} parameter", "{count} parameters"),
        phrase("features: {features}", features=words.trait(each.features)),
    ]
    return ", ".join([*facts, each.install] if each.install else facts)


def _training(each: Candidate) -> str:
    if each.seconds is None:
        return words.trait(each.training)
    if each.seconds < 90:
        return phrase("about {seconds:.2g} s of one core", seconds=max(each.seconds, 0.1))
    return phrase("about {minutes:.2g} minutes of one core", minutes=each.seconds / 60)


def _cost(advice: Advice) -> str:
    if advice.series is not None:
        return series_advice.cost(advice.minutes, advice.command)
    return f"{output.wrapped(_asked(advice))}\n  {output.printable(advice.command)}"


def _asked(advice: Advice) -> str:
    """What the command takes, as far as that was measured."""
    if budget.unmeasured(advice.learners):
        return phrase(
            "Find out (how long networks need on such data was not measured; {minutes:g} minutes are usual, and a "
            "study tells who was cut short):",
            minutes=advice.minutes,
        )
    if budget.needed(advice.learners) > budget.MINUTES[-1]:
        return phrase(
            "Find out (in {minutes:g} minutes some contenders are cut short without an accelerator, and a study tells "
            "which):",
            minutes=advice.minutes,
        )
    return phrase(
        "Find out, with time for every contender (about {minutes:g} minutes without an accelerator; 1 gives a rough "
        "answer):",
        minutes=advice.minutes,
    )
