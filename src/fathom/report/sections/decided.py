"""What decided in pictures: each drawn once more, warm where what was said of it comes from."""

from __future__ import annotations

from fathom.messages import phrase
from fathom.protocol.insight.decided import GRADIENT
from fathom.report import pictures, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Markup, tag


def legend(evidence: Evidence) -> Markup | None:
    """What the warm colours mean, by how they were found; None where there are none."""
    methods = {each["method"] for each in evidence.decided.values()}
    if not methods:
        return None
    learner = evidence.winner.learner if evidence.winner else ""
    return tag("p", _said(evidence, learner, gradient=GRADIENT in methods))


def _said(evidence: Evidence, learner: str, *, gradient: bool) -> str:
    """The same in words."""
    problem = evidence.study.problem
    if problem.persons:
        return phrase(
            "The second picture is warm where covering it costs {learner} most of the similarity to the person named.",
            learner=learner,
        )
    if problem.boxes and gradient:
        return phrase(
            "The second picture is warm where {learner} finds what speaks for the box, by the slopes of the maps that "
            "its head begins with (ODAM).",
            learner=learner,
        )
    if problem.boxes:
        return phrase(
            "The second picture is warm where covering it costs {learner} most of the box's probability.",
            learner=learner,
        )
    return (
        phrase(
            "The second picture is warm where a late layer of {learner}, the last one that still knows enough places, "
            "finds what speaks for its label (Grad-CAM).",
            learner=learner,
        )
        if gradient
        else phrase(
            "The second picture is warm where covering it costs {learner} most of its label's probability.",
            learner=learner,
        )
    )


def drawn(evidence: Evidence, answers: Answers, row: int, place: pictures.Share | None = None) -> Markup | None:
    """The picture of a test row with what decided in it, a `place` outlined; None where that was not looked for."""
    found = evidence.decided.get(row)
    if found is None or evidence.image_column is None:
        return None
    alt = phrase(
        "Test row {row}: what decided for {label}, most at {down} from the top and {across} from the left",
        row=row + 1,
        label=wording.short(str(found.get("label", found.get("person"))), 40),
        **_strongest(found["places"]),
    )
    return pictures.warmed(
        answers.test.frame[evidence.image_column], row, answers.test.folder, found["places"], alt, place
    )


def _strongest(places: list[list[float]]) -> dict[str, str]:
    """Where the middle of the strongest place lies."""
    _, down, across = max((value, y, x) for y, line in enumerate(places) for x, value in enumerate(line))
    return {
        "down": wording.round_percent((down + 0.5) / len(places)),
        "across": wording.round_percent((across + 0.5) / len(places[0])),
    }
