"""A model: a trained learner with its problem and its provenance. It predicts, is saved, loaded and served."""

from __future__ import annotations

import html
import json
import math
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom import __version__, catalog
from fathom.data import given, read
from fathom.data.conform import conform
from fathom.data.dataset import Dataset, Source
from fathom.data.events.memory import Memory
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError, ExportError, FathomError, StoreError
from fathom.folders import check_manifest, whole_folder, write_json
from fathom.learner import Learner, Recogniser
from fathom.messages import phrase, restore
from fathom.tasks import bands
from fathom.tasks.acquaintance import noticed
from fathom.tasks.gallery import Gallery
from fathom.tasks.identities import Identities, Verified, hold_to_faces, verified
from fathom.tasks.label_sets import HALF, LabelSets
from fathom.tasks.predictions import Alerts, Forecasts, Labels, Numbers, Predictions
from fathom.tasks.problem import Problem
from fathom.tasks.reasons import MOST as MOST_REASONS
from fathom.tasks.reasons import Reason, reasons
from fathom.tasks.scores import Scores
from fathom.tasks.task import Task

FORMAT = 1
FILE = "model.json"
MEMORY = "memory"
LEAST = 1e-12  # probability that the log-odds of a rare label are told from
RECORD_KEYS = {"learner", "family", "problem", "calibration", "card"}
LIBRARIES = ("fathom-ml", "numpy", "polars", "scikit-learn", "lightgbm", "skops", "torch", "safetensors")
OWN = {"estimator": "fathom.classical.own:OwnEstimator", "module": "fathom.deep.own:OwnModule"}


@dataclass
class Model:
    """A trained learner that checks what it is asked about.

    `name` and `family` are the learner's. `calibration` corrects what the learner puts out: `temperature` for labels,
    `half_width` and `coverage` for numbers, a factor for each band of forecasts. `card` says what made
    it: data fingerprint, rows, seed, measure, scores, library versions, created, and
    `maker`, how to load the learner: "catalog", "estimator" or "module".
    `memory` is what went before, where rows are events of somebody. `notices`: what was odd when somebody became known
    by `enrol`; they are not kept on disk.
    """

    learner: Learner
    name: str
    family: str
    problem: Problem
    calibration: dict[str, float] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    memory: Memory | None = None
    notices: tuple[str, ...] = ()

    def predict(self, data: Any) -> Predictions:
        """Predictions for new rows.

        `data`: a file, frame, row dicts, one row's dict, a dict of columns, an array whose columns are the inputs in
        their order, or the plain values of an only input (of pictures: paths, bytes or arrays of pixels). A DataError
        names column and row where the rows do not fit what the model was trained with.
        """
        if isinstance(data, Dataset):
            return self.predict_frame(data.frame, data.folder, data.source.location)
        data = _rows(data)
        if isinstance(data, np.ndarray) and data.ndim == 2 and data.shape[1] == len(self.problem.asked):
            data = {column.name: data[:, place] for place, column in enumerate(self.problem.asked)}
        elif _is_values(data):
            name = self._only_input()
            data = {name: given.cells(data) if self.problem.asked[0].kind == Kind.IMAGE else list(data)}
        frame, source, folder = read.raw(data)
        return self.predict_frame(frame, folder, source.location)

    def verify(self, one: Any, other: Any) -> Verified:
        """Whether two pictures (paths, bytes or arrays of pixels) are of one person; a DataError without a face."""
        self._recogniser()
        pictures = given.pictures([one, other])
        if len(pictures) != 2:
            raise DataError(phrase("Two pictures are compared, not {count}.", count=len(pictures)))
        return verified(self._faces(pictures))

    def enrol(self, person: str, pictures: Iterable[Any]) -> Model:
        """The model that knows this person too, or this person by these pictures too; nothing is trained.

        `pictures`: paths, folders of pictures, encoded bytes or arrays of pixels; three or more are wise.
        Equal pictures count once. Of the pictures the sum of their vectors is kept, nothing else. Thresholds stay as
        they were: with more persons more strangers are taken for one of them. The model itself is left as it was.
        `notices` of the new one name pictures unlike the person's others, and who looks like them under another name.
        A DataError names the pictures on which no face is found.
        """
        self._recogniser()
        each = given.distinct(given.pictures(pictures))
        return self.knowing(person, self._faces(each).vectors, [picture.name for picture in each])

    def knowing(self, person: str, vectors: npt.NDArray[np.float64], names: Sequence[str] = ()) -> Model:
        """The same by the vectors [pictures, size] that the model makes of the person's pictures, called `names`."""
        gallery, person = self._recogniser().gallery_, person.strip()
        knowing = self._knowing(gallery.enrolled(person, vectors))
        return replace(knowing, notices=noticed(gallery, person, vectors, self.calibration, names))

    def forget(self, person: str) -> Model:
        """The model that does not know this person: name and vector are gone. The model itself is left as it was.

        What a network learned from the person's pictures in training stays in its weights.
        """
        return self._knowing(self._recogniser().gallery_.without(person))

    def _recogniser(self) -> Recogniser:
        if not isinstance(self.learner, Recogniser) or not self.problem.persons:
            raise DataError(
                phrase("This model ({name}, {task}) recognises nobody.", name=self.name, task=self.problem.task),
                remedy=phrase("Train one with --task face-recognition."),
            )
        return self.learner

    def _knowing(self, gallery: Gallery) -> Model:
        """The model with another gallery; its card says with how many persons it was tested."""
        learner = self._recogniser().knowing(gallery)
        known = {"tested": len(self.problem.persons), **self.card.get("persons", {}), "known": len(gallery.persons)}
        problem = replace(self.problem, persons=gallery.persons)
        return replace(self, learner=learner, problem=problem, card={**self.card, "persons": known}, notices=())

    def _faces(self, pictures: Sequence[given.Given]) -> Identities:
        """What is said of pictures given one by one; a DataError that names those on which no face is found."""
        name = self._only_input()
        said = self.predict_frame(pl.DataFrame({name: pl.Series([each.data for each in pictures], dtype=pl.Binary)}))
        assert isinstance(said, Identities)
        hold_to_faces(said, name, [each.name for each in pictures])
        return said

    def predict_frame(self, frame: pl.DataFrame, folder: Path | None = None, where: str = "") -> Predictions:
        """Predictions for a frame of raw rows; `folder` is what paths of media in it are relative to."""
        rows = self.laid_out(frame, folder, where)
        said: Predictions = calibrated(self.answered(rows), self.calibration)
        named: Predictions = self._task.named(said, rows, self.problem)
        return named

    def answered(self, rows: Dataset, predict: Callable[[Dataset], Predictions] | None = None) -> Predictions:
        """What the learner, or another that `predict`s for it, says of rows as they are given; not yet calibrated."""
        answered: Predictions = self._task.answered(predict or self.learner.predict, rows, self.problem)
        return answered

    def laid_out(self, frame: pl.DataFrame, folder: Path | None = None, where: str = "") -> Dataset:
        """Raw rows as the learner sees them, held to what the model was trained with."""
        frame = self._task.unfold(frame, self.problem)
        return self.arranged(conform(frame, self.problem.asked, where=where, folder=folder), folder)

    def examined(self, frame: pl.DataFrame, where: str = "") -> tuple[Dataset, Predictions]:
        """Rows that hold the truth and what is said of them, where predictions are not of the rows that are given."""
        assert self._task.examine is not None
        rows = conform(self._task.unfold(frame, self.problem), self.problem.asked, where=where)
        asked = self._task.examine(rows, self.problem)
        said = self.learner.predict(asked.select([column.name for column in self.problem.inputs]))
        return asked, calibrated(said, self.calibration)

    def reasons(self, data: Any, most: int = MOST_REASONS) -> list[list[Reason]]:
        """What speaks most for the rare of two labels in each row, the strongest first; `data` as for `predict`."""
        if self.problem.events is None:
            raise DataError(
                phrase("Reasons are told of frauds; this model is for {task}.", task=self.problem.task),
                remedy=phrase("Train one with --task fraud-detection."),
            )
        frame, source, folder = (
            (data.frame, data.source, data.folder) if isinstance(data, Dataset) else read.raw(_rows(data))
        )
        rows = self.arranged(conform(frame, self.problem.asked, where=source.location, folder=folder), folder)
        return reasons(self.learner, self.problem, rows, most)

    def following(self) -> Model:
        """The same model with a memory of its own, for rows that come piece by piece; see `remember`."""
        return self if self.memory is None else replace(self, memory=self.memory.afresh())

    def remember(self, rows: pl.DataFrame) -> None:
        """Remember rows with the columns that are asked for as what goes before the next; nothing without a memory."""
        if self.memory is not None:
            for record in conform(rows, self.problem.asked).to_dicts():
                self.memory.add(record)

    def arranged(self, rows: pl.DataFrame, folder: Path | None = None) -> Dataset:
        """Rows with the columns that are asked for, as the learner sees them."""
        made = self._task.arrange(rows, self.problem, self.memory)
        return Dataset(made, self.problem.inputs, _NOWHERE, folder)

    @property
    def _task(self) -> Task:
        task: Task = catalog.load(catalog.task(self.problem.task).path)
        return task

    def test(self, data: Any) -> dict[str, float]:
        """Every measure of the task on rows that hold the truth; rows without it are left out."""
        columns = (*self.problem.asked, self._target())
        if isinstance(data, Dataset):
            frame, source, folder = data.frame, data.source, data.folder
        else:
            frame, source, folder = read.raw(data)
        if self._task.examine is not None:
            tested, said = self.examined(frame, source.location)
            return self._task.scores(self.problem.truth(tested), said)
        rows = Dataset(conform(frame, columns, where=source.location, folder=folder), columns, source, folder)
        rows = rows.take(np.flatnonzero(rows[self.problem.target].is_not_null().to_numpy()))
        if not len(rows):
            raise DataError(
                phrase("No row has a value for '{target}'.", target=self.problem.target), where=source.location
            )
        asked = self.arranged(rows.frame.select(column.name for column in self.problem.asked), folder)
        predictions = self._task.weighed(self.answered(asked), asked, self.problem)
        return self._task.scores(self.problem.truth(rows), calibrated(predictions, self.calibration))

    def save(self, folder: Path | str) -> Path:
        """Write the model into `folder`, whole or not at all; an earlier model there is replaced."""
        folder = Path(folder)
        with whole_folder(folder) as beside:
            self.write(beside)
        return folder

    def write(self, folder: Path) -> None:
        """Write the model's files into an existing, empty folder; the manifest is left to the caller."""
        (folder / "learner").mkdir()
        self.learner.save(folder / "learner")
        if self.memory is not None:
            (folder / MEMORY).mkdir()
            self.memory.save(folder / MEMORY)
        write_json(folder / FILE, finite(self._record()))

    def export(self, folder: Path | str, to: str = "onnx", data: Any = None) -> dict[str, Any]:
        """Write the model into a new folder as other programs read it, and return what its export.json says.

        `to`: "onnx" (a graph that answers as this model does, checked on rows made up for it and on `data`), or
        "transformers" (the network inside a model of `pretrained`, without its head). A FathomError, and nothing
        written, where that cannot be.
        """
        if to not in catalog.EXPORTS:
            raise FathomError(
                phrase("There is no format '{to}'.", to=to),
                remedy=phrase("The formats are: {names}.", names=", ".join(catalog.EXPORTS)),
            )
        if self.problem.events is not None:
            raise ExportError(
                phrase(
                    "A model of frauds cannot be written as {format}: its answers hang on earlier events.", format=to
                ),
                remedy=phrase("Serve it with `fathom serve`, which keeps what each card, device or shop did."),
            )
        if self.problem.given and self.problem.horizon is None:
            raise ExportError(
                phrase(
                    "A model of readings cannot be written as {format}: its answers hang on the readings before.",
                    format=to,
                ),
                remedy=phrase("Serve it with `fathom serve`, and send the readings before with those to be judged."),
            )
        catalog.require(catalog.EXPORT_EXTRAS[to], phrase("Writing a model as {format}", format=to))
        told: dict[str, Any] = catalog.load(catalog.EXPORTS[to])(self, Path(folder), data)
        return told

    @classmethod
    def load(cls, folder: Path | str, trusted: tuple[str, ...] = (), module: Any = None) -> Self:
        """The model that `save` wrote, every file held to its digest first.

        `trusted` names types of your own estimator to load beside the fixed list; `module` is your own
        torch module, for the weights to be put into. Nothing is imported that the folder names: a learner is found by
        its name, in the catalog or among those that installed packages publish.
        """
        folder = Path(folder)
        record = read_record(folder)
        check_manifest(folder)
        learner = _load_learner(folder / "learner", record, trusted, module)
        problem = Problem.from_json(record["problem"])
        memory = None
        if problem.events is not None and (folder / MEMORY).is_dir():
            memory = Memory.load(folder / MEMORY, problem.events)
        return cls(learner, record["learner"], record["family"], problem, record["calibration"], record["card"], memory)

    def _record(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "fathom": __version__,
            "learner": self.name,
            "family": self.family,
            "problem": self.problem.to_json(),
            "calibration": self.calibration,
            "card": {"created": now(), "libraries": libraries(), **self.card},
        }

    def _target(self) -> Column:
        """The target as it stood in the data, or as the problem implies."""
        if "target" in self.card:
            return Column.from_json(self.card["target"])
        return Column(self.problem.target, self.problem.answer)

    def _only_input(self) -> str:
        names = [column.name for column in self.problem.asked]
        if len(names) != 1:
            raise DataError(
                phrase(
                    "The model reads {count} columns; a plain list of values does not say which is which.",
                    count=len(names),
                ),
                remedy=phrase("Give a list of dicts with the columns: {names}.", names=", ".join(names[:20])),
            )
        return names[0]

    def __str__(self) -> str:
        return phrase(
            "{name} ({family}) for {task}: predicts '{target}'",
            name=self.name,
            family=self.family,
            task=self.problem.task,
            target=self.problem.target,
        )

    def _repr_html_(self) -> str:
        facts: dict[str, Any] = {"task": self.problem.task, "predicts": self.problem.target, "family": self.family}
        facts |= {name: value for name, value in self.card.items() if isinstance(value, str | int | float)}
        rows = "".join(
            f"<tr><th>{html.escape(str(k))}</th><td>{html.escape(str(v))}</td></tr>" for k, v in facts.items()
        )
        return f"<table><caption>{html.escape(self.name)}</caption>{rows}</table>"


_NOWHERE = Source()


def calibrated(predictions: Predictions, calibration: Mapping[str, float]) -> Predictions:
    """The predictions with their probabilities or intervals corrected.

    >>> calibrated(Numbers(np.array([3.0])), {"half_width": 0.5}).low
    array([2.5])
    """
    if isinstance(predictions, Labels) and "alert" in calibration:
        return alarmed(predictions, calibration)
    if isinstance(predictions, Labels):
        temperature = calibration.get("temperature", 1.0)
        if temperature == 1.0:
            return predictions
        powers = np.clip(predictions.probabilities, 1e-7, 1.0) ** (1.0 / temperature)
        return replace(predictions, probabilities=powers / powers.sum(axis=1, keepdims=True))
    if isinstance(predictions, LabelSets):
        return predictions.at(calibration.get("threshold", HALF))
    if isinstance(predictions, Scores):
        return predictions.at(calibration.get("threshold", math.inf))
    if isinstance(predictions, Identities):
        return predictions.at(calibration.get("threshold", -1.0), calibration.get("pair_threshold", -1.0))
    if isinstance(predictions, Forecasts):
        return bands.fitted(predictions, calibration)
    if "half_width" in calibration and isinstance(predictions, Numbers):
        half = calibration["half_width"]
        return Numbers(predictions.values, predictions.values - half, predictions.values + half)
    return predictions


def alarmed(labels: Labels, calibration: Mapping[str, float]) -> Alerts:
    """The labels as alerts: the log-odds of the rare one stretched and shifted (Platt 1999), and held to a threshold.

    >>> alarmed(Labels(("no", "yes"), np.array([[0.5, 0.5]])), {"slope": 2.0, "shift": 0.0, "alert": 0.4}).codes
    array([1])
    """
    alerts = labels if isinstance(labels, Alerts) else Alerts(labels.classes, labels.probabilities)
    alerts = replace(alerts, threshold=calibration["alert"])
    if "slope" not in calibration:
        return alerts
    given = np.clip(alerts.probabilities, LEAST, 1.0)
    odds = calibration["slope"] * (np.log(given[:, 1]) - np.log(given[:, 0])) + calibration["shift"]
    rare = 1.0 / (1.0 + np.exp(-odds))
    return replace(alerts, probabilities=np.column_stack([1.0 - rare, rare]))


def read_record(folder: Path) -> dict[str, Any]:
    """What model.json says, refused where a newer fathom wrote it."""
    try:
        record: dict[str, Any] = restore(json.loads((folder / FILE).read_text("utf-8")))
        number, maker = int(record["format"]), record["fathom"]
        if number <= FORMAT and not record.keys() >= RECORD_KEYS:
            raise KeyError("a part of the record")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            phrase("This is no model, or its record is damaged."),
            where=str(folder),
            remedy=phrase("`fathom models` lists the models; train it again if its folder is damaged."),
        ) from error
    if number > FORMAT:
        raise StoreError(
            phrase(
                "The model was made by fathom {maker}, which writes a newer format than fathom {version} reads.",
                maker=maker,
                version=__version__,
            ),
            where=str(folder),
            remedy=f"pip install 'fathom-ml>={maker}'",
        )
    return record


def libraries() -> dict[str, str]:
    """The versions of what predictions may depend on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def now() -> str:
    """The time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def finite(data: Any) -> Any:
    """The same JSON data with null where a float is not finite, which JSON cannot say.

    >>> finite({"auc": float("nan"), "rows": [1, 2.5]})
    {'auc': None, 'rows': [1, 2.5]}
    """
    if isinstance(data, dict):
        return {str(key): finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    if isinstance(data, np.generic):
        return finite(data.item())
    return None if isinstance(data, float) and not math.isfinite(data) else data


def _load_learner(folder: Path, record: dict[str, Any], trusted: tuple[str, ...], module: Any) -> Learner:
    maker = record["card"].get("maker", "catalog")
    if maker == "estimator":
        loaded: Learner = catalog.load(OWN["estimator"]).load(folder, trusted=trusted)
        return loaded
    if maker == "module":
        catalog.require("deep", phrase("The model"))
        loaded = catalog.load(OWN["module"]).load(folder, module=module)
        return loaded
    if maker != "catalog":
        raise StoreError(
            phrase("The model was made by a learner of your own, '{learner}'.", learner=record["learner"]),
            where=str(folder),
            remedy=phrase("Load it with the class that made it; only learners of the catalog are found by name."),
        )
    row = catalog.learner(record["learner"])
    catalog.require(row.extra, phrase("The model ('{name}')", name=row.name))
    loaded = catalog.load(row.path).load(folder)
    return loaded


def _rows(data: Any) -> Any:
    """One row's dict as a list of rows; anything else as it is."""
    return [data] if isinstance(data, Mapping) and not any(map(_holds_rows, data.values())) else data


def _holds_rows(column: Any) -> bool:
    """Whether a value of a dict is a column of rows rather than one row's cell."""
    return hasattr(column, "__len__") and not isinstance(column, str | bytes | Mapping)


def _is_values(data: Any) -> bool:
    """Whether `data` is a plain list of single values rather than rows or a table."""
    return isinstance(data, list | tuple) and bool(data) and not isinstance(data[0], Mapping | list | tuple)
