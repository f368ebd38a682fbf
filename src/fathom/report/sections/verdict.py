"""The verdict in words, and the numbers that stand beside it."""

from __future__ import annotations

from typing import Any

from fathom.messages import phrase
from fathom.protocol.contenders import BASELINE
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, table

WARNINGS = 4  # told beside the verdict; the data check's own section has them all


def body(evidence: Evidence) -> Markup:
    """The verdict, what speaks against it, four figures, and the paired comparisons it was drawn from."""
    verdict = evidence.study.verdict
    look = verdict.family if evidence.winner and verdict.beats_baseline else "none"
    return join(
        tag("div", tag("p", _call(evidence), class_="call"), tag("p", verdict.text), class_=f"verdict {look}"),
        _warnings(evidence),
        tag("ul", [tag("li", each) for each in verdict.notes], class_="plain") if verdict.notes else None,
        tag("ul", [tag("li", tile) for tile in _tiles(evidence)], class_="tiles"),
        _comparisons(evidence),
    )


def _warnings(evidence: Evidence) -> Markup | None:
    """What the data check warns of, before anybody trusts the score: a leak makes the best of them worthless."""
    grave = [finding for finding in evidence.study.findings if finding.level in ("error", "warning")]
    if not grave:
        return None
    return join(
        tag("p", tag("b", phrase("The data check warns, so look at these first:"))),
        tag("ul", [tag("li", wording.short(finding.what, 600)) for finding in grave[:WARNINGS]], class_="plain"),
    )


def _call(evidence: Evidence) -> Child:
    """The verdict in two words."""
    if evidence.winner is None:
        return phrase("No verdict")
    if not evidence.study.verdict.preliminary and all(each.learner == BASELINE for each in evidence.done):
        return phrase("Only the baseline was tested")
    if not evidence.study.verdict.beats_baseline:
        return phrase("Nothing beats the baseline")
    if evidence.study.verdict.preliminary:
        return phrase("A preliminary verdict")
    tie = tag("span", phrase("a tie, the cheapest is named"), class_="badge") if evidence.study.verdict.tie else None
    return [parts.family(evidence.winner.family), " ", parts.name(evidence.winner.learner), tie]


def _tiles(evidence: Evidence) -> list[Markup]:
    study, winner, measure = evidence.study, evidence.winner, evidence.measure
    tiles = [
        _tile(wording.count(study.test_rows), phrase("test rows, seen by nobody before the end")),
        _tile(
            wording.count(study.train_rows),
            phrase("training rows, and {valid} to stop and choose by", valid=wording.count(study.valid_rows)),
        ),
        _tile(wording.seconds(study.seconds), phrase("for the whole study")),
    ]
    if winner is None or winner.learner != study.verdict.learner:  # the verdict leans on samples
        return tiles
    interval = wording.interval(measure, winner.low, winner.high)
    note = phrase("{measure} of {learner}", measure=measure.name, learner=winner.learner)
    if interval:
        note = phrase("{score}, 95 % interval {interval}", score=note, interval=interval)
    return [_tile(wording.score(measure, winner.score), note), *tiles]


def _tile(figure: str, note: str) -> Markup:
    return join(tag("b", figure), tag("span", note))


def _comparisons(evidence: Evidence) -> Markup | None:
    measure, verdict = evidence.measure, evidence.study.verdict
    if not verdict.comparisons:
        return None
    rows: list[list[Child]] = [
        [
            parts.name(each["learner"]),
            wording.difference(measure, each["difference"]),
            wording.differences(measure, each["low"], each["high"]),
            _outcome(each, verdict.leader),
        ]
        for each in verdict.comparisons
    ]
    head = [phrase("contender"), phrase("behind by"), phrase("95 % interval"), phrase("outcome")]
    caption = phrase(
        "Paired on the same test rows: how much better {leader} is in {measure}, or who else beats it",
        leader=verdict.leader,
        measure=measure.name,
    )
    return folded(phrase("The comparisons behind the verdict"), table(caption, head, rows, numbers=(1, 2)))


def _outcome(compared: dict[str, Any], leader: str | None) -> str:
    """Whether it is beaten; by whom, where that is not the leader, who may be too uncertain to show it."""
    if not compared["beaten"]:
        return phrase("not beaten")
    if compared["against"] == leader:
        return phrase("beaten")
    return phrase("beaten by {learner}", learner=compared["against"])
