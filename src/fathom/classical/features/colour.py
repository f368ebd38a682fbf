"""Colours as people see them (CIE 1976 L*a*b*): means and spreads on a coarse grid, and a histogram of the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

GRID = 4  # parts a side whose colours are told
LIGHTS, TINTS = 4, 5  # steps of lightness, and of each of the two axes of colour
WIDEST = 60.0  # of an axis of colour that is told apart; few photographs have stronger ones
SHADES = LIGHTS * TINTS**2
MOMENTS = tuple(
    (what, axis) for what in ("mean", "spread") for axis in ("lightness", "red against green", "yellow against blue")
)
WHITE = (0.95047, 1.0, 1.08883)  # CIE D65
TO_XYZ = np.array(  # of linear sRGB
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)


def _linear() -> Doubles:
    shares = np.arange(256) / 255
    curve: Doubles = np.where(shares > 0.04045, ((shares + 0.055) / 1.055) ** 2.4, shares / 12.92)
    return curve


LINEAR = _linear()  # of each of the 256 values that a channel can have


def length() -> int:
    """How many features a picture gets."""
    return GRID**2 * len(MOMENTS) + SHADES


def perceived(pictures: npt.NDArray[np.uint8]) -> Doubles:
    """Lightness 0 to 100 and the two axes of colour, float64 [pictures, side, side, 3], of sRGB uint8.

    In double precision: a colour on the border of two steps must fall into the same one wherever this is computed.
    """
    xyz = LINEAR[pictures] @ TO_XYZ.T / np.array(WHITE)
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lab: Doubles = np.empty_like(root)
    lab[..., 0] = 116 * root[..., 1] - 16
    lab[..., 1] = 500 * (root[..., 0] - root[..., 1])
    lab[..., 2] = 200 * (root[..., 1] - root[..., 2])
    return lab


def features(lab: Doubles) -> Singles:
    """Features float32 [pictures, length()] of perceived colours [pictures, side, side, 3], side a multiple of four.

    For each of 4 x 4 parts the mean and the spread of each axis (Stricker and Orengo 1995), then the square roots of
    the shares of 100 colours in the whole picture. All about between -1 and 1.
    """
    count, side = len(lab), lab.shape[1]
    step = side // GRID
    parts = lab.reshape(count, GRID, step, GRID, step, 3)
    moments = np.concatenate([parts.mean(axis=(2, 4)), parts.std(axis=(2, 4))], axis=3) / 100
    return np.hstack([moments.reshape(count, -1).astype(np.float32), np.sqrt(_shares(lab))])


def _shares(lab: Doubles) -> Singles:
    """The share of pixels of each of 100 colours, float32 [pictures, 100]."""
    light = np.clip(lab[..., 0] * (LIGHTS / 100), 0, LIGHTS - 1).astype(np.int64)
    tints = np.clip((lab[..., 1:] + WIDEST) * (TINTS / (2 * WIDEST)), 0, TINTS - 1).astype(np.int64)
    which = ((light * TINTS + tints[..., 0]) * TINTS + tints[..., 1]).reshape(len(lab), -1)
    counts = np.bincount((which + np.arange(len(lab))[:, None] * SHADES).ravel(), minlength=len(lab) * SHADES)
    shares: Singles = (counts.reshape(len(lab), SHADES) / which.shape[1]).astype(np.float32)
    return shares
