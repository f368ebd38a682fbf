"""Examples that the winner gets wrong: the surest mistakes, or the numbers missed by most."""

from __future__ import annotations

from typing import Any

import numpy as np

from fathom.data.kinds import Kind
from fathom.messages import phrase
from fathom.report import parts, pictures, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import alerts, decided, drawn, entities, forecasts, identities, label_sets, scores, words
from fathom.report.tables import table
from fathom.tasks.predictions import Labels, Numbers

MOST_PICTURES = 24
MOST_ROWS = 15
MOST_COLUMNS = 10


def body(evidence: Evidence) -> Markup:
    """Pictures with what they are and what they were taken for, or the worst rows with their values."""
    if evidence.forecasts is not None:
        return forecasts.examples(evidence, *evidence.forecasts)
    if evidence.spans is not None:
        return entities.examples(evidence, *evidence.spans)
    if evidence.identities is not None:
        return identities.examples(evidence, *evidence.identities)
    if evidence.scores is not None:
        return scores.examples(evidence, *evidence.scores)
    if evidence.boxes is not None:
        return drawn.examples(evidence)
    if evidence.sets is not None:
        return label_sets.examples(evidence, *evidence.sets)
    if evidence.alerts is not None:
        return alerts.examples(evidence, *evidence.alerts)
    if evidence.labels is not None:
        return _labels(evidence, *evidence.labels)
    if evidence.numbers is not None:
        return _numbers(evidence, *evidence.numbers)
    return parts.absent(phrase("There are no stored answers of a finished contender to take examples from."))


def _labels(evidence: Evidence, labels: Labels, answers: Answers) -> Markup:
    wrong = np.flatnonzero(labels.codes != answers.truth)
    if not len(wrong):
        rows = wording.count(len(answers.truth), "test row")
        return parts.absent(phrase("None: all {rows} are labelled right.", rows=rows))
    confidence = labels.probabilities.max(axis=1)
    order = wrong[np.argsort(-confidence[wrong], kind="stable")]
    pictured = evidence.image_column is not None
    shown = order[: MOST_PICTURES if pictured else MOST_ROWS].tolist()
    many = wording.count(len(wrong), "wrong answer")
    some = phrase("The {shown} surest of {answers}.", shown=len(shown), answers=many)
    every = phrase("{answers}, the surest first.", answers=many)
    said = tag("p", some if len(shown) < len(wrong) else every)
    if pictured:
        gallery = tag("div", [_picture(evidence, labels, answers, at) for at in shown], class_="gallery")
        return join(said, decided.legend(evidence), gallery)
    cells: list[list[Child]] = [
        [
            parts.name(labels.classes[answers.truth[at]], 30),
            parts.name(labels.values[at], 30),
            wording.percent(confidence[at]),
            wording.percent(labels.probabilities[at, answers.truth[at]]),
        ]
        for at in shown
    ]
    head = [phrase("true"), phrase("predicted"), phrase("sure"), phrase("given to the true label")]
    return join(said, _rows(evidence, answers, shown, head, cells))


def _numbers(evidence: Evidence, numbers: Numbers, answers: Answers) -> Markup:
    missed = np.abs(numbers.values - answers.truth)
    shown = np.argsort(-np.nan_to_num(missed, nan=np.inf), kind="stable")[:MOST_ROWS].tolist()
    rows = wording.count(len(missed), "test row")
    said = tag("p", phrase("The {shown} of {rows} that were missed by most.", shown=len(shown), rows=rows))
    cells: list[list[Child]] = [
        [
            wording.number(float(answers.truth[at])),
            wording.number(float(numbers.values[at])),
            wording.number(float(missed[at])),
            _interval(numbers, at),
        ]
        for at in shown
    ]
    head = [phrase("true"), phrase("predicted"), phrase("missed by"), phrase("interval")]
    return join(said, _rows(evidence, answers, shown, head, cells))


def _interval(numbers: Numbers, at: int) -> str:
    if numbers.low is None or numbers.high is None:
        return wording.NOTHING
    low, high = (wording.number(float(each[at])) for each in (numbers.low, numbers.high))
    return phrase("{low} to {high}", low=low, high=high)


def _rows(evidence: Evidence, answers: Answers, shown: list[int], head: list[str], cells: list[list[Child]]) -> Markup:
    """The answers, then the row's values, in the order of what matters."""
    matter = {each["column"]: each["drop"] for each in evidence.study.importance}
    inputs = [column.name for column in evidence.study.problem.inputs if column.name in answers.test.names]
    inputs.sort(key=lambda column: -matter.get(column, 0.0))
    columns = inputs[:MOST_COLUMNS]
    kinds = {column.name: column.kind for column in evidence.study.problem.inputs}
    columns.sort(key=lambda column: kinds[column] != Kind.TEXT)
    marks = _marks(evidence)
    values = answers.test.frame.select(columns)[answers.rows[shown]].rows()
    heading: list[Child] = [phrase("test row"), *head, *[parts.name(column, 30) for column in columns]]
    rows: list[list[Child]] = [
        [
            f"{int(answers.rows[at]) + 1:,}",
            *cell,
            *[
                _text(each, marks.get((name, int(answers.rows[at])), ())) if kinds[name] == Kind.TEXT else _value(each)
                for name, each in zip(columns, row, strict=True)
            ],
        ]
        for at, cell, row in zip(shown, cells, values, strict=True)
    ]
    numeric = [at for at, name in enumerate(columns, start=1 + len(head)) if kinds[name] == Kind.NUMBER]
    caption = phrase("The rows' values")
    if marks:
        caption = phrase("The rows' values; coloured words speak for the label predicted, underlined ones against it")
    if len(inputs) > len(columns):
        caption = phrase("{values}; the {count} inputs that matter most", values=caption, count=len(columns))
    return table(caption, heading, rows, numbers=[*((3, 4) if evidence.labels else (1, 2, 3, 4)), *numeric])


def _marks(evidence: Evidence) -> dict[tuple[str, int], Any]:
    """For a column of texts and a test row, what each piece of the text is worth to the winner's label."""
    found = evidence.words or {"column": "", "shown": []}
    return {(found["column"], each["row"]): each["marks"] for each in found["shown"]}


def _text(cell: Any, marks: Any) -> Markup:
    return (
        tag("div", words.marked(str(cell), marks), class_="text", dir="auto") if cell else parts.name(wording.NOTHING)
    )


def _value(cell: Any) -> Markup:
    return parts.name(wording.value(cell), 40)


def _picture(evidence: Evidence, labels: Labels, answers: Answers, at: int) -> Markup:
    assert evidence.image_column is not None
    cells = answers.test.frame[evidence.image_column]
    true, predicted = labels.classes[answers.truth[at]], str(labels.values[at])
    alt = phrase(
        "Test row {row}: {true}, taken for {predicted}",
        row=int(answers.rows[at]) + 1,
        true=wording.short(true, 40),
        predicted=wording.short(predicted, 40),
    )
    return tag(
        "figure",
        pictures.shown(cells, int(answers.rows[at]), answers.test.folder, alt),
        decided.drawn(evidence, answers, int(answers.rows[at])),
        tag(
            "figcaption",
            tag("span", phrase("is "), parts.name(true, 30)),
            tag("span", phrase("taken for "), parts.name(predicted, 30)),
            tag("small", phrase("{share} sure", share=wording.percent(float(labels.probabilities[at].max())))),
        ),
    )
