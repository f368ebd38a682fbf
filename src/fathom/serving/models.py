"""The model that is served, and how another takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from fathom.data.kinds import Kind
from fathom.errors import StoreError
from fathom.model import Model
from fathom.serving import pictures
from fathom.serving.rows import RowReader
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem


class Predictor(Protocol):
    """What serving needs of a model; `fathom.model.Model` is one."""

    name: str
    family: str
    problem: Problem
    card: dict[str, Any]

    def predict_frame(self, frame: pl.DataFrame, folder: Path | None = None, where: str = "") -> Predictions:
        """Predictions for raw rows, checked against the columns the model was trained with."""


@dataclass(frozen=True)
class Served:
    """One model under one name and version. It never changes, so an answer made from it mixes nothing."""

    model: Predictor
    name: str
    version: str

    @property
    def problem(self) -> Problem:
        """What the model answers."""
        return self.model.problem

    @cached_property
    def reader(self) -> RowReader:
        """What checks rows for the model."""
        return RowReader(self.problem.inputs)


def load(model: Predictor | str | Path, name: str, version: str | int | None = None) -> Served:
    """A model, or the one in a folder, ready to be served. A folder NAME/3 gives the version 3."""
    if not isinstance(model, str | Path):
        return Served(model, name, str(version or 1))
    folder = Path(model)
    number = folder.name if folder.name.isdigit() else "1"
    loaded = Model.load(folder)
    return Served(loaded, name, str(version or number))


class Models:
    """Holds the served model; a swap is one assignment, made only after the next model proved that it predicts.

    A batch takes `current` once and keeps to it.
    """

    def __init__(self, served: Served) -> None:
        prove(served)
        self.current = served

    def swap(self, model: Predictor, *, name: str | None = None, version: str | None = None) -> Served:
        """Serve `model` from the next batch on. Whatever is wrong with it is raised here and changes nothing."""
        served = Served(model, name or self.current.name, version or str(int(self.current.version or 0) + 1))
        prove(served)
        self.current = served
        return served


def prove(served: Served) -> None:
    """Predict one empty row: libraries load, caches fill, and a broken model shows itself before it is asked."""
    row = {column.name: pictures.BLANK if column.kind == Kind.IMAGE else None for column in served.problem.inputs}
    predictions = served.model.predict_frame(served.reader.frame([row]))
    if len(predictions) != 1:
        raise StoreError(f"The model answers one row with {len(predictions)} predictions.")
