"""Where the faces are in a photograph, how large they are and by how much they lean.

The detector is a cascade of boosted local binary patterns (Viola and Jones 2001; Liao et al. 2007) that scikit-image
ships trained. It finds faces from the front, upright and not too small. Where it finds none it looks again in the
picture turned to either side, and then at what few squares agree on, for a clear face may fall between the steps of its
first look. What it finds is set upright by its symmetry and looked for once more, in finer steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from fathom import catalog
from fathom.data import upright
from fathom.messages import phrase

Pixels = npt.NDArray[np.uint8]

EXTRA = "faces"
LOOKED = 192  # pixels of the longer side that faces are looked for in
SMALLEST_FACE = 24  # pixels there: what the cascade was trained with
STRIDE, AGREE = 1.2, 4  # from one size of faces to the next, and how many squares must agree for one
TURNS = (20, -20)  # degrees by which the picture is turned where no upright face is surely one
MOST = 12  # faces of a picture that are looked at closely
SEEN, SEEN_SIDE = 1.5, 72  # of a face's side, and pixels: what is looked at to see by how much it leans
NEAR, NEAR_SIDE = 2.0, 72  # the same to find it once more
FINE_STRIDE, FINE_AGREE = 1.05, 6
FAINT, CLEAR = (
    2,
    15,
)  # where nothing is found so few squares must agree for a face at first, and so many looked at closely
RANGE = 1.45  # and how much smaller or larger than the first look said a face may be


@dataclass(frozen=True)
class Face:
    """A face found: the middle and the side of its square, in shares of the picture's longer side.

    `lean`: by how many degrees it leans to the left. `sure`: whether it was found again when it was looked at closely.
    """

    x: float
    y: float
    side: float
    lean: float = 0.0
    sure: bool = False


def installed() -> bool:
    """Whether faces can be looked for."""
    return not catalog.missing(EXTRA)


@cache
def detector(*, closely: bool = True) -> Callable[[Pixels], list[Face]]:
    """A function from RGB pixels to the faces on them, the largest first; MissingExtra where it is not installed.

    Of those that are looked at closely only the sure ones are told, where there are any.
    """
    catalog.require(EXTRA, phrase("Finding faces in photographs"))

    def found(pixels: Pixels) -> list[Face]:
        small = _shrunk(pixels)
        faces = sorted(_faces(small), key=lambda face: -face.side)[:MOST]
        if not closely:
            return faces
        faces = [steadied(pixels, face) for face in faces]
        sure = [face for face in faces if face.sure] or _leaning(pixels, small) or _faint(pixels, small)
        return sorted(sure or faces, key=lambda face: -face.side)

    return found


def _leaning(pixels: Pixels, small: Pixels) -> list[Face]:
    """The sure faces that lean too far for the detector, found in the picture turned to either side."""
    sure: list[Face] = []
    for turn in TURNS:
        turned = np.asarray(Image.fromarray(small).rotate(-turn, Image.Resampling.BILINEAR))
        near = [steadied(pixels, _turned_back(face, turn, small.shape)) for face in _faces(turned)[:MOST]]
        sure += [face for face in near if face.sure and not any(_same(face, other) for other in sure)]
    return sure


def _faint(pixels: Pixels, small: Pixels) -> list[Face]:
    """The faces that few squares of a picture agree on, and many once they are looked at closely."""
    near = [steadied(pixels, face, CLEAR) for face in _faces(small, FAINT)[:MOST]]
    return [face for face in near if face.sure]


def steadied(pixels: Pixels, face: Face, agree: int = FINE_AGREE) -> Face:
    """The face with the angle by which it leans; where it is found again when it is set upright, with a closer square.

    The squares of the first look are rough: its sizes are a fifth apart, and it knows no angles. `agree`: how many
    squares of the second look must agree for one.
    """
    longest = max(pixels.shape[:2])
    face = replace(face, lean=face.lean + upright.lean(portrait(pixels, face, SEEN, SEEN_SIDE)))
    usual = NEAR_SIDE / NEAR
    around = portrait(pixels, face, NEAR, NEAR_SIDE)
    squares = _squares(around, FINE_STRIDE, agree, usual / RANGE, usual * RANGE)
    if not squares:
        return face
    middle = NEAR_SIDE / 2
    x, y, side = min(squares, key=lambda square: np.hypot(square[0] - middle, square[1] - middle))
    aside, below = _turned((x - middle) / usual * face.side, (y - middle) / usual * face.side, face.lean)
    x, y = (
        min(max(at, 0.0), most / longest)
        for at, most in ((face.x + aside, pixels.shape[1]), (face.y + below, pixels.shape[0]))
    )
    face = Face(x, y, side / usual * face.side, face.lean, sure=True)
    return replace(face, lean=face.lean + upright.lean(portrait(pixels, face, SEEN, SEEN_SIDE)))


def portrait(pixels: Pixels, face: Face, room: float, size: int) -> Pixels:
    """A face set upright with `room` times its side around it, uint8 [size, size, 3]; `size` is a multiple of 4."""
    longest = max(pixels.shape[:2])
    x, y, side = face.x * longest, face.y * longest, room * face.side * longest
    if not face.lean:
        return square(pixels, x, y, side, size)
    edge = size // 4  # what turns in from beyond the square is part of the picture too
    wide = Image.fromarray(square(pixels, x, y, 1.5 * side, size + 2 * edge))
    turned = wide.rotate(-face.lean, Image.Resampling.BICUBIC)
    return np.asarray(turned.crop((edge, edge, edge + size, edge + size)))


def square(pixels: Pixels, x: float, y: float, side: float, size: int) -> Pixels:
    """A square around a point, uint8 [size, size, 3], the picture's edges continued where it leaves the picture."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = x - side / 2, y - side / 2, x + side / 2, y + side / 2
    first, last = max(0, int(left) - 2), min(width, int(right) + 3)
    upper, lower = max(0, int(top) - 2), min(height, int(bottom) + 3)
    beyond = [int(np.ceil(max(0.0, each))) for each in (-top, bottom - height, -left, right - width)]
    part = pixels[upper:lower, first:last]
    if any(beyond):
        part = np.pad(part, (tuple(beyond[:2]), tuple(beyond[2:]), (0, 0)), mode="edge")
    across, down = beyond[2] - first, beyond[0] - upper
    box = (left + across, top + down, right + across, bottom + down)
    image = Image.fromarray(np.ascontiguousarray(part))
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0))


@cache
def _cascade() -> Any:
    names = catalog.load("skimage.data:lbp_frontal_face_cascade_filename")
    return catalog.load("skimage.feature:Cascade")(names())


def _squares(pixels: Pixels, stride: float, agree: int, least: float, most: float) -> list[tuple[float, float, float]]:
    """Middle and side, in pixels, of the squares in which the cascade sees faces of these sizes."""
    smallest, largest = max(SMALLEST_FACE, int(least)), min(*pixels.shape[:2], int(most))
    if largest < smallest:
        return []
    found: list[dict[str, Any]] = _cascade().detect_multi_scale(
        img=np.ascontiguousarray(pixels),
        scale_factor=stride,
        step_ratio=1,
        min_neighbor_number=agree,
        min_size=(smallest, smallest),
        max_size=(largest, largest),
    )
    return [(each["c"] + each["width"] / 2, each["r"] + each["height"] / 2, each["width"]) for each in found]


def _faces(small: Pixels, agree: int = AGREE) -> list[Face]:
    """The upright faces of a small picture."""
    longest = max(small.shape[:2])
    return [
        Face(x / longest, y / longest, side / longest)
        for x, y, side in _squares(small, STRIDE, agree, 0, min(small.shape[:2]))
    ]


def _turned_back(face: Face, turn: float, shape: tuple[int, ...]) -> Face:
    """A face of a picture that was turned about its middle, as it stands in the picture."""
    x, y = (0.5 * side / max(shape[:2]) for side in (shape[1], shape[0]))
    aside, below = _turned(face.x - x, face.y - y, turn)
    return replace(face, x=x + aside, y=y + below, lean=float(turn))


def _turned(aside: float, below: float, degrees: float) -> tuple[float, float]:
    """A way turned to the left, where down is positive."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return float(aside * cos + below * sin), float(below * cos - aside * sin)


def _same(one: Face, other: Face) -> bool:
    """Whether two squares show one face."""
    return float(np.hypot(one.x - other.x, one.y - other.y)) < 0.5 * max(one.side, other.side)


def _shrunk(pixels: Pixels) -> Pixels:
    longest = max(pixels.shape[:2])
    if longest <= LOOKED:
        return pixels
    size = tuple(max(1, round(side * LOOKED / longest)) for side in pixels.shape[1::-1])
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
