"""Faces by texture: which patterns of light and dark stand in which part of the face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fathom.classical.faces import Codes, Floats, Projected, discriminant_axes
from fathom.classical.features.texture import KINDS, PATTERNS, codes
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.messages import phrase

PARTS = 7  # a side of the face is cut into, each counted by itself
BATCH = 512  # faces at a time


@dataclass
class LocalBinaryPatterns(Projected):
    """Histograms of uniform local binary patterns in 7 x 7 parts of a face (Ahonen, Hadid and Pietikäinen 2006).

    Of the shares the square roots are compared: plain distances between them are the first term of chi-square's, and
    a second one told no more (Vedaldi and Zisserman 2012). They are projected on principal axes, or on such as tell
    persons apart; validation rows choose.

    >>> LocalBinaryPatterns(side=56).side
    56
    """

    side: int = 64
    ridges: tuple[float, ...] = (0.0, 0.3, 3.0)  # 0: principal axes as they are; else as `fisherfaces` shrinks

    told: ClassVar[str] = "pattern"

    def described(self, dataset: Dataset) -> Floats:
        """The square roots of the histograms, float64 [rows, features]."""
        found = np.zeros((len(dataset), len(self.features())))
        for start in range(0, len(dataset), BATCH):
            rows = np.arange(start, min(start + BATCH, len(dataset)))
            grey = self.portraits_.pixels(dataset.take(rows))[..., 0].astype(np.float32)
            found[rows] = np.sqrt(histograms(grey))
        return found

    def _choices(self, x: Floats, owners: Codes, run: Run) -> Iterator[tuple[str, Floats]]:
        principal, _ = self._principal(x, run)
        y = x @ principal
        for ridge in self.ridges:
            axes = principal @ discriminant_axes(y, owners, ridge) if ridge else principal
            yield phrase("{count} axes", count=axes.shape[1]), axes

    def features(self) -> list[str]:
        """Each pattern in each part."""
        return [
            f"{self.told} {kind + 1} in part {row + 1}, {column + 1}"
            for row in range(PARTS)
            for column in range(PARTS)
            for kind in range(PATTERNS)
        ]


def histograms(grey: npt.NDArray[np.float32]) -> Floats:
    """The share of each uniform pattern in each part, float64 [faces, parts² x patterns], of [faces, side, side].

    >>> histograms(np.zeros((2, 30, 30), dtype=np.float32)).sum(axis=1).tolist()
    [49.0, 49.0]
    """
    kinds = KINDS[codes(grey)].astype(np.int64)
    side = kinds.shape[1]
    edges = np.linspace(0, side, PARTS + 1).round().astype(int)
    part = np.searchsorted(edges, np.arange(side), side="right") - 1
    cell = (part[:, None] * PARTS + part) * PATTERNS
    width = PARTS**2 * PATTERNS
    place = kinds + cell + np.arange(len(grey))[:, None, None] * width
    counts = np.bincount(place.ravel(), minlength=len(grey) * width).reshape(len(grey), PARTS**2, PATTERNS)
    shares: Floats = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    return shares.reshape(len(grey), width)
