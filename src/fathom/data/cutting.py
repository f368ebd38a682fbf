"""Faces are found in photographs and cut out, before anybody is recognised on them.

The detector is a cascade of boosted local binary patterns (Viola and Jones 2001; Liao et al. 2007) that scikit-image
ships trained. It finds faces from the front, upright and not too small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image

from fathom import catalog
from fathom.data import media, upright
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.messages import phrase

Pixels = npt.NDArray[np.uint8]

EXTRA = "faces"
SIDE = 96  # pixels of a face that was cut out
LOOKED = 192  # pixels of the longer side that faces are looked for in
SMALLEST_FACE = 24  # pixels there: what the cascade was trained with
SEEN = 1.5  # and so much is looked at to see by how much it leans
ROOM = 1.35  # a face is cut with so much more than the detector's square, which ends at brows and chin
CROPPED = 96  # pictures of no more pixels a side are taken for faces cut out already
FILLS = 0.55  # a face that takes this share of the picture's side fills it
SAMPLE = 40  # pictures that tell whether faces must be cut out
OFTEN = 0.5  # share of them on which a face must be found for that


@dataclass(frozen=True)
class Face:
    """A face found: the middle and the side of its square, in shares of the picture's longer side."""

    x: float
    y: float
    side: float


@cache
def detector() -> Callable[[Pixels], list[Face]]:
    """A function from RGB pixels to the faces on them, the largest first; MissingExtra where it is not installed."""
    catalog.require(EXTRA, phrase("Finding faces in photographs"))
    names = catalog.load("skimage.data:lbp_frontal_face_cascade_filename")
    cascade = catalog.load("skimage.feature:Cascade")(names())

    def found(pixels: Pixels) -> list[Face]:
        small = _shrunk(pixels)
        side = min(small.shape[:2])
        if side < SMALLEST_FACE:
            return []
        sizes = {"min_size": (SMALLEST_FACE, SMALLEST_FACE), "max_size": (side, side)}
        squares: list[dict[str, Any]] = cascade.detect_multi_scale(
            img=np.ascontiguousarray(small), scale_factor=1.2, step_ratio=1, **sizes
        )
        longest = max(small.shape[:2])
        faces = [
            Face(
                (each["c"] + each["width"] / 2) / longest,
                (each["r"] + each["height"] / 2) / longest,
                each["width"] / longest,
            )
            for each in squares
        ]
        return sorted(faces, key=lambda face: -face.side)

    return found


def installed() -> bool:
    """Whether faces can be looked for."""
    return not catalog.missing(EXTRA)


def must_cut(cells: pl.Series, dataset: Dataset) -> tuple[bool, float]:
    """Whether these pictures show more than a face: so on most of some of them that are looked at.

    With it the share of those on which a face was found; 1 where nobody looked.
    """
    if media.is_unfolded(cells) and max(cells.dtype.shape[:2]) <= CROPPED:  # type: ignore[attr-defined]
        return False, 1.0
    height, width, _ = media.image_shape(cells, dataset.folder)
    if max(height, width) <= CROPPED or not installed():
        return False, 1.0
    rows = cells.is_not_null().arg_true().gather_every(max(1, (len(cells) - cells.null_count()) // SAMPLE))[:SAMPLE]
    sides = []
    for row in rows.to_list():
        pixels = media.cell_pixels(cells, row, dataset.folder)
        faces = detector()(pixels)
        sides.append(faces[0].side * max(pixels.shape[:2]) / min(pixels.shape[:2]) if faces else np.nan)
    there = np.isfinite(sides)
    share = float(there.mean()) if len(there) else 1.0
    return bool(share >= OFTEN and np.median(np.array(sides)[there]) < FILLS), share


def cut(pixels: Pixels) -> tuple[Pixels, int]:
    """The largest face, set upright, uint8 [SIDE, SIDE, 3], and how many were found; without one the whole picture."""
    faces = detector()(pixels)
    if not faces:
        return _square(pixels, 0.5 * pixels.shape[1], 0.5 * pixels.shape[0], float(min(pixels.shape[:2]))), 0
    longest, face = max(pixels.shape[:2]), faces[0]
    x, y, side = face.x * longest, face.y * longest, face.side * longest
    lean = upright.lean(_square(pixels, x, y, SEEN * side))
    if not lean:
        return _square(pixels, x, y, ROOM * side), len(faces)
    edge = SIDE // 4  # what turns in from beyond the square is part of the picture too
    wide = Image.fromarray(_square(pixels, x, y, 1.5 * ROOM * side, SIDE + 2 * edge))
    turned = wide.rotate(-lean, Image.Resampling.BICUBIC)
    return np.asarray(turned.crop((edge, edge, edge + SIDE, edge + SIDE))), len(faces)


def ready(dataset: Dataset, column: str) -> tuple[Dataset, npt.NDArray[np.int64]]:
    """The dataset with the faces of a column cut out, and how many faces each picture had (-1: it is missing).

    Pictures that are unfolded to a face's size were cut before and stay as they are.
    """
    cells = dataset[column]
    if media.is_unfolded(cells) and cells.dtype.shape == (SIDE, SIDE, 3):  # type: ignore[attr-defined]
        return dataset, np.ones(len(cells), dtype=np.int64)
    found = np.zeros((len(cells), SIDE, SIDE, 3), dtype=np.uint8)
    counts = np.full(len(cells), -1, dtype=np.int64)
    for row, there in enumerate(cells.is_not_null()):
        if there:
            found[row], counts[row] = cut(media.cell_pixels(cells, row, dataset.folder))
    return replace(dataset, frame=dataset.frame.with_columns(pl.Series(column, found))), counts


def told(column: str, counts: npt.NDArray[np.int64]) -> list[Finding]:
    """What was cut, and on how many pictures no face was found or several were."""
    looked = int((counts >= 0).sum())
    none, several = np.flatnonzero(counts == 0), np.flatnonzero(counts > 1)
    what = phrase(
        "{column}: faces were found and cut out of {count:,} pictures.", column=column, count=looked - len(none)
    )
    findings = [Finding("ok", what, (column,))]
    if len(none):
        what = phrase(
            "{column}: on {count:,} of {looked:,} pictures no face was found, so all of the picture is looked at.",
            column=column,
            count=len(none),
            looked=looked,
        )
        remedy = phrase("Take them out, or cut the faces out yourself: profiles, small and dark faces are missed.")
        findings.append(Finding("warning", what, (column,), tuple(none[:100].tolist()), remedy))
    if len(several):
        what = phrase("{column}: on {count:,} pictures several faces were found, and the largest was taken.",
                      column=column, count=len(several))  # fmt: skip
        remedy = phrase("Look whether the largest is the person who is named.")
        findings.append(Finding("note", what, (column,), tuple(several[:100].tolist()), remedy))
    return findings


def _shrunk(pixels: Pixels) -> Pixels:
    longest = max(pixels.shape[:2])
    if longest <= LOOKED:
        return pixels
    size = tuple(max(1, round(side * LOOKED / longest)) for side in pixels.shape[1::-1])
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _square(pixels: Pixels, x: float, y: float, side: float, size: int = SIDE) -> Pixels:
    """A square around a point, its edges continued where it leaves the picture."""
    box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    room = int(np.ceil(max(0, -box[0], -box[1], box[2] - pixels.shape[1], box[3] - pixels.shape[0])))
    whole = np.pad(pixels, ((room, room), (room, room), (0, 0)), mode="edge") if room else pixels
    corners = (box[0] + room, box[1] + room, box[2] + room, box[3] + room)
    image = Image.fromarray(whole)
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=corners, reducing_gap=2.0))
