"""A problem: a task on a dataset. Which column to predict, which go in, which is time, which groups rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import boxes, spans
from fathom.data.cast import as_text
from fathom.data.cuts import way_of
from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.kinds import Column, Kind
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import futures
from fathom.tasks.identities import FAR
from fathom.tasks.label_sets import encoded
from fathom.tasks.scores import SHARE

USUAL = "usual"  # the condition of a row that nothing was planted in
USUAL_WORDS = [USUAL, "normal", "no", "false", "0", "정상", "아니오"]


@dataclass(frozen=True)
class Problem:
    """What is to be learned, complete enough to check new rows years later.

    `inputs` are the columns that go in, in order; `classes` the labels a label task can answer, sorted; `labels`
    those that stretches of a text can have, sorted, where these are what is answered; `sets` those of which a row can
    have none, one or several, sorted; `boxes` those that rectangles in a picture can have, sorted; `persons` those that
    are known where somebody is to be recognised, `far` the share of strangers that may be taken for one of them, `cut`
    how faces are first to be cut out of the pictures, if at all; `horizon` how far ahead a series is to be forecast,
    and `given` the columns that a person gives of it; `events` what makes rows events of somebody, where frauds are
    looked for: the rarer of the two `classes` stands second then.

    `conditions` are what a row can be where anomalies are sought, the usual one first: learners are not told which row
    is what. `alerts` says how many rows may be flagged, in a person's words, `share` the share of rows that this is;
    `planted` whether the anomalies that test were planted, because no column names any; `series` the columns that name
    a series where rows go on from one another.

    >>> problem = Problem("tabular-classification", "kind", (Column("age", Kind.NUMBER),), ("cat", "dog"))
    >>> problem.inputs_of(Kind.NUMBER)
    ('age',)
    """

    task: str
    target: str
    inputs: tuple[Column, ...]
    classes: tuple[str, ...] = ()
    group: str | None = None
    time: str | None = None
    labels: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    far: float = FAR
    cut: str = ""
    horizon: Horizon | None = None
    events: Events | None = None
    given: tuple[Column, ...] = ()
    conditions: tuple[str, ...] = ()
    alerts: str = ""
    share: float = SHARE
    planted: bool = False
    series: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[Column, ...]:
        """The columns that new rows must have; `inputs` are made of them."""
        if self.events and self.events.given:
            return self.events.given
        return self.given or self.inputs

    def inputs_of(self, kind: Kind) -> tuple[str, ...]:
        """The names of the inputs of one kind."""
        return tuple(column.name for column in self.inputs if column.kind == kind)

    @property
    def answer(self) -> Kind:
        """What the column to predict holds."""
        if self.horizon:
            return Kind.SERIES
        if self.boxes:
            return Kind.BOXES
        if self.labels or self.sets:
            return Kind.SPANS if self.labels else Kind.LABELS
        return Kind.CATEGORY if self.classes or self.persons or self.conditions else Kind.NUMBER

    def truth(self, dataset: Dataset) -> npt.NDArray[Any]:
        """The target's values: int64 class positions (-1: a label not in `classes`, or none), or float64 numbers.

        Of spans an object array: tuples of (start, end, label), None for a row that nobody has looked at; of boxes
        one of tuples of `Mark`. Of sets int8 [rows, sets]: 1 where the row has the label, -1 throughout where nobody
        has looked. Of persons int64 positions, strangers numbered on from the last of them, by name. Of series
        a structured array of what came next (`futures`). Of conditions int64 positions, 0 being the usual one, and one
        more for any other.
        """
        target = dataset[self.target]
        if self.horizon:
            return futures(target, self.horizon.ahead)
        if self.labels or self.boxes:
            found = np.empty(len(target), dtype=object)
            found[:] = spans.listed(target) if self.labels else boxes.listed(target)
            return found
        if self.sets:
            return encoded(target, self.sets)
        if self.persons:
            return with_strangers(target, self.persons)
        if self.conditions:
            return conditions_of(target, self.conditions)
        if self.classes:
            return codes(target, self.classes)
        return target.cast(pl.Float64).to_numpy()

    def known(self, truth: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Which rows have a truth to learn from and to be held to."""
        if self.labels or self.boxes:
            return np.fromiter((row is not None for row in truth), dtype=bool, count=len(truth))
        if self.horizon:
            seen: npt.NDArray[np.bool_] = np.isfinite(truth["future"]).any(axis=1)
            return seen
        if self.sets:
            truth = truth[:, 0]
        known: npt.NDArray[np.bool_] = np.isfinite(truth) if self.answer == Kind.NUMBER else truth >= 0
        return known

    def to_json(self) -> dict[str, Any]:
        """The problem as plain JSON data."""
        return {
            "task": self.task,
            "target": self.target,
            "inputs": [column.to_json() for column in self.inputs],
            "classes": list(self.classes),
            "group": self.group,
            "time": self.time,
            "labels": list(self.labels),
            "sets": list(self.sets),
            "boxes": list(self.boxes),
            **({"persons": list(self.persons), "far": self.far, "cut": self.cut} if self.persons else {}),
            **({"horizon": self.horizon.to_json()} if self.horizon else {}),
            **({"events": self.events.to_json()} if self.events else {}),
            **({"given": [column.to_json() for column in self.given]} if self.given else {}),
            **self._watch(),
        }

    def _watch(self) -> dict[str, Any]:
        """What only problems of anomalies say, as plain JSON data."""
        if not self.conditions:
            return {}
        told = {"alerts": self.alerts, "share": self.share, "planted": self.planted, "series": list(self.series)}
        return {"conditions": list(self.conditions), **told}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Problem:
        """The problem that `to_json` described."""
        inputs = tuple(Column.from_json(column) for column in data["inputs"])
        lists = ("classes", "labels", "sets", "boxes", "persons", "conditions", "series")
        said: dict[str, Any] = {name: tuple(data.get(name, ())) for name in lists}
        said |= {"far": float(data.get("far", FAR)), "cut": way_of(data.get("cut"))}
        said["given"] = tuple(map(Column.from_json, data.get("given", ())))
        said["horizon"] = Horizon.from_json(data["horizon"]) if data.get("horizon") else None
        said["events"] = Events.from_json(data["events"]) if data.get("events") else None
        said |= {"alerts": str(data.get("alerts", "")), "share": float(data.get("share", SHARE))}
        said |= {"planted": bool(data.get("planted", False))}
        return cls(data["task"], data["target"], inputs, group=data["group"], time=data["time"], **said)


def codes(labels: pl.Series, classes: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Each label's position in `classes`; -1 where it is missing or unknown."""
    positions = {name: position for position, name in enumerate(classes)}
    known = as_text(labels).replace_strict(positions, default=-1, return_dtype=pl.Int64)
    return known.fill_null(-1).to_numpy()


def conditions_of(names: pl.Series, conditions: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Each row's position in `conditions`, any other condition being one more; -1: none is said.

    Who tests by a column of their own what was tested by planted anomalies may call usual rows by any usual word.

    >>> conditions_of(pl.Series(["normal", "stuck", None, "hot"]), ("normal", "hot")).tolist()
    [0, 2, -1, 1]
    """
    found = codes(names, conditions).copy()
    texts = as_text(names)
    if conditions[0] == USUAL:
        found[texts.str.to_lowercase().is_in(USUAL_WORDS).fill_null(value=False).to_numpy()] = 0
    found[(found < 0) & texts.is_not_null().to_numpy()] = len(conditions)
    return found


def with_strangers(names: pl.Series, persons: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Each person's position in `persons`, of others from there on in the order of their names; -1: no name.

    >>> with_strangers(pl.Series(["Cy", "Ada", None, "Bo"]), ("Ada",)).tolist()
    [2, 0, -1, 1]
    """
    others = sorted(set(as_text(names.drop_nulls()).to_list()) - set(persons))
    return codes(names, (*persons, *others))
