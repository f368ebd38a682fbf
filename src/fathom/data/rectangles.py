"""Rectangles as arrays: how much two of them overlap, and the best of those that lie over one another.

Rectangles are float64 [n, 4]: left, top, right, bottom in pixels, left and top inside, right and bottom outside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rectangles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

BLOCK = 512  # rectangles whose overlaps with one another are looked at together


def areas(rectangles: Rectangles) -> Floats:
    """The area of each, float64 [n]; 0 for one that is inverted.

    >>> areas(np.array([[0.0, 0.0, 2.0, 3.0], [5.0, 5.0, 4.0, 9.0]])).tolist()
    [6.0, 0.0]
    """
    sides = np.maximum(rectangles[:, 2:] - rectangles[:, :2], 0.0)
    found: Floats = sides[:, 0] * sides[:, 1]
    return found


def shared(some: Rectangles, others: Rectangles) -> Floats:
    """The area that each of `some` has in common with each of `others`, float64 [some, others]."""
    width = np.minimum(some[:, None, 2], others[None, :, 2]) - np.maximum(some[:, None, 0], others[None, :, 0])
    height = np.minimum(some[:, None, 3], others[None, :, 3]) - np.maximum(some[:, None, 1], others[None, :, 1])
    found: Floats = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    return found


def overlaps(some: Rectangles, others: Rectangles) -> Floats:
    """What each of `some` and each of `others` share of what both cover, 0..1 (IoU), float64 [some, others].

    >>> overlaps(np.array([[0.0, 0.0, 2.0, 2.0]]), np.array([[0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0]])).round(3)
    array([[1.   , 0.333]])
    """
    common = shared(some, others)
    both = areas(some)[:, None] + areas(others)[None, :] - common
    found: Floats = np.divide(common, both, out=np.zeros_like(common), where=both > 0)
    return found


def suppressed(rectangles: Rectangles, scores: Floats, most: float) -> Places:
    """Non-maximum suppression: positions of the rectangles that no better one overlaps by more than `most`.

    The best first; of equal scores the earlier one is the better. int [kept].

    >>> near = np.array([[0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 11.0, 10.0], [50.0, 50.0, 60.0, 60.0]])
    >>> suppressed(near, np.array([0.5, 0.9, 0.3]), 0.5).tolist()
    [1, 2]
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        if kept:  # what earlier blocks kept rules out much of this one at once
            block = block[(overlaps(rectangles[block], rectangles[kept]) <= most).all(axis=1)]
        over = overlaps(rectangles[block], rectangles[block]) > most
        alive = np.ones(len(block), dtype=bool)
        for place in range(len(block)):
            if alive[place]:
                kept.append(int(block[place]))
                alive[place + 1 :] &= ~over[place, place + 1 :]
    return np.array(kept, dtype=np.intp)


def suppressed_by_group(rectangles: Rectangles, scores: Floats, groups: npt.NDArray[np.int64], most: float) -> Places:
    """Non-maximum suppression within each group (a label, a picture); positions, the best of all first. int [kept]."""
    found = [
        members[suppressed(rectangles[members], scores[members], most)]
        for members in (np.flatnonzero(groups == group) for group in np.unique(groups))
    ]
    kept = np.concatenate(found) if found else np.zeros(0, dtype=np.intp)
    return kept[np.argsort(-scores[kept], kind="stable")]


def clipped(rectangles: Rectangles, width: float, height: float) -> Rectangles:
    """The rectangles as far as they lie in a picture of this size."""
    found: Rectangles = np.clip(rectangles, 0.0, [width, height, width, height])
    return found
