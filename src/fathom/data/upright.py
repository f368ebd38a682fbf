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
RADIUS = 24.0  # of the disc that is compared with its mirror image: what turns within the picture
MOST, STEP = 24, 2  # degrees
ASIDE = (-4, -2, 0, 2, 4)  # pixels that the axis may lie beside the middle
MARGIN = 0.04  # how much more alike than unturned
FINE, COARSE = 1.0, 6.0  # pixels: what is finer is noise, what is coarser is light


def lean(pixels: Pixels) -> float:
    """By how many degrees a face leans, to the left above zero; 0 where no angle is clearly better than none.

    The face, uint8 [side, side, 3], fills the middle two thirds of its square.
    """
    alike = likeness(pixels)
    best = int(alike.argmax())
    if alike[best] - alike[len(alike) // 2] < MARGIN:
        return 0.0
    return float(best * STEP - MOST)


def likeness(pixels: Pixels) -> Floats:
    """The correlation of a face with its mirror image about each of the axes, float32 [angles]."""
    gray = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    fine, coarse = (np.asarray(gray.filter(ImageFilter.GaussianBlur(by)), np.float32) for by in (FINE, COARSE))
    detail = (fine - coarse).ravel()
    strength = Image.fromarray(np.abs(detail).clip(0, 255).astype(np.uint8).reshape(SIDE, SIDE))
    detail = detail / (np.asarray(strength.filter(ImageFilter.GaussianBlur(COARSE)), np.float32).ravel() + 3.0)
    one, other = (detail[places] for places in _places())
    both = (one * other).sum(axis=-1)
    power = (one * one).sum(axis=-1) + (other * other).sum(axis=-1)
    found: Floats = (2 * both / (power + 1e-6)).max(axis=1)
    return found


@cache
def _places() -> tuple[Places, Places]:
    """Pixels on one side of the axis and those opposite, int64 [angles, places of the axis, pixels] each."""
    x, y = (each.astype(float) for each in np.meshgrid(np.arange(RADIUS) + 0.5, np.arange(-RADIUS, RADIUS) + 0.5))
    within = x**2 + y**2 < RADIUS**2
    x, y = x[within], y[within]
    turns = np.radians(np.arange(-MOST, MOST + STEP, STEP))[:, None, None]
    beside, middle = np.array(ASIDE)[None, :, None], (SIDE - 1) / 2

    def at(right: npt.NDArray[np.float64]) -> Places:
        across = middle + right * np.cos(turns) + y * np.sin(turns)
        down = middle - right * np.sin(turns) + y * np.cos(turns)
        row, column = (np.rint(each).astype(np.int64).clip(0, SIDE - 1) for each in (down, across))
        return row * SIDE + column

    return at(beside + x), at(beside - x)
