"""Batch prediction: rows in, rows with predictions out, one piece in memory at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fathom.cli import export, output
from fathom.cli.persons import unfaced
from fathom.data import read, scan
from fathom.data.conform import conform, named_otherwise, unseen
from fathom.data.marked import folder_of
from fathom.data.picture_sizes import picture_sizes
from fathom.data.series.pasts import LONG, SHORT
from fathom.errors import FathomError
from fathom.folders import whole_file
from fathom.messages import phrase, plural
from fathom.model import Model
from fathom.records.record import Form
from fathom.tasks.boxes import read_boxes
from fathom.tasks.coco import as_coco
from fathom.tasks.forecasting import amended
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Boxes, Forecasts, Predictions, Scores, Spans
from fathom.tasks.reasons import reasons, said

PIECE = 65_536  # rows


@dataclass
class Batch:
    """The rows of `data` with the model's predictions beside them; `only`: the predictions alone."""

    model: Model
    data: str
    only: bool = False
    least: float = 0.0  # how probable a box must be to be written
    form: Form | None = None  # of a record, where entities are to be columns
    reasons: int = 0  # that are written beside each alert

    def write(self, target: Path, *, bom: bool = False) -> int:
        """Write all rows to a file; their number."""
        return export.write(self.pieces(), target, bom=bom)

    def stream(self, *, bom: bool = False) -> int:
        """Write all rows to stdout as CSV; their number."""
        return export.write_csv(self.pieces(), sys.stdout.buffer, bom=bom)

    def write_coco(self, target: Path) -> int:
        """Write all pictures with their boxes as COCO; their number. FathomError where the model finds no boxes."""
        if not self.model.problem.boxes:
            raise FathomError(
                phrase("A .json file is for boxes in pictures, and this model predicts '{target}'.",
                       target=self.model.problem.target),
                remedy=phrase("Name a .csv, .jsonl or .parquet file."),
            )  # fmt: skip
        found = self.coco()
        with whole_file(target) as place:
            place.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
        return len(found["images"])

    def coco(self) -> dict[str, Any]:
        """All pictures with their boxes as COCO has them."""
        frames = list(replace(self, only=False).pieces())
        column, folder = self.model.problem.inputs[0].name, folder_of(Path(self.data).expanduser())
        names, sizes, said = [], [], []
        for frame in frames:
            cells = frame[named_otherwise(frame, self.model.problem.asked, folder).get(column, column)]
            names += [cell if isinstance(cell, str) else None for cell in cells]
            sizes += picture_sizes(cells, folder).tolist()
            said += frame["prediction"].to_list()
        return as_coco(names, sizes, read_boxes(said), self.model.problem.boxes)

    def rows(self) -> list[dict[str, Any]]:
        """All rows as dicts."""
        return [row for piece in self.pieces() for row in export.without_bytes(piece).to_dicts()]

    def _told(self, predictions: Predictions, rows: pl.DataFrame) -> pl.DataFrame:
        if isinstance(predictions, Identities | Scores):
            return predictions.table()
        if isinstance(predictions, Boxes):
            return predictions.above(self.least).frame()
        if self.form is None or not isinstance(predictions, Spans):
            return predictions.frame()
        return self.form.frame(rows[self.model.problem.inputs[0].name].to_list(), predictions)

    def _forecasts(self) -> pl.DataFrame:
        """A row for each series and step to come; all of the history is read for it."""
        frame, source, folder = read.raw(self.data)
        said = self.model.predict_frame(frame, folder, source.location)
        for finding in amended(frame, self.model.problem):
            output.say(phrase("note: {what}", what=finding.what))
        assert isinstance(said, Forecasts)
        return said.table()

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The rows with their predictions, piece by piece."""
        if self.model.problem.horizon:
            yield self._forecasts()
            return
        inputs, model = self.model.problem.asked, self.model.following()
        path = Path(self.data).expanduser()
        folder = folder_of(path)
        first_row = 1
        nobody = 0
        faceless: list[int] = []  # rows
        strange: dict[str, tuple[int, str]] = {}  # by column: how many values training did not see, and the first
        past: pl.DataFrame | None = None  # the last readings of each series, which those of the next piece go on from
        for raw in scan.batches(self.data, inputs, PIECE):
            rows = conform(raw, inputs, where=self.data, folder=folder, first_row=first_row)
            whole = rows if past is None else pl.concat([past, rows])
            answers = model.predict_frame(whole, folder, self.data)
            predictions = self._told(answers, rows)
            if model.problem.given:
                predictions, past = predictions.tail(rows.height), _last(whole, model)
            if self.reasons:
                predictions = _with_reasons(predictions, model, rows, self.reasons)
            model.remember(rows)
            if isinstance(answers, Identities):
                faceless += [first_row + row for row in answers.faceless]
                nobody += predictions["prediction"].null_count() - len(answers.faceless)
            yield predictions if self.only else export.beside(raw, predictions, self.data)
            first_row += raw.height
            for name, values in unseen(rows, inputs).items():
                count, first = strange.get(name, (0, values[0]))
                strange[name] = (count + len(values), first)
        _note(nobody, faceless, strange)


def _note(nobody: int, faceless: list[int], strange: dict[str, tuple[int, str]]) -> None:
    """What whoever reads the predictions should know: how many are of nobody known, and what training did not see."""
    if nobody:
        output.say(
            plural(
                nobody,
                "note: {count:,} picture shows nobody known; its prediction is empty.",
                "note: {count:,} pictures show nobody known; their predictions are empty.",
            )
        )
    if faceless:
        output.say(unfaced(faceless))
    for name, (count, first) in strange.items():
        output.say(
            plural(
                count,
                "note: column '{name}': {count:,} value that training did not see ('{first}')",
                "note: column '{name}': {count:,} values that training did not see (first: '{first}')",
                name=name,
                first=first,
            )
        )


def _last(rows: pl.DataFrame, model: Model) -> pl.DataFrame:
    """The last rows of each series by time, as many as the past of a row is made of."""
    time, series = str(model.problem.time), list(model.problem.series)
    known = rows.drop_nulls(time).sort(time, maintain_order=True)
    if not series:
        return known.tail(SHORT + LONG)
    return known.group_by(series, maintain_order=True).tail(SHORT + LONG).select(rows.columns)


def _with_reasons(told: pl.DataFrame, model: Model, rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """The predictions with a column `reasons`, empty where no alert is raised."""
    events = model.problem.events
    if events is None:
        raise FathomError(
            phrase("Reasons are told of frauds; this model is for {task}.", task=model.problem.task),
            remedy=phrase("Leave --reasons out."),
        )
    raised = np.flatnonzero((told["prediction"] == model.problem.classes[1]).to_numpy())
    lines: list[str | None] = [None] * told.height
    whole = model.arranged(rows)
    for at, why in zip(raised.tolist(), reasons(model.learner, model.problem, whole.take(raised), most), strict=True):
        lines[at] = said(why)
    return told.with_columns(pl.Series("reasons", lines, dtype=pl.String))
