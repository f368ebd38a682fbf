"""Where in its pictures a model looks: what it loses when a patch comes from another picture."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.model import Model, calibrated
from fathom.tasks.predictions import Labels, Predictions

MOST_ROWS = 500
FEWEST_ROWS = 50
MOST_BYTES = 256 << 20  # of pixels at once
SIDES = (8, 6, 4)  # places along the longer side; fewer where time is short
NORMAL_95 = 1.96


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
    picture; for numbers, by how much more they are missed. `low` and `high`: its 95 % interval. After Zeiler and
    Fergus 2014, who cover the place with gray; another picture's pixels keep the pictures alike.
    """
    deadline = time.monotonic() + seconds
    random = np.random.default_rng(seed)
    column = model.problem.inputs_of(Kind.IMAGE)[0]
    known = np.flatnonzero(truth >= 0 if model.problem.classes else np.isfinite(truth))
    height, width, channels = media.image_shape(test[column], test.folder)
    fit = min(MOST_ROWS, MOST_BYTES // (height * width * channels))
    rows = np.sort(random.permutation(known)[: max(fit, 1)])
    test, truth = test.take(rows), truth[rows]
    pixels = media.images(test[column], test.folder, size=(height, width), channels=channels)
    begin = time.monotonic()
    whole = _worth(_predict(model, test, column, pixels), truth)
    each = (time.monotonic() - begin) / max(len(rows), 1)
    planned = _plan(len(rows), each, deadline - time.monotonic(), height, width)
    if planned is None or len(rows) < 2:
        return []
    count, side = planned
    test, truth, pixels, whole = test.take(np.arange(count)), truth[:count], pixels[:count], whole[:count]
    other = np.roll(np.arange(count), int(random.integers(1, count)))  # nobody keeps its own
    found = []
    places = _places(height, width, side)
    for done, (top, left, bottom, right) in enumerate(places):
        if time.monotonic() > deadline:
            return []  # half a map misleads
        tall, wide = math.ceil((bottom - top) / 2), math.ceil((right - left) / 2)
        patch = (slice(max(top - tall, 0), bottom + tall), slice(max(left - wide, 0), right + wide))
        mixed = pixels.copy()
        mixed[:, patch[0], patch[1]] = pixels[other][:, patch[0], patch[1]]
        lost = whole - _worth(_predict(model, test, column, mixed), truth)
        reach = NORMAL_95 * float(lost.std()) / math.sqrt(count)
        place = [top / height, left / width, bottom / height, right / width]
        drop = float(lost.mean())
        found.append({"column": column, "place": place, "drop": drop, "low": drop - reach, "high": drop + reach})
        heard((done + 1) / len(places), column)
    return found


def _plan(rows: int, each: float, seconds: float, height: int, width: int) -> tuple[int, int] | None:
    """How many pictures, and how many places along the longer side; None where not even the fewest can be done.

    >>> _plan(500, 0.001, 60.0, 28, 28), _plan(500, 0.001, 5.0, 28, 28), _plan(500, 0.1, 5.0, 28, 28)
    ((500, 8), (78, 8), None)
    """
    for side in SIDES:
        count = min(rows, int(seconds / (max(each, 1e-9) * len(_places(height, width, side)))))
        if count >= min(rows, FEWEST_ROWS) and count > 1:
            return count, side
    return None


def _places(height: int, width: int, side: int) -> list[tuple[int, int, int, int]]:
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


def _predict(model: Model, test: Dataset, column: str, pixels: npt.NDArray[np.uint8]) -> Predictions:
    shown = replace(test, frame=test.frame.with_columns(pl.Series(column, pixels)))
    return calibrated(model.learner.predict(shown), model.calibration)


def _worth(predictions: Predictions, truth: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The probability given to the right label, or minus how far a number is off, float64 [rows]."""
    if isinstance(predictions, Labels):
        given: npt.NDArray[np.float64] = predictions.probabilities[np.arange(len(truth)), truth]
        return given
    return -np.abs(predictions.values - truth)
