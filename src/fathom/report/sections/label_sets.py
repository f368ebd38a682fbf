"""Several labels a row: how well each is found, rows where the winner errs, and how sure it may be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.data.kinds import Kind
from fathom.messages import phrase
from fathom.report import parts, pictures, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import decided, words
from fathom.report.sections.steps import by_probability
from fathom.report.tables import table
from fathom.tasks.label_sets import LabelSets

MOST_LABELS = 60
MOST_ROWS = 15
MOST_PICTURES = 24


def body(evidence: Evidence) -> Markup:
    """Precision, recall and F1 of each label."""
    if evidence.sets is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    sets, answers = evidence.sets
    held = answers.truth > 0
    right, said, true = ((each).sum(axis=0) for each in (sets.chosen & held, sets.chosen, held))
    whole = int((sets.chosen == held).all(axis=1).sum())
    learner = evidence.winner.learner if evidence.winner else ""
    told = phrase(
        "{learner} gave {whole:,} of {rows:,} test rows exactly their labels; it found {right:,} of {true:,} labels "
        "and gave {wrong:,} others.",
        learner=learner,
        whole=whole,
        rows=len(held),
        right=int(right.sum()),
        true=int(true.sum()),
        wrong=int(said.sum() - right.sum()),
    )
    order = np.argsort(-true, kind="stable")[:MOST_LABELS].tolist()
    rows: list[list[Child]] = [
        [
            parts.name(sets.classes[at]),
            f"{int(true[at]):,}",
            wording.percent(right[at] / said[at] if said[at] else None),
            wording.percent(right[at] / true[at] if true[at] else None),
            wording.percent(2 * right[at] / (said[at] + true[at]) if said[at] + true[at] else None),
        ]
        for at in order
    ]
    head = [phrase("label"), phrase("test rows"), phrase("precision"), phrase("recall"), "F1"]
    caption = phrase("Each label by itself, the most frequent first")
    return join(tag("p", told), table(caption, head, rows, numbers=(1, 2, 3, 4), sortable=True))


def examples(evidence: Evidence, sets: LabelSets, answers: Answers) -> Markup:
    """Rows with the most wrong labels, text or picture, with what it should have been given and what it was."""
    held = answers.truth > 0
    wrong = (sets.chosen != held).sum(axis=1)
    order = [at for at in np.argsort(-wrong, kind="stable").tolist() if wrong[at]]
    if not order:
        rows = wording.count(len(held), "test row")
        return parts.absent(phrase("None: the labels of all {rows} are right.", rows=rows))
    if evidence.image_column is not None:
        return _pictured(evidence, sets, answers, order)
    shown = order[:MOST_ROWS]
    column = next(iter(evidence.study.problem.inputs_of(Kind.TEXT)), evidence.study.problem.inputs[0].name)
    cells = answers.test.frame[column]
    marks = {each["row"]: each["marks"] for each in (evidence.words or {"shown": []})["shown"]}
    rows_of: list[list[Child]] = [
        [
            f"{int(answers.rows[at]) + 1:,}",
            _named(sets, held[at]),
            _named(sets, sets.chosen[at]),
            tag(
                "div",
                words.marked(str(cells[int(answers.rows[at])] or ""), marks.get(int(answers.rows[at]), ())),
                class_="text",
                dir="auto",
            ),
        ]
        for at in shown
    ]
    caption = phrase("{shown} of {count:,} rows with a wrong label, those with the most first",
                     shown=len(shown), count=len(order))  # fmt: skip
    return table(caption, [phrase("test row"), phrase("true"), phrase("predicted"), parts.name(column)], rows_of)


def _pictured(evidence: Evidence, sets: LabelSets, answers: Answers, order: list[int]) -> Markup:
    """The pictures, each with its labels and with those that it was given."""
    assert evidence.image_column is not None
    shown, held = order[:MOST_PICTURES], answers.truth > 0
    cells = answers.test.frame[evidence.image_column]
    said = phrase("{shown} of {count:,} rows with a wrong label, those with the most first",
                  shown=len(shown), count=len(order))  # fmt: skip
    figures = []
    for at in shown:
        row = int(answers.rows[at])
        told = [
            tag("span", phrase("is "), _named(sets, held[at])),
            tag("span", phrase("taken for "), _named(sets, sets.chosen[at])),
        ]
        if (found := evidence.decided.get(row)) is not None:  # of several labels one is drawn
            told.append(tag("small", phrase("warm: {label}", label=wording.short(str(found["label"]), 30))))
        picture = pictures.shown(cells, row, answers.test.folder, phrase("Test row {row}", row=row + 1))
        figures.append(tag("figure", picture, decided.drawn(evidence, answers, row), tag("figcaption", told)))
    return join(tag("p", said), decided.legend(evidence), tag("div", figures, class_="gallery"))


def sureness(sets: LabelSets, answers: Answers) -> Markup:
    """How often a label is true, by the probability it was given."""
    given, true = sets.probabilities.ravel(), (answers.truth > 0).ravel()
    caption = phrase("Where the last two agree, the probability of a label means what it says.")
    return by_probability(given, true, caption, phrase("labels"), phrase("share that is true"))


def _named(sets: LabelSets, chosen: npt.NDArray[np.bool_]) -> Markup:
    places = np.flatnonzero(chosen)
    return parts.names([sets.classes[place] for place in places]) if len(places) else tag("span", wording.NOTHING)
