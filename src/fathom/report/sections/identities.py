"""Persons: who was named right, which strangers were let in, which pairs are hardest, and for whom it errs more."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.report import parts, pictures, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table
from fathom.tasks import likeness
from fathom.tasks.identities import Identities

MOST_PAIRS = 8


def body(evidence: Evidence) -> Markup:
    """Closed and open set: how many known persons were named right, how many strangers were let in."""
    if evidence.identities is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    said, answers = evidence.identities
    foreign = likeness.strangers(answers.truth, said)
    right = said.codes == answers.truth
    known = ~foreign
    told = phrase(
        "{learner} knows {persons:,} persons. Of {rows:,} test pictures of them it named {named:,} right, took "
        "{wrong:,} for somebody else and found {missed:,} like nobody known. Of {others:,} pictures of {strangers:,} "
        "strangers it took {let_in:,} for somebody.",
        learner=evidence.winner.learner if evidence.winner else "",
        persons=len(said.persons),
        rows=int(known.sum()),
        named=int((known & right & said.accepted).sum()),
        wrong=int((known & ~right & said.accepted).sum()),
        missed=int((known & ~said.accepted).sum()),
        others=int(foreign.sum()),
        strangers=len(np.unique(answers.truth[foreign])),
        let_in=int((foreign & said.accepted).sum()),
    )
    return tag("p", told)


def sureness(said: Identities, answers: Answers) -> Markup:
    """What the thresholds promise, and what they keep on test rows."""
    foreign = likeness.strangers(answers.truth, said)
    found = likeness.pairs(answers.truth, said)
    rows: list[list[Child]] = [
        [
            phrase("somebody known"),
            wording.number(said.threshold),
            wording.percent(said.far),
            wording.percent(float(said.accepted[foreign].mean()) if foreign.any() else None),
            f"{int(foreign.sum()):,}",
        ],
        [
            phrase("the same person"),
            wording.number(said.pair_threshold),
            wording.percent(said.far),
            wording.percent(_accepted(found, said)),
            f"{int((~found.genuine).sum()):,}",
        ],
    ]
    head = [
        phrase("verdict"),
        phrase("from similarity"),
        phrase("false accepts promised"),
        phrase("false accepts on test rows"),
        phrase("tried"),
    ]
    caption = phrase("Thresholds were chosen on validation rows; few strangers there make them uncertain.")
    return table(caption, head, rows, numbers=(1, 2, 3, 4))


def _accepted(found: likeness.Pairs, said: Identities) -> float | None:
    impostors = found.scores[~found.genuine]
    return float((impostors >= said.pair_threshold).mean()) if len(impostors) else None


def examples(evidence: Evidence, said: Identities, answers: Answers) -> Markup:
    """The hardest pairs side by side: two persons most alike, and one person least alike."""
    found = likeness.pairs(answers.truth, said, np.ones(len(answers.truth), dtype=bool))
    if not len(found.scores):
        return parts.absent(phrase("There are no pairs to show."))
    impostors, genuine = np.flatnonzero(~found.genuine)[:MOST_PAIRS], np.flatnonzero(found.genuine)[::-1][:MOST_PAIRS]
    return join(
        tag("h3", phrase("Two persons, most alike")),
        _pairs(evidence, answers, found, impostors),
        tag("h3", phrase("One person, least alike")),
        _pairs(evidence, answers, found, genuine),
    )


def _pairs(evidence: Evidence, answers: Answers, found: likeness.Pairs, places: npt.NDArray[np.intp]) -> Markup:
    column = evidence.image_column or ""
    cells, names = answers.test.frame[column], answers.test.frame[evidence.study.problem.target]
    shown = []
    for at in places.tolist():
        rows = [int(answers.rows[row[at]]) for row in (found.one, found.other)]
        both = [str(names[row]) for row in rows]
        said = phrase("{one} and {other}: {alike}", one=both[0], other=both[1], alike=wording.number(found.scores[at]))
        images = [pictures.shown(cells, row, answers.test.folder, name) for row, name in zip(rows, both, strict=True)]
        shown.append(tag("figure", *images, tag("figcaption", said)))
    return tag("div", shown, class_="gallery")
