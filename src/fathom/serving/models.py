"""The model that is served, and how another takes its place."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.events.memory import Memory
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.errors import ExportError, StoreError
from fathom.learner import RecordLearner
from fathom.messages import phrase
from fathom.model import Model, calibrated
from fathom.serving import pictures
from fathom.serving.pastrows import past_rows
from fathom.serving.remembering import place_of, recalled
from fathom.serving.rows import STORED, RowReader, Rows
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem

RACE = "fathom.exports.race:race"  # loaded where ONNX Runtime is installed
FEW_ROWS = 64  # up to here a learner that answers plain cells is sooner done with them than with a frame

log = logging.getLogger("fathom.serving")


@dataclass(frozen=True)
class Served:
    """One model under one name and version. It never changes, so an answer made from it mixes nothing.

    `race`: what it and its graph in ONNX Runtime took, where both were tried; the graph answers where it won.
    """

    model: Model
    name: str
    version: str
    race: Any = None
    folder: Path | None = None  # of the model, where it was loaded from one

    @property
    def problem(self) -> Problem:
        """What the model answers."""
        return self.model.problem

    @cached_property
    def reader(self) -> RowReader:
        """What checks rows for the model."""
        return RowReader(self.problem.asked)

    @cached_property
    def memory(self) -> Memory | None:
        """What went before, where rows are events of somebody: the server's own, which grows with what it is asked."""
        events = self.problem.events
        if events is None or not events.given:
            return None
        if self.folder is not None and (kept := recalled(place_of(self.folder), self.folder, events)) is not None:
            return kept
        return Memory.empty(events) if self.model.memory is None else self.model.memory.afresh()

    @cached_property
    def text_column(self) -> str | None:
        """The first column of texts of a model that answers with labels; None where there is none."""
        labelled = self.problem.classes or self.problem.sets
        return next(iter(self.problem.inputs_of(Kind.TEXT)), None) if labelled else None

    @cached_property
    def picture_column(self) -> str | None:
        """The column of pictures of a model that answers with labels, boxes or persons; None where there is none."""
        problem = self.problem
        said = problem.classes or problem.sets or problem.boxes or problem.persons
        return next(iter(problem.inputs_of(Kind.IMAGE)), None) if said else None

    @cached_property
    def quick(self) -> RecordLearner | None:
        """The learner, where it answers plain cells without a frame."""
        learner = self.model.learner
        plain = all(column.kind in TABLE_KINDS for column in self.problem.inputs)
        return learner if plain and isinstance(learner, RecordLearner) else None

    def predict(self, rows: Rows) -> Predictions:
        """Predictions for the rows of requests, which the reader holds to what training saw.

        Where rows are events, they are remembered first: those of one batch see one another as they will be seen later,
        by their own times, whatever order they were sent in.
        """
        if self.problem.horizon is not None or self.problem.given:  # of a series, or of a row by those before it
            return self.model.predict_frame(self.reader.frame(rows))
        if self.memory is not None:
            return calibrated(self._of_events(rows), self.model.calibration)
        if self.quick and not rows.written and len(rows) <= FEW_ROWS:
            predictions = self.quick.predict_records(self.reader.settled(rows))
        else:
            dataset = Dataset(self.reader.frame(rows), self.problem.inputs)
            if self.race is not None and self.race.session is not None:
                return self.model.answered(dataset, self.race.session.predict)
            predictions = self.model.answered(dataset)
        return calibrated(predictions, self.model.calibration)

    def _of_events(self, rows: Rows) -> Predictions:
        if self.quick and len(rows) <= FEW_ROWS:
            return self.quick.predict_records(self.remembered(rows, keep=not rows.passing))
        return self.model.learner.predict(self.followed(rows, keep=not rows.passing))

    def remembered(self, rows: Rows, *, keep: bool = False) -> list[dict[str, Any]]:
        """Events with what went before each of them, as plain cells; `keep`: they are remembered."""
        assert self.memory is not None
        records = self.reader.frame(rows).to_dicts() if rows.written else self.reader.settled(rows)
        memory = self.memory if keep else self.memory.beside()
        for record in records:
            memory.add(record)
        return [memory.arrange(record) for record in records]

    def seen(self, rows: Rows) -> Dataset:
        """Rows as the learner sees them; nothing is remembered."""
        if self.problem.given:
            return self.model.laid_out(self.reader.frame(rows))
        return Dataset(self.reader.frame(rows), self.problem.inputs) if self.memory is None else self.followed(rows)

    def followed(self, rows: Rows, *, keep: bool = False) -> Dataset:
        """The same as a dataset that the learner reads."""
        types = {column.name: STORED.get(column.kind, pl.String) for column in self.problem.inputs}
        records = [{name: record[name] for name in types} for record in self.remembered(rows, keep=keep)]
        return Dataset(pl.DataFrame(records, schema=types), self.problem.inputs)


def load(model: Model | str | Path, name: str, version: str | int | None = None) -> Served:
    """A model, or the one in a folder, ready to be served. A folder NAME/3 gives the version 3."""
    if not isinstance(model, str | Path):
        return Served(model, name, str(version or 1))
    folder = Path(model)
    number = folder.name if folder.name.isdigit() else "1"
    return Served(Model.load(folder), name, str(version or number), folder=folder)


class Models:
    """Holds the served model; a swap is one assignment, made only after the next model proved that it predicts.

    A batch takes `current` once and keeps to it.
    """

    def __init__(self, served: Served) -> None:
        prove(served)
        self.current = quickened(served)

    def swap(self, model: Model, *, name: str | None = None, version: str | None = None) -> Served:
        """Serve `model` from the next batch on. Whatever is wrong with it is raised here and changes nothing."""
        served = Served(model, name or self.current.name, version or str(int(self.current.version or 0) + 1))
        prove(served)
        self.current = quickened(served)
        return self.current


def prove(served: Served) -> None:
    """Predict one empty row: libraries load, caches fill, and a broken model shows itself before it is asked."""
    row = {column.name: pictures.BLANK if column.kind == Kind.IMAGE else None for column in served.problem.asked}
    predictions = served.predict(Rows(past_rows(served.problem) if served.problem.horizon else [row]))
    if served.memory is not None:
        served.memory.recall()
    if len(predictions) != 1:
        raise StoreError(phrase("The model answers one row with {count} predictions.", count=len(predictions)))


def quickened(served: Served) -> Served:
    """Raced against ONNX Runtime, where that is installed and the model is a network; else, and in any trouble, as is.

    A network alone: what classical learners need is in memory without PyTorch, which a graph is made with.
    """
    problem = served.problem
    apart = problem.horizon or problem.given or served.memory is not None
    if apart or served.model.family != "deep" or catalog.missing("onnx"):
        return served
    try:
        return replace(served, race=catalog.load(RACE)(served.model))
    except ExportError as error:
        log.debug("the model answers itself: %s", error)
    except Exception:  # a way to be quicker is no reason not to answer
        log.warning("the model answers itself: its graph failed", exc_info=True)
    return served
