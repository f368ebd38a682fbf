"""Batch prediction: rows in, rows with predictions out, one piece in memory at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from fathom.cli import export, output
from fathom.data import scan
from fathom.data.conform import conform, unseen
from fathom.messages import plural
from fathom.model import Model
from fathom.records.record import Form
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Predictions, Spans

PIECE = 65_536  # rows


@dataclass
class Batch:
    """The rows of `data` with the model's predictions beside them; `only`: the predictions alone."""

    model: Model
    data: str
    only: bool = False
    form: Form | None = None  # of a record, where entities are to be columns

    def write(self, target: Path, *, bom: bool = False) -> int:
        """Write all rows to a file; their number."""
        return export.write(self.pieces(), target, bom=bom)

    def stream(self, *, bom: bool = False) -> int:
        """Write all rows to stdout as CSV; their number."""
        return export.write_csv(self.pieces(), sys.stdout.buffer, bom=bom)

    def rows(self) -> list[dict[str, Any]]:
        """All rows as dicts."""
        return [row for piece in self.pieces() for row in export.without_bytes(piece).to_dicts()]

    def _told(self, predictions: Predictions, rows: pl.DataFrame) -> pl.DataFrame:
        if isinstance(predictions, Identities):
            return predictions.table()
        if self.form is None or not isinstance(predictions, Spans):
            return predictions.frame()
        return self.form.frame(rows[self.model.problem.inputs[0].name].to_list(), predictions)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The rows with their predictions, piece by piece."""
        inputs = self.model.problem.inputs
        path = Path(self.data).expanduser()
        folder = path if path.is_dir() else path.parent
        first_row = 1
        strange: dict[str, tuple[int, str]] = {}  # by column: how many values training did not see, and the first
        for raw in scan.batches(self.data, inputs, PIECE):
            rows = conform(raw, inputs, where=self.data, folder=folder, first_row=first_row)
            predictions = self._told(self.model.predict_frame(rows, folder, self.data), rows)
            yield predictions if self.only else export.beside(raw, predictions, self.data)
            first_row += raw.height
            for name, values in unseen(rows, inputs).items():
                count, first = strange.get(name, (0, values[0]))
                strange[name] = (count + len(values), first)
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
