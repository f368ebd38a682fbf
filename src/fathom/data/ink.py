"""How pictures of strokes (digits, letters, signs) are laid out, so that a new drawing can be made like them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.errors import DataError

SAMPLE = 300  # pictures measured
PLAIN = 0.3  # share of the frame's brightness range that its edges may span in a drawing
EMPTY = 0.35  # share of the pixels that a drawing leaves empty, at least
Drawn = npt.NDArray[np.bool_]


def layout(dataset: Dataset, column: str) -> dict[str, float | bool] | None:
    """Margin and stroke of the strokes as shares of the picture's side, and whether they are dark on light.

    None where the pictures are no drawings: in colour, or without a plain ground.

    >>> import polars as pl
    >>> from fathom.data.kinds import Column, Kind
    >>> picture = np.zeros((20, 20), dtype=np.uint8)
    >>> picture[2:18, 9:11] = 255
    >>> frame = pl.DataFrame({"image": [media.encode(picture)]})
    >>> layout(Dataset(frame, (Column("image", Kind.IMAGE),)), "image")
    {'margin': 0.1, 'stroke': 0.089, 'inverted': False}
    """
    cells = dataset[column].drop_nulls()
    cells = cells.gather_every(max(1, len(cells) // SAMPLE)).head(SAMPLE)
    try:
        height, width, channels = media.image_shape(cells, dataset.folder)
        pixels = media.images(cells, dataset.folder, size=(height, width), channels=1)[..., 0] / 255.0
    except DataError:
        return None
    edges = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    ground = float(np.median(edges))
    inverted = ground > 0.5
    ink = 1.0 - pixels if inverted else pixels
    drawn = ink > ink.max(axis=(1, 2), keepdims=True) / 2
    if channels != 1 or abs(ground - float(inverted)) > PLAIN or drawn.mean() > 1.0 - EMPTY:
        return None
    spans = [(_span(picture.any(axis=1)), _span(picture.any(axis=0))) for picture in drawn]
    fills = [max(rows / height, columns / width) for rows, columns in spans]
    return {
        "margin": round(float(1.0 - np.median(fills)) / 2, 3),
        "stroke": round(_stroke(drawn) / min(height, width), 3),
        "inverted": bool(inverted),
    }


def drawing(dataset: Dataset, pictures: tuple[str, ...]) -> dict[str, Any]:
    """The layout as a fact for a model's card; nothing where the model reads no pictures."""
    return {"drawing": layout(dataset, pictures[0])} if pictures else {}


def _span(filled: Drawn) -> int:
    """Pixels from the first to the last that is filled."""
    places = np.flatnonzero(filled)
    return int(places[-1] - places[0] + 1) if len(places) else 0


def _stroke(drawn: Drawn) -> float:
    """The usual width of the strokes in pixels: twice their area over the length of their outline."""
    framed = np.pad(drawn, ((0, 0), (1, 1), (1, 1)))
    outline = (framed[:, 1:] != framed[:, :-1]).sum() + (framed[:, :, 1:] != framed[:, :, :-1]).sum()
    return 2.0 * float(drawn.sum()) / max(int(outline), 1)
