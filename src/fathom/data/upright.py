"""Faces that lean are set upright: a face is alike left and right, about an axis that leans as the head does."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

SIDE = 72  # pixels a side that symmetry is looked for in
RADIUS = 28.0  # of the disc that is compared with its mirror image: what turns within the picture
SOFT = 14.0  # pixels from the middle over which it counts less and less, so that the disc's edge decides nothing
MOST, STEP = 24, 2  # degrees
ASIDE = (-4, -2, 0, 2, 4)  # pixels that the axis may lie beside the middle
FINE, COARSE = 0.8, 5.0  # pixels: what is finer is noise, what is coarser is light
USUAL = 12.0  # degrees by which heads lean: most of them less
SURE = 0.05  # likeness by which one axis must be ahead to count e times as much


def lean(pixels: Pixels) -> float:
    """By how many degrees a face leans, to the left above zero; near 0 where no axis is clearly better than another.

    The face, uint8 [side, side, 3], fills the middle two thirds of its square. The mean over all axes is told, weighed
    by how alike the face is about each and by how rarely heads lean so far: the best axis alone jumps where the square
    is moved a little.
    """
    alike = likeness(pixels)
    turns = np.arange(-MOST, MOST + STEP, STEP)
    weights = np.exp((alike - alike.max()) / SURE - 0.5 * (turns / USUAL)[:, None] ** 2).sum(axis=1)
    return round(float(weights @ turns / weights.sum()), 2)


def likeness(pixels: Pixels) -> Floats:
    """The correlation of a face with its mirror image about each of the axes, float32 [angles, places of the axis]."""
    gray = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    fine, coarse = (np.asarray(gray.filter(ImageFilter.GaussianBlur(by)), np.float32) for by in (FINE, COARSE))
    detail = (fine - coarse).ravel()
    strength = Image.fromarray(np.abs(detail).clip(0, 255).astype(np.uint8).reshape(SIDE, SIDE))
    detail = detail / (np.asarray(strength.filter(ImageFilter.GaussianBlur(COARSE)), np.float32).ravel() + 3.0)
    right, left, counts = _places()
    one, other = detail[right], detail[left]
    found: Floats = 2 * ((one * other) @ counts) / ((one * one + other * other) @ counts + 1e-6)
    return found


@cache
def _places() -> tuple[Places, Places, Floats]:
    """Pixels on one side of the axis, those opposite (int64 [angles, places of the axis, pixels]), what they count."""
    x, y = (each.astype(float) for each in np.meshgrid(np.arange(RADIUS) + 0.5, np.arange(-RADIUS, RADIUS) + 0.5))
    within = x**2 + y**2 < RADIUS**2
    x, y = x[within], y[within]
    counts = np.exp(-(x**2 + y**2) / (2 * SOFT**2)).astype(np.float32)
    turns = np.radians(np.arange(-MOST, MOST + STEP, STEP))[:, None, None]
    beside, middle = np.array(ASIDE)[None, :, None], (SIDE - 1) / 2

    def at(right: npt.NDArray[np.float64]) -> Places:
        across = middle + right * np.cos(turns) + y * np.sin(turns)
        down = middle - right * np.sin(turns) + y * np.cos(turns)
        row, column = (np.rint(each).astype(np.int64) for each in (down, across))
        places: Places = row * SIDE + column
        return places

    return at(beside + x), at(beside - x), counts
