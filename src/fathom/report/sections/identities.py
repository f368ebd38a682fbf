"""Persons: who was named right, which strangers were let in, for whom it errs more, which pairs are hardest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.protocol.intervals import wilson
from fathom.report import parts, pictures, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import mistaken, roc
from fathom.report.tables import table
from fathom.tasks import likeness
from fathom.tasks.identities import Identities

MOST_PAIRS = 8
MOST_GROUPS = 20
FEW_PERSONS = 10  # in a group; an error rate of fewer says more of these persons than of the group
FIGURES = ("rank-1", "identification-rate", "equal-error-rate", "true-accept-rate", "named-right", "strangers-accepted")
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


def body(evidence: Evidence) -> Markup:
    """Closed and open set in words, every measure of every contender, and errors by group."""
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
    return join(tag("p", told), _figures(evidence), _groups(evidence, said, answers))


def _figures(evidence: Evidence) -> Markup:
    named = {measure.name: measure for measure in evidence.task.measures}
    rows: list[list[Child]] = [
        [parts.name(trial.learner), *(wording.percent(trial.measures.get(name)) for name in FIGURES)]
        for trial in evidence.done
    ]
    caption = phrase("Every contender; {said}", said="; ".join(f"{name}: {named[name].summary}" for name in FIGURES))
    return table(caption, [phrase("learner"), *FIGURES], rows, numbers=tuple(range(1, len(FIGURES) + 1)))


def _groups(evidence: Evidence, said: Identities, answers: Answers) -> Markup:
    """Errors for each value of the column that was named for it."""
    column = evidence.study.settings.get("by")
    if not column or column not in answers.test.names:
        return tag("p", phrase("No column of groups was named (--by COLUMN), so errors were not told apart by group."))
    groups = [str(value) for value in answers.test.frame[column].gather(answers.rows).to_list()]
    values = np.array(groups, dtype=object)
    found = likeness.pairs(answers.truth, said)
    names = sorted(set(groups), key=lambda name: -groups.count(name))[:MOST_GROUPS]
    rows = [_group(name, values == name, said, answers, found) for name in names]
    head = [
        parts.name(column),
        phrase("persons"),
        phrase("known, named right"),
        phrase("strangers let in"),
        phrase("true pairs refused"),
        phrase("false pairs let in"),
    ]
    caption = phrase(
        "Errors by group, each with its 95 % interval as if pictures were independent; pairs are of two pictures of "
        "one group. A line of fewer than {few} persons says more of these persons than of the group.",
        few=FEW_PERSONS,
    )
    return table(caption, head, rows, numbers=(1, 2, 3, 4, 5), look="groups")


def _group(name: str, mine: Mask, said: Identities, answers: Answers, found: likeness.Pairs) -> list[Child]:
    foreign = likeness.strangers(answers.truth, said)
    right = said.accepted & (said.codes == answers.truth)
    both = mine[found.one] & mine[found.other]
    passed = found.scores >= said.pair_threshold
    persons = len(np.unique(answers.truth[mine]))
    return [
        parts.name(name),
        phrase("{persons} (few)", persons=persons) if persons < FEW_PERSONS else f"{persons:,}",
        _share(right, mine & ~foreign),
        _share(said.accepted, mine & foreign),
        _share(~passed, both & found.genuine),
        _share(passed, both & ~found.genuine),
    ]


def _share(hits: Mask, among: Mask) -> Child:
    """A share, below it its interval and how many it is of."""
    rows = int(among.sum())
    if not rows:
        return wording.percent(None)
    count = int((hits & among).sum())
    low, high = wilson(count / rows, rows)
    below = phrase("{low} to {high} of {rows:,}", low=f"{100 * low:.1f}", high=wording.percent(high), rows=rows)
    return [wording.percent(count / rows), tag("small", below)]


def sureness(evidence: Evidence, said: Identities, answers: Answers) -> Markup:
    """Every threshold, those that are kept to, and what no figure says."""
    look = evidence.winner.family if evidence.winner else ""
    return join(roc.body(said, answers, look), roc.limits())


def examples(evidence: Evidence, said: Identities, answers: Answers) -> Markup:
    """The hardest pairs side by side: two persons most alike, and one person least alike."""
    found = likeness.pairs(answers.truth, said, np.ones(len(answers.truth), dtype=bool))
    if not len(found.scores):
        return parts.absent(phrase("There are no pairs to show."))
    impostors, genuine = np.flatnonzero(~found.genuine), np.flatnonzero(found.genuine)[::-1]
    threshold = wording.number(said.pair_threshold)
    said_of = phrase(
        "The hardest of all pairs of test pictures, no more than one of the same persons, with their similarity; two "
        "count as one from {threshold}.",
        threshold=threshold,
    )
    return join(
        tag("p", said_of),
        tag("h3", phrase("Two persons, most alike")),
        _pairs(evidence, answers, found, _hardest(impostors, found, answers)),
        tag("h3", phrase("One person, least alike")),
        _pairs(evidence, answers, found, _hardest(genuine, found, answers)),
        mistaken.persons(evidence, said, answers),
    )


def _hardest(places: Places, found: likeness.Pairs, answers: Answers) -> Places:
    """Of pairs in this order the first of the same persons, so that two who are alike do not take all the room."""
    persons = np.sort(answers.truth[np.stack([found.one[places], found.other[places]])], axis=0)
    _, first = np.unique(persons, axis=1, return_index=True)
    return places[np.sort(first)[:MOST_PAIRS]]


def _pairs(evidence: Evidence, answers: Answers, found: likeness.Pairs, places: Places) -> Markup:
    column = evidence.image_column or ""
    cells, names = answers.test.frame[column], answers.test.frame[evidence.study.problem.target]
    shown = []
    for at in places.tolist():
        rows = [int(answers.rows[row[at]]) for row in (found.one, found.other)]
        both = [str(names[row]) for row in rows]
        alike = wording.number(float(found.scores[at]))
        said = (
            phrase("{one}: {alike}", one=both[0], alike=alike)
            if both[0] == both[1]
            else phrase("{one} and {other}: {alike}", one=both[0], other=both[1], alike=alike)
        )
        images = [pictures.shown(cells, row, answers.test.folder, name) for row, name in zip(rows, both, strict=True)]
        shown.append(tag("figure", *images, tag("figcaption", said)))
    return tag("div", shown, class_="gallery")
