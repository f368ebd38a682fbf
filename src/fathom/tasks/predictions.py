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
from fathom.tasks.scores import Scores, is_scores, read_scores

Floats = npt.NDArray[np.float64]
HALF = 0.5


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
class Alerts(Labels):
    """Two labels, the usual one first; the other is said from a threshold on that validation rows chose.

    `amounts`: float64 [rows], what each row would lose if it were the rare label and nobody looked, where that is
    known; `review_cost` what looking at an alert costs, in the same unit.

    >>> said = Alerts(("honest", "fraud"), np.array([[0.7, 0.3], [0.9, 0.1]]), threshold=0.25)
    >>> said.values.tolist()
    ['fraud', 'honest']
    """

    threshold: float = HALF
    amounts: Floats | None = None
    review_cost: float = 0.0

    @property
    def scores(self) -> Floats:
        """The probability of the rare label, float64 [rows]."""
        scores: Floats = self.probabilities[:, 1]
        return scores

    @property
    def codes(self) -> npt.NDArray[np.intp]:
        """1 where the rare label is said."""
        return (self.scores >= self.threshold).astype(np.intp)

    def take(self, rows: npt.NDArray[np.intp]) -> Alerts:
        """These rows only."""
        amounts = None if self.amounts is None else self.amounts[rows]
        return replace(self, probabilities=self.probabilities[rows], amounts=amounts)

    def frame(self) -> pl.DataFrame:
        """`prediction`, a `probability:<class>` for each class, the `threshold`, and amounts where they are known."""
        columns = {"threshold": pl.Series([self.threshold] * len(self), dtype=pl.Float64)}
        if self.amounts is not None:
            columns["amount"] = pl.Series(self.amounts, dtype=pl.Float64)
            columns["review_cost"] = pl.Series([self.review_cost] * len(self), dtype=pl.Float64)
        return super().frame().with_columns(**columns)


def read_alerts(labels: Labels, frame: pl.DataFrame) -> Alerts:
    """The alerts that `Alerts.frame` wrote, given the labels in it."""
    threshold = float(frame["threshold"][0]) if frame.height else HALF
    if "amount" not in frame.columns:
        return Alerts(labels.classes, labels.probabilities, threshold)
    cost = float(frame["review_cost"][0]) if frame.height else 0.0
    return Alerts(labels.classes, labels.probabilities, threshold, frame["amount"].to_numpy(), cost)


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


Predictions = Labels | Numbers | Spans | LabelSets | Boxes | Identities | Forecasts | Scores

__all__ = [
    "HALF",
    "Alerts",
    "Box",
    "Boxes",
    "Entity",
    "Forecasts",
    "Identities",
    "LabelSets",
    "Labels",
    "Numbers",
    "Predictions",
    "Scores",
    "Spans",
    "from_frame",
]


def from_frame(frame: pl.DataFrame) -> Predictions:
    """The predictions that `frame()` wrote."""
    if is_identities(frame):
        return read_identities(frame)
    if is_forecasts(frame):
        return read_forecasts(frame)
    if is_scores(frame.columns):
        return read_scores(frame)
    classes = tuple(name.removeprefix("probability:") for name in frame.columns if name.startswith("probability:"))
    if classes and isinstance(frame.schema["prediction"], pl.List):
        return read_sets(frame, classes)
    if classes:
        said = Labels(classes, frame.select(f"probability:{name}" for name in classes).to_numpy())
        return read_alerts(said, frame) if "threshold" in frame.columns else said
    kind = frame.schema["prediction"]
    if isinstance(kind, pl.List) and isinstance(kind.inner, pl.Struct) and kind.inner.fields[0].name == "left":
        return read_boxes(frame["prediction"].to_list())
    if isinstance(kind, pl.List):
        return read_entities(frame["prediction"].to_list())
    values = frame["prediction"].to_numpy()
    if "low" in frame.columns:
        return Numbers(values, frame["low"].to_numpy(), frame["high"].to_numpy())
    return Numbers(values)
