"""Measures of boxes: average precision as COCO defines it (Lin et al. 2014), with a weight for each picture.

A box hits when it overlaps a true one of its label by enough that no surer box has taken. Which box takes which depends
on its picture alone, so it is found once; a bootstrap is then a change of weights. pycocotools knows no weights: it
would have to match anew for each resample. A test holds these figures to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.data.boxes import rectangles
from fathom.data.rectangles import overlaps
from fathom.messages import phrase
from fathom.tasks.boxes import Boxes
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]  # object [rows]: tuples of marks, None where nobody has looked
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RECALLS = np.linspace(0.0, 1.0, 101)  # where precision is read off
OVERLAPS = tuple(np.linspace(0.5, 0.95, 10).tolist())
MOST = 100  # boxes of a label that count in a picture


@dataclass(frozen=True)
class Found:
    """The boxes said of one label in all rows, the most probable first, and how many true ones each row has.

    `row`: int64 [boxes]; `probability`: float64 [boxes]; `hit`: bool [boxes, overlaps], whether it takes a true box at
    each least overlap; `true`: float64 [rows].
    """

    label: str
    row: npt.NDArray[np.int64]
    probability: Floats
    hit: Bools
    true: Floats

    def curve(self, at: int = 0, weight: Floats | None = None) -> tuple[Floats, Floats]:
        """Recall and precision after each box, at one of the overlaps; float64 [boxes] each."""
        drawn = np.ones(len(self.row)) if weight is None else weight[self.row]
        total = self.true.sum() if weight is None else weight @ self.true
        right, said = np.cumsum(drawn * self.hit[:, at]), np.cumsum(drawn)
        return right / max(total, 1e-12), np.divide(right, said, out=np.zeros_like(right), where=said > 0)


def found(truth: Truth, said: Boxes, least: Sequence[float] = OVERLAPS) -> tuple[Found, ...]:
    """What was said of each label that the truth has, by label, matched at each of these least overlaps.

    >>> from fathom.data.boxes import Mark
    >>> from fathom.tasks.boxes import Box
    >>> truth = np.empty(1, dtype=object)
    >>> truth[0] = (Mark(0, 0, 10, 10, "cat"),)
    >>> cats, = found(truth, Boxes.of([[Box(0, 0, 10, 8, "cat", 0.9), Box(0, 0, 9, 9, "cat", 0.8)]]), (0.5, 0.85))
    >>> cats.hit.tolist()
    [[True, False], [False, False]]
    """
    labels = sorted({mark[4] for row in truth if row for mark in row})
    rows: dict[str, list[npt.NDArray[np.int64]]] = {label: [] for label in labels}
    sure: dict[str, list[Floats]] = {label: [] for label in labels}
    hits: dict[str, list[Bools]] = {label: [] for label in labels}
    true = {label: np.zeros(len(truth)) for label in labels}
    steps = np.minimum(np.asarray(least, dtype=np.float64), 1 - 1e-10)
    for row, (marks, boxes) in enumerate(zip(truth, said.rows, strict=True)):
        if marks is None:
            continue
        for mark in marks:
            true[mark[4]][row] += 1
        for label in {box.label for box in boxes} & true.keys():
            mine = [box for box in boxes if box.label == label][:MOST]
            hits[label].append(taken(rectangles(mine), rectangles([m for m in marks if m[4] == label]), steps))
            rows[label].append(np.full(len(mine), row))
            sure[label].append(np.array([box.probability for box in mine]))
    return tuple(_joined(label, rows[label], sure[label], hits[label], true[label], len(steps)) for label in labels)


def _joined(
    label: str,
    rows: list[npt.NDArray[np.int64]],
    sure: list[Floats],
    hits: list[Bools],
    true: Floats,
    steps: int,
) -> Found:
    """One label's boxes of all pictures in one line, the most probable first."""
    probability = np.concatenate([np.zeros(0), *sure])
    order = np.argsort(-probability, kind="stable")
    row = np.concatenate([np.zeros(0, dtype=np.int64), *rows])[order]
    hit = np.concatenate([np.zeros((0, steps), dtype=bool), *hits])[order]
    return Found(label, row, probability[order], hit, true)


def taken(said: Floats, true: Floats, least: Floats) -> Bools:
    """Whether each box said, the surest first, takes a true one that overlaps it by `least` and is free.

    Each takes the one that it overlaps most. bool [said, least].
    """
    hit = np.zeros((len(said), len(least)), dtype=bool)
    if not len(true):
        return hit
    common = overlaps(said, true)
    free = np.ones((len(least), len(true)), dtype=bool)
    steps = np.arange(len(least))
    for place in np.flatnonzero(common.max(axis=1) >= least.min()):
        fit = np.where(free & (common[place] >= least[:, None]), common[place], -1.0)
        best = len(true) - 1 - fit[:, ::-1].argmax(axis=1)  # of equals the last, as COCO has it
        hit[place] = fit[steps, best] >= 0
        free[steps, best] &= ~hit[place]
    return hit


def average_precision(each: Found, weights: npt.NDArray[Any]) -> Floats:
    """The mean over recalls of the best precision at that recall or a higher one; float64 [resamples, overlaps].

    `weights`: [resamples, rows]. NaN where a resample has no true box.
    """
    weights = weights.astype(np.float64, copy=False)
    total = weights @ each.true
    drawn = weights[:, each.row]
    said = np.cumsum(drawn, axis=1)
    scores = np.zeros((len(weights), each.hit.shape[1]))
    for at in range(each.hit.shape[1]):
        places = np.flatnonzero(each.hit[:, at])  # precision is best where a hit has just been said
        if not len(places):
            continue
        right = np.cumsum(drawn[:, places], axis=1)
        precision = np.divide(right, said[:, places], out=np.zeros_like(right), where=said[:, places] > 0)
        best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        recall = np.divide(right, total[:, None], out=np.zeros_like(right), where=total[:, None] > 0)
        for resample in range(len(weights)):
            reached = np.searchsorted(recall[resample], RECALLS, side="left")
            scores[resample, at] = best[resample, reached[reached < len(places)]].sum() / len(RECALLS)
    scores[total <= 0] = np.nan
    return scores


def _recalled(each: Found, weights: npt.NDArray[Any]) -> Floats:
    """The share of the true boxes that were found, however unsure; float64 [resamples, overlaps]."""
    weights = weights.astype(np.float64, copy=False)
    total = (weights @ each.true)[:, None]
    share: Floats = np.divide(
        weights[:, each.row] @ each.hit.astype(np.float64), total,
        out=np.full((len(weights), each.hit.shape[1]), np.nan), where=total > 0,
    )  # fmt: skip
    return share


@dataclass(frozen=True)
class BoxScore:
    """A measure's score: the least overlaps that boxes are held to, and what is made of them for each label."""

    least: tuple[float, ...]
    recall: bool = False

    def found(self, truth: Truth, said: Boxes) -> tuple[Found, ...]:
        """The boxes matched once, for any weights."""
        return found(truth, said, self.least)

    def figures(self, labels: Sequence[Found], weights: npt.NDArray[Any]) -> Floats:
        """The score for each resample, the mean over the labels that it has; weights [resamples, rows]."""
        if not labels:
            return np.full(len(weights), np.nan)
        made = _recalled if self.recall else average_precision
        each = np.stack([made(label, weights).mean(axis=1) for label in labels])
        there = np.isfinite(each)
        count = there.sum(axis=0)
        mean: Floats = np.divide(
            np.where(there, each, 0.0).sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0
        )
        return mean

    def __call__(self, truth: Truth, said: Boxes, weight: npt.NDArray[Any] | None) -> float:
        """The score of these predictions, rows weighted."""
        weights = np.ones((1, len(truth))) if weight is None else np.asarray(weight)[None, :]
        return float(self.figures(self.found(truth, said), weights)[0])


MAP50 = Measure(
    "map50",
    BoxScore((0.5,)),
    True,
    True,
    phrase("average precision of boxes that overlap a true one by half, averaged over the labels"),
)
MAP = Measure(
    "map",
    BoxScore(OVERLAPS),
    True,
    True,
    phrase("average precision averaged over overlaps from 50 to 95 % (COCO), which asks for tight boxes"),
)
MAP75 = Measure(
    "map75",
    BoxScore((OVERLAPS[5],)),
    True,
    True,
    phrase("average precision of boxes that overlap a true one by three quarters, averaged over the labels"),
)
RECALL50 = Measure(
    "recall50",
    BoxScore((0.5,), recall=True),
    True,
    True,
    phrase("share of the true boxes that some box overlaps by half, averaged over the labels"),
)
MEASURES = (MAP50, MAP, MAP75, RECALL50)
