"""Where in its pictures a model looks: what it loses when a patch comes from another picture."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.model import Model, calibrated
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers

MOST_ROWS = 500
LONGEST = 256  # pixels of the longer side: a map of places has use for no more
FEWEST_ROWS = 50
MOST_BYTES = 256 << 20  # of pixels at once
SIDES = (4, 8)  # places along the longer side; the more where there is time
NORMAL_95 = 1.96

Place = tuple[int, int, int, int]  # top, left, bottom, right in pixels


def occlusion(
    model: Model,
    test: Dataset,
    truth: npt.NDArray[Any],
    seconds: float,
    seed: int = 0,
    heard: Callable[[float, str], None] = lambda done, note: None,
) -> list[dict[str, Any]]:
    """How much each place of the pictures matters: column, place, drop, low, high; empty where time does not suffice.

    `place`: top, left, bottom, right in shares of the picture. `drop`: how much less probable the right label becomes,
    the mean over test pictures, when the place and half of it around is exchanged for the same place of another
    picture; for persons how much less similar to the right one, for numbers by how much more they are missed. `low`
    and `high`: its 95 % interval. After Zeiler and
    Fergus 2014, who cover the place with gray; another picture's pixels keep the pictures alike.
    """
    deadline = time.monotonic() + seconds
    random = np.random.default_rng(seed)
    column = model.problem.inputs_of(Kind.IMAGE)[0]
    known = np.flatnonzero(model.problem.known(truth))
    if model.problem.persons:
        known = known[truth[known] < len(model.problem.persons)]  # a stranger has no right answer to lose
    height, width, channels = media.image_shape(test[column], test.folder)
    shrink = min(1.0, LONGEST / max(height, width))
    height, width = max(round(height * shrink), 1), max(round(width * shrink), 1)
    fit = min(MOST_ROWS, MOST_BYTES // (height * width * channels))
    rows = np.sort(random.permutation(known)[: max(fit, 1)])
    test, truth = test.take(rows), truth[rows]
    pixels = media.images(test[column], test.folder, size=(height, width), channels=channels)
    begin = time.monotonic()
    shown = _Shown(model, test, column, pixels, truth)
    begin = time.monotonic()
    whole = shown.worth(pixels)
    each = (time.monotonic() - begin) / max(len(rows), 1)
    found: list[dict[str, Any]] = []
    for side in SIDES:  # a finer map only where there is time for all of it
        places = _places(height, width, side)
        count = min(len(rows), int((deadline - time.monotonic()) / (max(each, 1e-9) * len(places))))
        if count < max(min(len(rows), FEWEST_ROWS), 2):
            break
        begin = time.monotonic()
        finer = _map(shown.first(count), whole[:count], places, random, deadline, heard)
        if finer is None:
            break
        found = finer
        each = (time.monotonic() - begin) / (count * len(places))
    return found


@dataclass(frozen=True)
class _Shown:
    """Test rows whose pictures are exchanged: uint8 [rows, height, width, channels]."""

    model: Model
    test: Dataset
    column: str
    pixels: npt.NDArray[np.uint8]
    truth: npt.NDArray[Any]

    def first(self, count: int) -> _Shown:
        return _Shown(
            self.model, self.test.take(np.arange(count)), self.column, self.pixels[:count], self.truth[:count]
        )

    def worth(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """What is given to the right label (of several the mean) or person, or minus how far a number is off."""
        seen = replace(self.test, frame=self.test.frame.with_columns(pl.Series(self.column, pixels)))
        predictions = calibrated(self.model.learner.predict(seen), self.model.calibration)
        if isinstance(predictions, Labels):
            given: npt.NDArray[np.float64] = predictions.probabilities[np.arange(len(self.truth)), self.truth]
            return given
        if isinstance(predictions, Identities):
            alike: npt.NDArray[np.float64] = predictions.similarities[np.arange(len(self.truth)), self.truth]
            return alike
        if isinstance(predictions, LabelSets):
            true = self.truth > 0
            given = (predictions.probabilities * true).sum(axis=1) / np.maximum(true.sum(axis=1), 1)
            return given
        assert isinstance(predictions, Numbers)
        off: npt.NDArray[np.float64] = np.abs(predictions.values - self.truth)
        return -off


def _map(
    shown: _Shown,
    whole: npt.NDArray[np.float64],
    places: list[Place],
    random: np.random.Generator,
    deadline: float,
    heard: Callable[[float, str], None],
) -> list[dict[str, Any]] | None:
    """What is lost at each place; None where time did not suffice: half a map misleads."""
    count, height, width = shown.pixels.shape[:3]
    other = np.roll(np.arange(count), int(random.integers(1, count)))  # nobody keeps its own
    found = []
    for done, (top, left, bottom, right) in enumerate(places):
        if time.monotonic() > deadline:
            return None
        tall, wide = math.ceil((bottom - top) / 2), math.ceil((right - left) / 2)
        down, across = slice(max(top - tall, 0), bottom + tall), slice(max(left - wide, 0), right + wide)
        mixed = shown.pixels.copy()
        mixed[:, down, across] = shown.pixels[other, down, across]
        lost = whole - shown.worth(mixed)
        drop, reach = float(lost.mean()), NORMAL_95 * float(lost.std()) / math.sqrt(count)
        place = [top / height, left / width, bottom / height, right / width]
        found.append({"column": shown.column, "place": place, "drop": drop, "low": drop - reach, "high": drop + reach})
        heard((done + 1) / len(places), shown.column)
    return found


def _places(height: int, width: int, side: int) -> list[Place]:
    """Top, left, bottom, right of the places, row by row, in pixels.

    >>> _places(4, 2, 2)
    [(0, 0, 2, 2), (2, 0, 4, 2)]
    """
    step = max(height, width) / side
    down = np.unique(np.linspace(0, height, max(1, round(height / step)) + 1).round().astype(int)).tolist()
    across = np.unique(np.linspace(0, width, max(1, round(width / step)) + 1).round().astype(int)).tolist()
    return [
        (top, left, bottom, right)
        for top, bottom in itertools.pairwise(down)
        for left, right in itertools.pairwise(across)
    ]
