"""The surest wrong boxes and the surest wrong persons, each with what decided in its picture."""

from __future__ import annotations

from fathom.data.picture_sizes import picture_sizes
from fathom.messages import phrase
from fathom.protocol.insight.asking import OfBox
from fathom.protocol.insight.mistakes import surest
from fathom.report import parts, pictures, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Markup, join, tag
from fathom.report.sections import decided
from fathom.tasks.boxes import Box
from fathom.tasks.identities import Identities

MOST = 12
Share = tuple[float, float, float, float]


def boxes(evidence: Evidence) -> Markup | None:
    """Boxes where there is nothing of their label, the surest first, one a picture; None without one."""
    assert evidence.boxes is not None
    said, answers = evidence.boxes
    wrong = sorted(surest(said, answers.truth, evidence.threshold), key=lambda each: -each[2])[:MOST]
    figures = [
        _box(evidence, answers, int(answers.rows[at]), asked.target)
        for at, asked, _ in wrong
        if isinstance(asked, OfBox)
    ]
    return _section(evidence, phrase("Wrong boxes, the surest first"), figures)


def persons(evidence: Evidence, said: Identities, answers: Answers) -> Markup | None:
    """Pictures of one person, or of a stranger, that were taken for another, the surest first; None without one."""
    wrong = sorted(surest(said, answers.truth), key=lambda each: -each[2])[:MOST]
    return _section(
        evidence,
        phrase("Taken for somebody else, the surest first"),
        [_person(evidence, answers, said, at, asked.name) for at, asked, _ in wrong],
    )


def _section(evidence: Evidence, title: str, figures: list[Markup]) -> Markup | None:
    if not figures:
        return None
    return join(tag("h3", title), decided.legend(evidence), tag("div", figures, class_="gallery"))


def _box(evidence: Evidence, answers: Answers, row: int, box: Box) -> Markup:
    """A picture with the box, and once more with what decided for it."""
    cells, folder = answers.test.frame[evidence.study.problem.inputs[0].name], answers.test.folder
    label = wording.short(box.label, 40)
    alt = phrase("Test row {row}: a wrong box, {label}", row=row + 1, label=label)
    width, height = picture_sizes(cells[row : row + 1], folder)[0].tolist()
    place: Share | None = None
    if width and height:
        place = (box.left / width, box.top / height, box.right / width, box.bottom / height)
    told = evidence.decided.get(row, {}).get("box")
    return tag(
        "figure",
        pictures.shown(cells, row, folder, alt, place),
        decided.drawn(evidence, answers, row, place) if told and told["label"] == box.label else None,
        tag(
            "figcaption",
            parts.name(box.label, 30),
            tag("small", phrase("{share} sure", share=wording.percent(box.probability))),
        ),
    )


def _person(evidence: Evidence, answers: Answers, said: Identities, at: int, name: str) -> Markup:
    """A picture, and once more with what makes it like the one it was taken for."""
    row = int(answers.rows[at])
    cells, folder = answers.test.frame[evidence.image_column or ""], answers.test.folder
    true = str(answers.test.frame[evidence.study.problem.target][row])
    alt = phrase(
        "Test row {row}: {true}, taken for {predicted}",
        row=row + 1,
        true=wording.short(true, 40),
        predicted=wording.short(name, 40),
    )
    return tag(
        "figure",
        pictures.shown(cells, row, folder, alt),
        decided.drawn(evidence, answers, row),
        tag(
            "figcaption",
            tag("span", phrase("is "), parts.name(true, 30)),
            tag("span", phrase("taken for "), parts.name(name, 30)),
            tag("small", phrase("similarity {alike}", alike=wording.number(float(said.highest[at])))),
        ),
    )
