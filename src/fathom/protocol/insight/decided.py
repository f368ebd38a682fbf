"""What decided in one picture: what is said of it loses where it is covered, or what a network's last maps say."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom import catalog
from fathom.data import cutting, media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.model import Model, calibrated
from fathom.protocol.insight.asking import Asked, OfBox, usual
from fathom.protocol.insight.covering import INSIDE, SIDE, Floats, Grid, Pixels, around, lost, near, placed, regular
from fathom.protocol.insight.mistakes import surest
from fathom.tasks.identities import hold_to_faces
from fathom.tasks.label_sets import HALF
from fathom.tasks.predictions import Identities, Predictions

if TYPE_CHECKING:
    from fathom.protocol.study import Study

FILE = "decided.json"
GRADIENT, COVERED = "grad-cam", "occlusion"
SHOWN = 24  # of the surest mistakes, which a report shows
AT_ONCE, FEW_AT_ONCE = 128, 16  # test rows that are answered before the clock is looked at; fewer of boxes


@dataclass(frozen=True)
class Decided:
    """How much each place of a picture speaks for what was asked about, float64 [down, across], and by which method.

    Of "occlusion" what is lost when the place is covered (of a label's or box's probability, of the similarity to a
    person), below zero where it gains; of "grad-cam" a share of the strongest place. `face`: the face as it was cut
    out, uint8 [height, width, 3], where the places are those of it and not of the picture.
    """

    asked: Asked
    method: str
    places: Floats
    face: Pixels | None = None

    @property
    def label(self) -> str:
        """The label, or the person's name."""
        return self.asked.name

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data, but for the face."""
        return {**self.asked.told(), "method": self.method, "places": np.round(self.places, 4).tolist()}


def decided(
    model: Model, rows: Dataset, asked: Sequence[Asked] | None = None, seconds: float = math.inf
) -> list[Decided]:
    """What decided in each row's picture for what is `asked` about, or for what the model answers itself.

    Of networks whose layers have places Grad-CAM (Selvaraju et al. 2017) and its like, of all others and of persons
    occlusion (Zeiler and Fergus 2014): some fifty places are covered with a plain colour, and these pictures answered
    together; fewer where so many `seconds` do not suffice. A DataError where nothing is said of a row.
    """
    rows, faces = _faces(model, rows)
    each = [one for one in usual(answers(model, rows)) if one] if asked is None else list(asked)
    if len(each) < len(rows):
        raise DataError(phrase("Nothing was found on the picture, so nothing decided."))
    heats: Sequence[Floats | None] | None = None
    if model.family == "deep" and each and each[0].maps:
        heats = catalog.load(each[0].maps)(model.learner, rows, [one.target for one in each])
    found = []
    for row, one in enumerate(each):
        face = None if faces is None else faces[row]
        heat = None if heats is None else heats[row]
        if heat is not None and heat.any():
            found.append(Decided(one, GRADIENT, heat, face))
        else:
            deadline = time.monotonic() + seconds / len(each)
            found.append(Decided(one, COVERED, _lost(model, rows.take(np.array([row])), one, deadline), face))
    return found


def reading(model: Model, test: Dataset, truth: npt.NDArray[Any], seconds: float) -> list[dict[str, Any]]:
    """What decided in the surest mistakes among the test rows, as many as time allows: row, label, method, places.

    Half of the time at most is for finding the mistakes: of slow learners, among some of the rows.
    """
    begin = time.monotonic()
    known = np.flatnonzero(model.problem.known(truth))
    looked: list[Predictions] = []
    at_once = FEW_AT_ONCE if model.problem.boxes else AT_ONCE
    for start in range(0, len(known), at_once):
        if looked and time.monotonic() > begin + seconds / 2:
            break
        looked.append(answers(model, test.take(known[start : start + at_once])))
    least = float(model.calibration.get("threshold", HALF))
    wrong = [
        (start * at_once + row, asked, sure)
        for start, part in enumerate(looked)
        for row, asked, sure in surest(part, truth[known[start * at_once :][: len(part)]], least)
    ]
    found: list[dict[str, Any]] = []
    for at, asked, _ in sorted(wrong, key=lambda each: -each[2])[:SHOWN]:
        left = begin + seconds - time.monotonic()
        if left <= 0:
            break
        row = int(known[at])
        found.append({"row": row, **decided(model, test.take(np.array([row])), [asked], left)[0].to_json()})
    return found


def found(study: Study) -> dict[int, dict[str, Any]]:
    """What was found of the study's winner in its mistakes, by test row; empty where nothing was looked for."""
    try:
        listed = json.loads((study.folder / "importance" / FILE).read_text("utf-8"))
        return {int(each["row"]): each for each in listed}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def answers(model: Model, rows: Dataset) -> Predictions:
    """What the model says of rows as its learner sees them."""
    said: Predictions = calibrated(model.learner.predict(rows), model.calibration)
    return said


def _faces(model: Model, rows: Dataset) -> tuple[Dataset, npt.NDArray[np.uint8] | None]:
    """The rows with their faces cut out, and these, where the model cuts them out; a DataError where there is none.

    They are cut out before anything is covered: whoever covers an eye must not learn where faces are looked for.
    """
    if not model.problem.cut:
        return rows, None
    column = model.problem.inputs[0].name
    cut, counts = cutting.ready(rows, column, model.problem.cut)
    if not (counts > 0).all():
        none = np.zeros((len(rows), 1))
        hold_to_faces(Identities((), none, none, faces=counts), column)
    return cut, media.images(cut[column], None, size=None, channels=3)


def _lost(model: Model, row: Dataset, asked: Asked, deadline: float) -> Floats:
    """What the answer to one row loses where its picture is covered, float64 [down, across].

    A box that is not found on a smaller picture any more is looked for on the part around it, as large as it is; zeros
    where it is not there either.
    """
    column = model.problem.inputs_of(Kind.IMAGE)[0]
    pixels, share = _small(row, column, asked.longest)
    shown = asked.scaled(share) if isinstance(asked, OfBox) else asked
    told = _lost_of(model, row, shown, pixels, deadline)
    if told is None and share < 1.0 and isinstance(asked, OfBox):
        pixels, _ = _small(row, column, math.inf)
        height, width = pixels.shape[:2]
        part = near(height, width, asked.target[:4])
        (top, bottom), (left, right) = part
        told = _lost_of(model, row, asked.moved(-left, -top), pixels[top:bottom, left:right], deadline)
        told = None if told is None else placed(told, part, height, width)
    return np.zeros(regular(*pixels.shape[:2]).shape) if told is None else told


def _lost_of(model: Model, row: Dataset, asked: Asked, pixels: Pixels, deadline: float) -> Floats | None:
    """The same of what is shown of the picture; None where nothing can be lost."""
    column = model.problem.inputs_of(Kind.IMAGE)[0]

    def worth(pictures: Pixels) -> Floats:
        many = row.take(np.zeros(len(pictures), dtype=np.intp))
        seen = replace(many, frame=many.frame.with_columns(pl.Series(column, pictures)))
        return asked.worth(answers(model, seen))

    return lost(pixels, partial(_grid, pixels, asked), worth, deadline)


def _grid(pixels: Pixels, asked: Asked, fewer: int) -> Grid:
    """The places to cover, of which there are fewer where time is short."""
    height, width = pixels.shape[:2]
    if isinstance(asked, OfBox):
        return around(height, width, asked.target[:4], max(INSIDE - fewer, 1))
    return regular(height, width, max(SIDE - fewer, 1))


def _small(row: Dataset, column: str, longest: float) -> tuple[Pixels, float]:
    """The row's picture, uint8 [height, width, channels], no larger than this, and by how much it was scaled."""
    height, width, channels = media.image_shape(row[column], row.folder)
    share = min(1.0, longest / max(height, width))
    size = (max(round(height * share), 1), max(round(width * share), 1))
    return media.images(row[column], row.folder, size=size, channels=channels)[0], share
