"""Pictures of the data, small and in the page itself."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image, ImageDraw

from fathom.data import media
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.report.html import Markup, tag

LONGEST = 256  # pixels of the longer side that are kept
WARM = (225, 80, 20)  # the colour of what decided
STRONGEST = 0.85  # share of it where it decided most
PALE = 70  # of 255, that the picture beneath is lightened by, so that the colour is seen
SHOWN = 128  # pixels of the longer side on the page
Share = tuple[float, float, float, float]


def shown(cells: pl.Series, row: int, folder: Path | None, alt: str, place: Share | None = None) -> Markup:
    """The picture as an element, a tiny one enlarged pixel by pixel; a box that says so where it cannot be read.

    With `place` (left, top, right, bottom in shares of it) outlined. Pictures are decoded and written anew, so that
    nothing but pixels gets from the data into the page.
    """
    picture = _open(cells, row, folder)
    if picture is None:
        return tag("div", phrase("cannot be shown"), class_="no-picture", role="img", aria_label=alt)
    if place is not None:
        larger = max(1, round(SHOWN / max(picture.size)))
        picture = picture.convert("RGB").resize(
            (picture.width * larger, picture.height * larger), Image.Resampling.NEAREST
        )
        _outline(picture, place)
    longest = max(picture.size)
    factor = SHOWN / longest if longest > SHOWN // 2 else SHOWN // longest  # whole pixels for tiny ones
    return tag(
        "img",
        src=f"data:image/png;base64,{base64.b64encode(_png(picture)).decode()}",
        alt=alt,
        width=round(picture.width * factor),
        height=round(picture.height * factor),
        class_="pixels" if longest <= SHOWN // 2 else None,
    )


def warmed(
    cells: pl.Series,
    row: int,
    folder: Path | None,
    places: Sequence[Sequence[float]],
    alt: str,
    place: Share | None = None,
) -> Markup | None:
    """The picture in grey, warm where `places` (rows of figures, above zero what counts) are high; None if unreadable.

    With `place` (left, top, right, bottom in shares of it) outlined.
    Between the middles of places it is drawn smoothly: they are coarse, and their edges mean nothing.
    """
    picture = _open(cells, row, folder)
    heat = np.maximum(np.asarray(places, dtype=np.float64), 0.0)
    if picture is None or heat.ndim != 2 or not heat.size or not np.isfinite(heat).all():
        return None
    longest = max(picture.size)
    size = (max(round(picture.width * SHOWN / longest), 1), max(round(picture.height * SHOWN / longest), 1))
    grey = np.asarray(picture.convert("L").resize(size, Image.Resampling.BILINEAR), dtype=np.float64)[..., None]
    share = Image.fromarray((heat / max(heat.max(), 1e-12) * 255).astype(np.uint8))
    warm = np.asarray(share.resize(size, Image.Resampling.BICUBIC), dtype=np.float64)[..., None] / 255 * STRONGEST
    mixed = (1 - warm) * (PALE + (1 - PALE / 255) * grey) + warm * np.array(WARM, dtype=np.float64)
    drawn = Image.fromarray(mixed.round().astype(np.uint8))
    if place is not None:
        _outline(drawn, place)
    return enlarged(np.asarray(drawn), size[1], alt, class_="warmed")


def data(cells: pl.Series, row: int, folder: Path | None, longest: int) -> str | None:
    """The picture as the address of an image that holds it, no side longer; None where it cannot be read."""
    picture = _open(cells, row, folder, longest)
    if picture is None:
        return None
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def enlarged(pixels: npt.NDArray[np.uint8], height: int, alt: str, class_: str = "") -> Markup:
    """Pixels [height, width, 3 or 4] as an element so many pixels high, a small one enlarged pixel by pixel."""
    picture = Image.fromarray(pixels)
    if (pixels[..., :3] == pixels[..., :1]).all():
        picture = picture.convert("LA" if pixels.shape[2] == 4 else "L")
    picture.thumbnail((4 * LONGEST, LONGEST))
    return tag(
        "img",
        src=f"data:image/png;base64,{base64.b64encode(_png(picture)).decode()}",
        alt=alt,
        width=round(pixels.shape[1] * height / pixels.shape[0]),
        height=height,
        class_=" ".join(filter(None, ["pixels" if pixels.shape[0] < height else "", class_])) or None,
    )


def _outline(picture: Image.Image, place: Share) -> None:
    """Draw a white line between two black ones around a place."""
    left, top, right, bottom = (round(share * side) for share, side in zip(place, picture.size * 2, strict=True))
    draw = ImageDraw.Draw(picture)
    for beyond, colour in ((1, "black"), (-1, "black"), (0, "white")):
        sides = (left - beyond, top - beyond, max(right - 1 + beyond, left), max(bottom - 1 + beyond, top))
        if sides[2] >= sides[0] and sides[3] >= sides[1]:
            draw.rectangle(sides, outline=colour)


def _open(cells: pl.Series, row: int, folder: Path | None, longest: int = LONGEST) -> Image.Image | None:
    """The decoded picture, no larger than is shown; None where it cannot be read."""
    if cells[row] is None:
        return None
    try:
        picture = Image.fromarray(media.cell_pixels(cells, row, folder))
    except (DataError, OSError, ValueError, SyntaxError):
        return None
    picture.thumbnail((longest, longest))
    return picture


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
