"""What each small square of a picture looks like: which way its edges run, and its colours.

Gradients are counted by direction in cells of 8 x 8 pixels, weighed against the cells around (Dalal and Triggs 2005),
in the 31 sums of Felzenszwalb et al. (2010): directions with and without the sense of the edge, and texture. Beside
them stand the shares of the picture's usual colours, and whether the cell lies outside the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans

Singles = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

CELL = 8  # pixels
HALF = 4  # gradients are counted in squares of this side, then spread over the cells around
STEPS = 511  # differences that two bytes can have
SENSES = 18  # directions with the sense of the edge; half as many without
CLIP = 0.2
EDGES = SENSES + SENSES // 2 + 4
COLOURS = 12
SPREAD = np.array([1, 3, 3, 1], dtype=np.float32) / 8  # what halves of a cell and of its neighbours add to it
SAMPLE = 20_000  # pixels that colours are chosen from
FINENESS = 1_024  # to so many parts of a brightness colours are kept: distances to them are whole numbers of parts


@dataclass(frozen=True)
class Cells:
    """Features of cells; `palette`: float [colours, 3], red, green and blue in 0..255."""

    palette: tuple[tuple[float, float, float], ...]

    @classmethod
    def learn(cls, pixels: npt.NDArray[Any], seed: int) -> Self:
        """Choose the usual colours of uint8 [pixels, 3]."""
        chance = np.random.default_rng(seed)
        sample = pixels[chance.permutation(len(pixels))[:SAMPLE]].astype(np.float64)
        count = min(COLOURS, len(np.unique(sample, axis=0)))
        found = KMeans(count, n_init=1, random_state=seed).fit(sample).cluster_centers_
        found = np.round(found * FINENESS) / FINENESS
        return cls(tuple((float(red), float(green), float(blue)) for red, green, blue in found))

    @property
    def names(self) -> list[str]:
        """The features' names, in order."""
        edges = [f"edge {number + 1}" for number in range(EDGES)]
        return [*edges, *(f"colour {number + 1}" for number in range(len(self.palette))), "outside"]

    def of(self, pixels: Pixels, pad: int) -> Singles:
        """The features of each cell of a picture, uint8 [height, width, 3], with `pad` cells of nothing around it.

        float32 [rows + 2 pad, columns + 2 pad, features]; rows and columns of pixels that fill no cell are left out.
        """
        rows, columns = max(pixels.shape[0] // CELL, 1), max(pixels.shape[1] // CELL, 1)
        pixels = _filled(pixels, rows * CELL, columns * CELL)
        found = np.zeros((rows + 2 * pad, columns + 2 * pad, len(self.names)), dtype=np.float32)
        inside = found[pad : pad + rows, pad : pad + columns]
        inside[..., :EDGES] = edges(pixels)
        inside[..., EDGES:-1] = self._colours(pixels)
        found[..., -1] = 0.5
        inside[..., -1] = 0.0
        return found

    def _colours(self, pixels: Pixels) -> Singles:
        """The share of each usual colour in each cell, by every second pixel of every second row.

        In double precision distances are exact, so that a pixel between two colours goes the same way everywhere.
        """
        few = pixels[::2, ::2].astype(np.float64)
        palette = np.array(self.palette, dtype=np.float64)
        near = (few.reshape(-1, 3) @ palette.T) * -2 + (palette**2).sum(axis=1)
        chosen = near.argmin(axis=1).reshape(few.shape[:2])
        side = CELL // 2
        rows, columns = chosen.shape[0] // side, chosen.shape[1] // side
        cell = (np.arange(chosen.shape[0]) // side)[:, None] * columns + np.arange(chosen.shape[1]) // side
        counts = np.bincount((cell * len(palette) + chosen).ravel(), minlength=rows * columns * len(palette))
        shares = counts.reshape(rows, columns, len(palette)).astype(np.float32) / side**2
        found: Singles = np.sqrt(shares) * np.float32(0.4)  # of the size of the edges' features
        return found


def _filled(pixels: Pixels, height: int, width: int) -> Pixels:
    """The picture cut to this size, or filled up to it with its last row and column."""
    pixels = pixels[:height, :width]
    lacking = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
    return np.pad(pixels, lacking, mode="edge") if any(after for _, after in lacking) else pixels


def edges(pixels: Pixels) -> Singles:
    """The 31 sums of edges of each cell, float32 [rows, columns, 31], of uint8 [rows * 8, columns * 8, 3]."""
    sides, sense = _gradient(pixels)
    rows, columns = pixels.shape[0] // HALF, pixels.shape[1] // HALF
    place = (np.arange(pixels.shape[0]) // HALF)[:, None] * columns + np.arange(pixels.shape[1]) // HALF
    counts = np.bincount((place * SENSES + sense).ravel(), weights=sides.ravel(), minlength=rows * columns * SENSES)
    halves: Singles = counts.reshape(rows, columns, SENSES).astype(np.float32)
    return _weighed(_spread(_spread(halves, 0), 1))


def _gradient(pixels: Pixels) -> tuple[Singles, npt.NDArray[np.int32]]:
    """How strong the edge at each pixel is, in the channel where it is strongest, and which of 18 ways it runs."""
    bright = pixels.transpose(2, 0, 1).astype(np.int32)
    place = np.full_like(bright, STEPS * 255 + 255)
    place[:, :, 1:-1] += STEPS * (bright[:, :, 2:] - bright[:, :, :-2])
    place[:, 1:-1] += bright[:, 2:] - bright[:, :-2]
    strengths, senses = gradient_tables()
    best = place[0]
    size = strengths[best]
    for other in place[1:]:
        stronger = strengths[other]
        change = stronger > size
        size = np.where(change, stronger, size)
        best = np.where(change, other, best)
    return size, senses[best]


@cache
def gradient_tables() -> tuple[Singles, npt.NDArray[np.int32]]:
    """Strength and sense of every gradient there can be: differences of -255 to 255 across and down."""
    across, down = np.meshgrid(np.arange(-255, 256), np.arange(-255, 256), indexing="ij")
    turn = np.floor((np.arctan2(down, across) + np.pi) * (SENSES / (2 * np.pi)) + 0.5)
    return np.hypot(across, down).astype(np.float32).ravel(), (turn % SENSES).astype(np.int32).ravel()


def _spread(counts: Singles, axis: int) -> Singles:
    """Half cells summed to cells along an axis, each cell taking a part of the half cells beside it too."""
    moved = np.moveaxis(counts, axis, 0)
    padded = np.concatenate([moved[:1] * 0, moved, moved[:1] * 0])
    cells = len(moved) // 2
    total = np.zeros((cells, *moved.shape[1:]), dtype=np.float32)
    for step in range(4):
        total += SPREAD[step] * padded[step : step + 2 * cells : 2]
    return np.moveaxis(total, 0, axis)


def _weighed(cells: Singles) -> Singles:
    """Counts of 18 senses [rows, columns, 18] as 31 features, weighed against the four blocks of 2 x 2 cells around."""
    plain = cells[..., : SENSES // 2] + cells[..., SENSES // 2 :]
    energy = np.pad((plain**2).sum(axis=2), 1, mode="edge")
    blocks = energy[:-1, :-1] + energy[1:, :-1] + energy[:-1, 1:] + energy[1:, 1:]
    rows, columns = plain.shape[:2]
    out = np.zeros((rows, columns, EDGES), dtype=np.float32)
    for corner, (down, across) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
        norm = 1 / np.sqrt(blocks[down : down + rows, across : across + columns] + np.float32(1e-2))
        senses = np.minimum(cells * norm[..., None], CLIP)
        out[..., :SENSES] += senses / 2
        out[..., SENSES : SENSES + SENSES // 2] += np.minimum(plain * norm[..., None], CLIP) / 2
        out[..., SENSES + SENSES // 2 + corner] = senses.sum(axis=2) * np.float32(0.2357)
    return out
