"""Entities of texts: how well each label is found, and texts where the winner errs, marked."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections.steps import by_probability
from fathom.report.tables import table
from fathom.tasks import entities
from fathom.tasks.entities import RIGHT, SAID, TRUE
from fathom.tasks.predictions import Entity, Spans

MOST_LABELS = 60
MOST_TEXTS = 15
LONGEST = 600  # characters of a text that are shown

Span = tuple[int, int, str]


def body(evidence: Evidence) -> Markup:
    """Precision, recall and F1 of each label."""
    if evidence.spans is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    spans, answers = evidence.spans
    found = entities.entities(answers.truth, spans)
    totals = found.total(None)
    learner = evidence.winner.learner if evidence.winner else ""
    said = tag(
        "p",
        phrase(
            "{learner} found {right:,} of {true:,} entities as they stand, and named {wrong:,} others.",
            learner=learner,
            right=int(totals[RIGHT].sum()),
            true=int(totals[TRUE].sum()),
            wrong=int(totals[SAID].sum() - totals[RIGHT].sum()),
        ),
    )
    order = np.argsort(-totals[TRUE], kind="stable")[:MOST_LABELS].tolist()
    rows: list[list[Child]] = [[parts.name(found.labels[at]), *_figures(*totals[:, at].tolist())] for at in order]
    caption = phrase("An entity counts as found when its beginning, its end and its label are right.")
    head = [phrase("label"), phrase("entities"), phrase("precision"), phrase("recall"), "F1"]
    return join(said, table(caption, head, rows, numbers=(1, 2, 3, 4), sortable=True))


def _figures(right: float, said: float, true: float) -> list[str]:
    return [
        f"{int(true):,}",
        wording.percent(right / said if said else None),
        wording.percent(right / true if true else None),
        wording.percent(2 * right / (said + true) if said + true else None),
    ]


def examples(evidence: Evidence, spans: Spans, answers: Answers) -> Markup:
    """Texts with what was found, missed and wrongly named, those with the most mistakes first."""
    column = evidence.study.problem.inputs[0].name
    texts = answers.test.frame[column].to_list()
    wrong = [_mistakes(true, said) for true, said in zip(answers.truth, spans.rows, strict=True)]
    order = [at for at in np.argsort([-each for each in wrong], kind="stable").tolist() if wrong[at]]
    if not order:
        rows = wording.count(len(wrong), "test row")
        return parts.absent(phrase("None: the entities of all {rows} are right.", rows=rows))
    shown = order[:MOST_TEXTS]
    said = tag(
        "p",
        phrase("{shown} of {count:,} texts with a mistake, those with the most first.",
               shown=len(shown), count=len(order)),
        " ", tag("mark", phrase("found"), class_="entity right"), " ",
        tag("mark", phrase("missed"), class_="entity missed"), " ",
        tag("mark", phrase("wrong"), class_="entity wrong"),
    )  # fmt: skip
    cells: list[list[Child]] = [
        [f"{row + 1:,}", marked(texts[row] or "", answers.truth[at], spans.rows[at])]
        for at, row in zip(shown, answers.rows[shown].tolist(), strict=True)
    ]
    caption = phrase("What overlaps a true entity without being it is shown behind it.")
    return join(said, table(caption, [phrase("test row"), phrase("text")], cells, look="entities"))


def sureness(spans: Spans, answers: Answers) -> Markup:
    """How often the entities named are right, by the probability they were given."""
    named = [
        (each.probability, (each.start, each.end, each.label) in set(true))
        for true, row in zip(answers.truth, spans.rows, strict=True)
        for each in row
    ]
    if not named:
        return parts.absent(phrase("No entity was named."))
    sure, right = np.array(named, dtype=np.float64).T
    caption = phrase("Where the last two agree, the probability of an entity means what it says.")
    return by_probability(sure, right > 0, caption, phrase("entities"), phrase("share that is right"))


def _mistakes(true: Iterable[Span], said: Iterable[Entity]) -> int:
    return len(set(true) ^ {(each.start, each.end, each.label) for each in said})


def marked(text: str, true: Iterable[Span], said: Iterable[Entity]) -> Markup:
    """The text with its entities marked: found, missed, or wrongly named.

    >>> marked("in Seoul", [(3, 8, "city")], [])
    'in <mark class="entity missed">Seoul<small>city</small></mark>'
    """
    called = {(each.start, each.end, each.label) for each in said}
    known = set(true)
    pieces: list[Child] = []
    at = 0
    for start, end, label in sorted(known | called, key=lambda span: (span[0], span not in known, span)):
        if end > LONGEST:
            break
        span = (start, end, label)
        look = "right" if span in known & called else "missed" if span in known else "wrong"
        if start >= at:
            pieces.append(text[at:start])
            at = end
        pieces.append(tag("mark", text[start:end], tag("small", label), class_=f"entity {look}"))
    pieces.append(text[at:LONGEST] + ("…" if len(text) > LONGEST else ""))
    return join(pieces)
