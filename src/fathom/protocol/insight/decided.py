"""What decided in one picture: what its label loses where the picture is covered, or what a network's last maps say."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom import catalog
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.model import Model, calibrated
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels

if TYPE_CHECKING:
    from fathom.protocol.study import Study

FILE = "decided.json"
MAPS = "fathom.deep.gradcam:maps"
GRADIENT, COVERED = "grad-cam", "occlusion"
SIDE = 7  # places along the longer side that are covered
REACH = 0.5  # of a place's side that is covered around it as well: an edge alone tells little
LONGEST = 256  # pixels of a picture's longer side that is covered; learners look at no more of it
LEAST = 0.01  # of probability: less than that anywhere, and another colour is tried
GREY = 128
SHOWN = 24  # of the surest mistakes, which a report shows

Answers = Labels | LabelSets
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """How much each place of a picture speaks for a label, float64 [down, across], and by which method.

    Of "occlusion" the probability that the label loses when the place is covered, below zero where it gains; of
    "grad-cam" a share of the strongest place.
    """

    label: str
    method: str
    places: Floats

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {"label": self.label, "method": self.method, "places": np.round(self.places, 4).tolist()}


def decided(model: Model, rows: Dataset, labels: Sequence[int] | None = None) -> list[Decided]:
    """What decided in each row's picture for its label, `labels` (class positions) or what the model answers itself.

    Of networks whose layers have places Grad-CAM (Selvaraju et al. 2017), of all others occlusion (Zeiler and Fergus
    2014): some fifty places are covered with a plain colour, and all these pictures answered at once.
    """
    codes = np.asarray(_said(_answers(model, rows)) if labels is None else labels, dtype=np.int64)
    names = model.problem.classes or model.problem.sets
    heat = None
    if model.family == "deep":
        heat = catalog.load(MAPS)(model.learner, rows, codes)
    found = []
    for row, code in enumerate(codes.tolist()):
        if heat is not None and heat[row].any():
            found.append(Decided(names[code], GRADIENT, heat[row]))
        else:
            found.append(Decided(names[code], COVERED, _lost(model, rows.take(np.array([row])), code)))
    return found


def reading(model: Model, test: Dataset, truth: npt.NDArray[Any], seconds: float) -> list[dict[str, Any]]:
    """What decided in the surest mistakes among the test rows, as many as time allows: row, label, method, places."""
    deadline = time.monotonic() + seconds
    known = np.flatnonzero(model.problem.known(truth))
    answers = _answers(model, test.take(known))
    if isinstance(answers, LabelSets):
        wrong = (answers.chosen != (truth[known] > 0)).sum(axis=1).astype(np.float64)
    else:
        wrong = np.where(answers.codes != truth[known], answers.probabilities.max(axis=1), 0.0)
    order = [at for at in np.argsort(-wrong, kind="stable").tolist() if wrong[at] > 0][:SHOWN]
    codes = _said(answers)
    found: list[dict[str, Any]] = []
    for at in order:
        if time.monotonic() > deadline:
            break
        row = int(known[at])
        found.append({"row": row, **decided(model, test.take(np.array([row])), [int(codes[at])])[0].to_json()})
    return found


def found(study: Study) -> dict[int, dict[str, Any]]:
    """What `reading` found of the study's winner, by test row; empty where nothing was looked for."""
    try:
        listed = json.loads((study.folder / "importance" / FILE).read_text("utf-8"))
        return {int(each["row"]): each for each in listed}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _answers(model: Model, rows: Dataset) -> Answers:
    answers = calibrated(model.learner.predict(rows), model.calibration)
    assert isinstance(answers, Labels | LabelSets), "what decides is asked where labels are answered"
    return answers


def _said(answers: Answers) -> npt.NDArray[np.intp]:
    """The most probable label of each row."""
    said: npt.NDArray[np.intp] = answers.probabilities.argmax(axis=1)
    return said


def _lost(model: Model, row: Dataset, code: int) -> Floats:
    """What the label of one row loses where its picture is covered, float64 [down, across].

    Covered with its median colour, which on drawings is that of the paper; with grey where that costs nothing, as when
    what decides fills most of the picture.
    """
    column = model.problem.inputs_of(Kind.IMAGE)[0]
    pixels = _small(row, column)
    median = np.median(pixels.reshape(-1, pixels.shape[2]), axis=0).astype(np.uint8)
    lost = _covered(model, row, code, pixels, median)
    return lost if lost.max() >= LEAST else _covered(model, row, code, pixels, np.full_like(median, GREY))


def _covered(
    model: Model, row: Dataset, code: int, pixels: npt.NDArray[np.uint8], colour: npt.NDArray[np.uint8]
) -> Floats:
    """The same for one colour of the cover."""
    down, across = _cuts(pixels.shape[0], pixels.shape[1]), _cuts(pixels.shape[1], pixels.shape[0])
    variants = np.repeat(pixels[None], 1 + (len(down) - 1) * (len(across) - 1), axis=0)
    places = itertools.product(itertools.pairwise(down), itertools.pairwise(across))
    for variant, ((top, bottom), (left, right)) in zip(variants[1:], places, strict=True):
        tall, wide = round((bottom - top) * REACH), round((right - left) * REACH)
        variant[max(top - tall, 0) : bottom + tall, max(left - wide, 0) : right + wide] = colour
    cells = pl.Series(model.problem.inputs_of(Kind.IMAGE)[0], variants)
    many = row.take(np.zeros(len(variants), dtype=np.intp))
    given = _answers(model, replace(many, frame=many.frame.with_columns(cells))).probabilities[:, code]
    lost: Floats = (given[0] - given[1:]).reshape(len(down) - 1, len(across) - 1)
    return lost


def _small(row: Dataset, column: str) -> npt.NDArray[np.uint8]:
    """The row's picture, no larger than learners look at it, uint8 [height, width, channels]."""
    height, width, channels = media.image_shape(row[column], row.folder)
    shrink = min(1.0, LONGEST / max(height, width))
    size = (max(round(height * shrink), 1), max(round(width * shrink), 1))
    pixels: npt.NDArray[np.uint8] = media.images(row[column], row.folder, size=size, channels=channels)[0]
    return pixels


def _cuts(side: int, other: int) -> list[int]:
    """Where the places along a side begin and end, in pixels; as many as keep them square.

    >>> _cuts(8, 14), _cuts(14, 8)
    ([0, 2, 4, 6, 8], [0, 2, 4, 6, 8, 10, 12, 14])
    """
    count = min(side, max(1, round(SIDE * side / max(side, other))))
    cuts: list[int] = np.linspace(0, side, count + 1).round().astype(int).tolist()
    return cuts
