"""The surest mistakes among answers, and what is asked about in each: the label, the box, the person that is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.data.boxes import rectangles
from fathom.protocol.insight.asking import Asked, OfBox, usual
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.detections import taken
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import HALF, LabelSets
from fathom.tasks.predictions import Labels, Predictions

HIT = 0.5  # overlap from which a box is right

Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[Any]


def surest(answers: Predictions, truth: Truth, least: float = HALF) -> list[tuple[int, Asked, float]]:
    """Of each mistake its row, what is asked about and how sure it is, in the order of rows, one a row.

    Of labels the one that is said, of boxes the surest wrong one of at least the probability `least`, of persons whom
    somebody else, or a stranger, was taken for.
    """
    if isinstance(answers, Boxes):
        false = [_false(row, marks, least) for row, marks in zip(answers.rows, truth, strict=True)]
        return [(row, OfBox(box), box.probability) for row, box in enumerate(false) if box is not None]
    wrong = _wrong(answers, truth).tolist()
    each = zip(usual(answers), wrong, strict=True)
    return [(row, asked, sure) for row, (asked, sure) in enumerate(each) if sure > 0 and asked is not None]


def _wrong(answers: Predictions, truth: Truth) -> Floats:
    """How sure each mistake is, float64 [rows]; zero where there is none."""
    if isinstance(answers, LabelSets):
        many: Floats = (answers.chosen != (truth > 0)).sum(axis=1).astype(np.float64)
        return many
    if isinstance(answers, Identities):
        taken_for: Floats = np.where(answers.accepted & (answers.codes != truth), 1.0 + answers.highest, 0.0)
        return taken_for
    assert isinstance(answers, Labels)
    sure: Floats = np.where(answers.codes != truth, answers.probabilities.max(axis=1), 0.0)
    return sure


def _false(said: tuple[Box, ...], marks: Any, least: float) -> Box | None:
    """The surest box that takes no true one of its label."""
    sure = [box for box in said if box.probability >= least]
    for label in {box.label for box in sure}:
        mine = [box for box in sure if box.label == label]
        hit = taken(rectangles(mine), rectangles([mark for mark in marks if mark[4] == label]), np.array([HIT]))[:, 0]
        right = {box for box, there in zip(mine, hit, strict=True) if there}
        sure = [box for box in sure if box not in right]
    return sure[0] if sure else None
