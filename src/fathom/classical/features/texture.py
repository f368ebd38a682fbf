"""Local binary patterns (Ojala, Pietikäinen and Mäenpää 2002) of a whole batch of pictures at once."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]

POINTS = 8  # around each pixel, at distance one
SCALES = 3  # the picture as it is, at half and at a quarter of its size: rings of twice and four times the distance
GRID = 2  # parts a side whose patterns are counted by themselves


def _kinds() -> npt.NDArray[np.uint8]:
    """For each of the 256 codes its place among the uniform ones; all others share the last place."""
    turns = [bin(code ^ ((code >> 1) | ((code & 1) << (POINTS - 1)))).count("1") for code in range(2**POINTS)]
    uniform = [code for code, changes in enumerate(turns) if changes <= 2]
    kinds = np.full(2**POINTS, len(uniform), dtype=np.uint8)
    kinds[uniform] = np.arange(len(uniform))
    return kinds


KINDS = _kinds()
PATTERNS = int(KINDS.max()) + 1  # 58 uniform ones and the rest


def length() -> int:
    """How many features a picture gets."""
    return SCALES * GRID**2 * PATTERNS


def histograms(grey: Singles) -> Singles:
    """Features float32 [pictures, length()] of grey pictures float32 [pictures, side, side], side at least 24.

    The share of pixels with each uniform pattern of eight neighbours, in each quarter of the picture and at each scale;
    its square root, by which histograms compare better (Hellinger). The patterns of scikit-image's
    `local_binary_pattern` ("nri_uniform"), without its loop over pictures.
    """
    made = []
    for _ in range(SCALES):
        made.append(_shares(KINDS[codes(grey)]))
        grey = halved(grey)
    features: Singles = np.sqrt(np.hstack(made))
    return features


def codes(grey: Singles) -> npt.NDArray[np.uint8]:
    """Which of its eight neighbours are as bright as each inner pixel or brighter; uint8, a pixel less on each side."""
    middle = grey[:, 1:-1, 1:-1]
    found = np.zeros(middle.shape, dtype=np.uint8)
    for point in range(POINTS):
        angle = 2 * math.pi * point / POINTS
        ring = _at(grey, round(-math.sin(angle), 5), round(math.cos(angle), 5))
        found |= (ring >= middle).astype(np.uint8) << np.uint8(point)
    return found


def halved(pictures: Singles) -> Singles:
    """Pictures [pictures, side, side] at half their size, by the mean of two by two pixels."""
    even = pictures.shape[1] // 2 * 2
    whole = pictures[:, :even, :even]
    smaller: Singles = (
        whole[:, ::2, ::2] + whole[:, 1::2, ::2] + whole[:, ::2, 1::2] + whole[:, 1::2, 1::2]
    ) * np.float32(0.25)
    return smaller


def _at(grey: Singles, down: float, right: float) -> Singles:
    """What stands at this distance from each inner pixel, between pixels by their nearness."""
    side = grey.shape[1] - 2
    top, left = math.floor(down), math.floor(right)
    found = np.zeros((len(grey), side, side), dtype=np.float32)
    for y, tall in ((top, 1 - (down - top)), (top + 1, down - top)):
        for x, wide in ((left, 1 - (right - left)), (left + 1, right - left)):
            if tall * wide > 0:
                found += np.float32(tall * wide) * grey[:, 1 + y : 1 + y + side, 1 + x : 1 + x + side]
    return found


def _shares(kinds: npt.NDArray[np.uint8]) -> Singles:
    """How often each pattern occurs in each part of the picture, float32 [pictures, GRID² x PATTERNS]."""
    side = kinds.shape[1]
    part = np.arange(side) * GRID // side
    place = (part[:, None] * GRID + part) * PATTERNS
    bins = GRID**2 * PATTERNS
    which = kinds.astype(np.int64) + place + (np.arange(len(kinds)) * bins)[:, None, None]
    counts = np.bincount(which.ravel(), minlength=len(kinds) * bins).reshape(len(kinds), GRID**2, PATTERNS)
    shares: Singles = (counts / counts.sum(axis=2, keepdims=True)).astype(np.float32).reshape(len(kinds), bins)
    return shares
