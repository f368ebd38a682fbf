"""Predictions: what a learner puts out, one class per kind of output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.tasks.boxes import Box, Boxes, read_boxes
from fathom.tasks.forecasts import Forecasts, is_forecasts, read_forecasts
from fathom.tasks.identities import Identities, is_identities, read_identities
from fathom.tasks.label_sets import LabelSets, read_sets

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labels:
    """One label per row, with a probability for each class.

    `probabilities`: float64 [rows, classes], each row sums to 1, columns in the order of `classes`.

    >>> Labels(("cat", "dog"), np.array([[0.2, 0.8]])).frame().columns
    ['prediction', 'probability:cat', 'probability:dog']
    """

    classes: tuple[str, ...]
    probabilities: Floats

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def codes(self) -> npt.NDArray[np.intp]:
        """The position of each row's most probable class."""
        best: npt.NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return best

    @property
    def values(self) -> npt.NDArray[np.object_]:
        """Each row's most probable class."""
        return np.array(self.classes, dtype=object)[self.codes]

    def take(self, rows: npt.NDArray[np.intp]) -> Labels:
        """These rows only."""
        return replace(self, probabilities=self.probabilities[rows])

    def frame(self) -> pl.DataFrame:
        """`prediction` and one `probability:<class>` per class."""
        columns: dict[str, Any] = {"prediction": pl.Series(self.values.tolist(), dtype=pl.String)}
        columns |= {f"probability:{name}": self.probabilities[:, i] for i, name in enumerate(self.classes)}
        return pl.DataFrame(columns)


@dataclass(frozen=True)
class Numbers:
    """One number per row, with an interval where one was calibrated.

    `values`, `low`, `high`: float64 [rows], in the target's unit.

    >>> Numbers(np.array([3.0]), np.array([2.5]), np.array([3.5])).frame().columns
    ['prediction', 'low', 'high']
    """

    values: Floats
    low: Floats | None = None
    high: Floats | None = None

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: npt.NDArray[np.intp]) -> Numbers:
        """These rows only."""
        if self.low is None or self.high is None:
            return Numbers(self.values[rows])
        return Numbers(self.values[rows], self.low[rows], self.high[rows])

    def frame(self) -> pl.DataFrame:
        """`prediction`, and `low` and `high` where there is an interval."""
        columns = {"prediction": self.values}
        if self.low is not None and self.high is not None:
            columns |= {"low": self.low, "high": self.high}
        return pl.DataFrame(columns)


class Entity(NamedTuple):
    """A stretch of a row's text: its first character, the one after the last, what it says, what it is, how sure."""

    start: int
    end: int
    text: str
    label: str
    probability: float


ENTITIES = pl.List(
    pl.Struct({"start": pl.Int64, "end": pl.Int64, "text": pl.String, "label": pl.String, "probability": pl.Float64})
)


@dataclass(frozen=True)
class Spans:
    """The entities of each row's text, in order and apart; none where it names none.

    >>> said = Spans.of([[Entity(3, 8, "Seoul", "city", 0.9)], []])
    >>> said.frame()["prediction"].to_list()[0][0]["label"], len(said.take(np.array([1])).rows[0])
    ('city', 0)
    """

    rows: tuple[tuple[Entity, ...], ...]

    @classmethod
    def of(cls, rows: Iterable[Iterable[Entity]]) -> Spans:
        """These entities, row by row."""
        return cls(tuple(tuple(row) for row in rows))

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: npt.NDArray[np.intp]) -> Spans:
        """These rows only."""
        return Spans(tuple(self.rows[row] for row in rows))

    def records(self) -> list[list[dict[str, Any]]]:
        """Each row's entities as plain data: start, end, text, label, probability."""
        return [[entity._asdict() for entity in row] for row in self.rows]

    def frame(self) -> pl.DataFrame:
        """`prediction`, a list of start, end, text, label and probability."""
        return pl.DataFrame([pl.Series("prediction", self.records(), dtype=ENTITIES)])


def read_entities(rows: Iterable[Iterable[Mapping[str, Any]] | None]) -> Spans:
    """The entities that `records` made plain data of."""
    names = Entity._fields
    return Spans.of([Entity(*(each[name] for name in names)) for each in row or ()] for row in rows)


Predictions = Labels | Numbers | Spans | LabelSets | Boxes | Identities | Forecasts

__all__ = [
    "Box",
    "Boxes",
    "Entity",
    "Forecasts",
    "Identities",
    "LabelSets",
    "Labels",
    "Numbers",
    "Predictions",
    "Spans",
    "from_frame",
]


def from_frame(frame: pl.DataFrame) -> Predictions:
    """The predictions that `frame()` wrote."""
    if is_identities(frame):
        return read_identities(frame)
    if is_forecasts(frame):
        return read_forecasts(frame)
    classes = tuple(name.removeprefix("probability:") for name in frame.columns if name.startswith("probability:"))
    if classes and isinstance(frame.schema["prediction"], pl.List):
        return read_sets(frame, classes)
    if classes:
        return Labels(classes, frame.select(f"probability:{name}" for name in classes).to_numpy())
    kind = frame.schema["prediction"]
    if isinstance(kind, pl.List) and isinstance(kind.inner, pl.Struct) and kind.inner.fields[0].name == "left":
        return read_boxes(frame["prediction"].to_list())
    if isinstance(kind, pl.List):
        return read_entities(frame["prediction"].to_list())
    values = frame["prediction"].to_numpy()
    if "low" in frame.columns:
        return Numbers(values, frame["low"].to_numpy(), frame["high"].to_numpy())
    return Numbers(values)
