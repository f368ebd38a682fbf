"""How well a stored model answers rows whose answers are known."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fathom import catalog
from fathom.cli import output
from fathom.cli.verdict import score
from fathom.data import infer, read
from fathom.data.checks.pictures import legible
from fathom.data.conform import conform, named_otherwise
from fathom.data.dataset import Dataset, Source
from fathom.data.kinds import Column
from fathom.data.series.shape import lengthened
from fathom.errors import DataError
from fathom.messages import again, phrase, plural
from fathom.model import Model
from fathom.protocol.intervals import bootstrap
from fathom.tasks.forecasting import fingerprint
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

TRAINED_ON = phrase(
    "WARNING: the model was made from this very data, so it has seen most of these rows in training and scores too "
    "well on them. Its honest score is that of its study: see `fathom models`."
)


@dataclass(frozen=True)
class Scored:
    """Every measure of the model on these rows; `low` and `high` are the 95 % interval of the one that decided."""

    model: str
    task: str
    data: str
    rows: int
    without_answer: int  # rows left out because their answer is missing
    measure: str
    score: float
    low: float
    high: float
    measures: dict[str, float]
    notices: tuple[str, ...]  # of rows that were left out or that nothing could be told of
    trained_on: bool  # whether this is the very data that the model was made from

    def to_json(self) -> dict[str, Any]:
        """The scores as plain JSON data."""
        return asdict(self)

    def text(self) -> str:
        """The scores as a table."""
        task: Task = catalog.load(catalog.task(self.task).path)
        rows = []
        for name, value in self.measures.items():
            measure = task.measure(name)
            low, high = (self.low, self.high) if name == self.measure else (None, None)
            rows.append((name, score(measure, value, low, high), again(measure.summary)))
        header = (phrase("measure"), phrase("score (95 % interval)"), phrase("what it is"))
        table = output.table(header, rows, right=[1])
        title = phrase("{model} on {rows:,} rows of {data}", model=self.model, rows=self.rows, data=self.data)
        if self.without_answer:
            more = self.without_answer
            title = phrase("{title}, {more:,} more without an answer left out", title=title, more=more)
        said = [phrase("note: {what}", what=each) for each in self.notices]
        return "\n\n".join([title, table, *said, *([again(TRAINED_ON)] if self.trained_on else [])])


def scored(model: Model, name: str, data: str) -> Scored:
    """The model's scores on `data`, which must hold the column that it predicts."""
    frame, source, folder = read.raw(data)
    if model.problem.horizon:
        return _of_series(model, name, frame, source)
    asked, answer = model.problem.asked, Column(model.problem.target, model.problem.answer)
    named = {there: name for name, there in named_otherwise(frame, (*asked, answer), folder).items()}
    rows, found = legible(frame.rename(named), asked, source, folder)
    answers = _answers(rows, model.problem, source.location or data)
    known = np.flatnonzero(answers[model.problem.target].is_not_null().to_numpy())
    if not len(known):
        raise DataError(
            phrase("No row has a value in '{target}', so nothing can be scored.", target=model.problem.target),
            where=source.location or data,
            remedy=phrase("`fathom predict {name} {data}` predicts rows without answers.", name=name, data=data),
        )
    predictions = model.predict_frame(rows[known], folder, source.location or data)
    truth = model.problem.truth(answers.take(known))
    task: Task = catalog.load(catalog.task(model.problem.task).path)
    measure = task.measure(model.card["measure"])
    low, high = bootstrap(measure, truth, [predictions]).interval(0)
    scores = task.scores(truth, predictions)
    return Scored(
        name,
        task.name,
        source.name,
        len(known),
        rows.height - len(known),
        measure.name,
        scores[measure.name],
        low,
        high,
        scores,
        (*(f"{each.what} {each.remedy}".strip() for each in found), *_faceless(predictions)),
        _fingerprint(frame, folder) == model.card.get("fingerprint"),
    )


def _faceless(predictions: Predictions) -> tuple[str, ...]:
    """That no face was found on some pictures."""
    if not isinstance(predictions, Identities) or not predictions.faceless:
        return ()
    return (
        plural(
            len(predictions.faceless),
            "No face was found on {count:,} picture, which is told as nobody known.",
            "No face was found on {count:,} pictures, which are told as nobody known.",
        ),
    )


def _of_series(model: Model, name: str, frame: pl.DataFrame, source: Source) -> Scored:
    """The scores of one forecast a series, of its last steps."""
    assert model.problem.horizon is not None
    tested, said = model.examined(frame, source.location)
    rows = conform(lengthened(frame, model.problem.target, model.problem.horizon), model.problem.asked)
    same = fingerprint(rows, model.problem) == model.card.get("given")
    task: Task = catalog.load(catalog.task(model.problem.task).path)
    truth, measure = model.problem.truth(tested), task.measure(model.card["measure"])
    low, high = bootstrap(measure, truth, [said]).interval(0)
    scores = task.scores(truth, said)
    found = (measure.name, scores[measure.name], low, high, scores, (), same)
    return Scored(name, task.name, source.name, len(tested), 0, *found)


def _fingerprint(frame: pl.DataFrame, folder: Path | None) -> str:
    columns, typed, _ = infer.inferred(frame, folder)
    return Dataset(typed, columns).fingerprint()


def _answers(frame: pl.DataFrame, problem: Problem, where: str) -> Dataset:
    """The column that the model predicts, typed as it was when the model was trained."""
    target = problem.target
    if target not in frame.columns:
        near = difflib.get_close_matches(target, frame.columns, n=1)
        remedy = phrase("Rename the column, or use `fathom predict` on rows without answers.")
        if near:
            remedy = phrase(
                "Did you mean '{near}'? Rename the column, or use `fathom predict` on rows without answers.",
                near=near[0],
            )
        raise DataError(
            phrase(
                "There is no column '{target}', which holds the answers that the model is tested on.", target=target
            ),
            where=where,
            remedy=remedy,
        )
    columns = infer.infer(frame.select(target), None, {target: problem.answer})
    return Dataset(infer.typed(frame.select(target), columns, where), columns)
