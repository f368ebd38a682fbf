"""Histograms of oriented gradients (Dalal & Triggs 2005) of a whole batch of pictures at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]

ORIENTATIONS = 9
BLOCK = 2  # cells a side that are normalised together
LARGEST = 0.2  # no orientation may dominate its block (L2-Hys)


def cell_size(side: int) -> int:
    """Pixels a cell's side, so that about eight cells span the picture.

    >>> cell_size(8), cell_size(28), cell_size(64)
    (2, 4, 8)
    """
    return max(2, round(side / 8))


def length(side: int) -> int:
    """How many features a picture of this side gets."""
    blocks = side // cell_size(side) - BLOCK + 1
    return max(blocks, 0) ** 2 * BLOCK**2 * ORIENTATIONS


def histograms(pictures: Singles) -> Singles:
    """Features float32 [pictures, length(side)] of pictures float32 [pictures, side, side, channels].

    The figures of scikit-image's `hog` (9 orientations, 2 x 2 blocks, L2-Hys), without its loop over pictures.
    """
    size = cell_size(pictures.shape[1])
    cells = _cells(*_gradients(pictures), size)
    blocks = np.lib.stride_tricks.sliding_window_view(cells, (BLOCK, BLOCK), axis=(1, 2))
    blocks = blocks.transpose(0, 1, 2, 4, 5, 3).reshape(len(pictures), -1, BLOCK**2 * ORIENTATIONS)
    blocks = np.minimum(_unit(blocks), LARGEST)
    features: Singles = _unit(blocks).reshape(len(pictures), -1)
    return features


def _gradients(pictures: Singles) -> tuple[Singles, Singles]:
    """Each pixel's gradient down and right, of the channel where it is strongest."""
    down, right = np.zeros_like(pictures), np.zeros_like(pictures)
    down[:, 1:-1] = pictures[:, 2:] - pictures[:, :-2]
    right[:, :, 1:-1] = pictures[:, :, 2:] - pictures[:, :, :-2]
    if pictures.shape[3] == 1:
        return down[..., 0], right[..., 0]
    strongest = (down**2 + right**2).argmax(axis=3)[..., None]
    return (
        np.take_along_axis(down, strongest, axis=3)[..., 0],
        np.take_along_axis(right, strongest, axis=3)[..., 0],
    )


def _cells(down: Singles, right: Singles, size: int) -> Singles:
    """Gradient strength by orientation in each cell, float32 [pictures, cells, cells, ORIENTATIONS]."""
    count = down.shape[1] // size
    edge = count * size
    strength = np.hypot(down, right)[:, :edge, :edge]
    angle = np.rad2deg(np.arctan2(down, right))[:, :edge, :edge] % 180
    bins = np.minimum(angle * (ORIENTATIONS / 180), ORIENTATIONS - 1).astype(np.int64)
    place = np.arange(edge) // size
    cell = ((place[:, None] * count + place) * ORIENTATIONS)[None] + bins
    cell += np.arange(len(down))[:, None, None] * (count**2 * ORIENTATIONS)
    length = len(down) * count**2 * ORIENTATIONS
    cells = np.bincount(cell.ravel(), strength.ravel(), minlength=length) / size**2  # each picture's sums by themselves
    return cells.astype(np.float32).reshape(len(down), count, count, ORIENTATIONS)


def _unit(blocks: Singles) -> Singles:
    unit: Singles = blocks / np.sqrt((blocks**2).sum(axis=2, keepdims=True) + np.float32(1e-10))
    return unit
