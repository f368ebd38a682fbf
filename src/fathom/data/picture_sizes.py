"""How large pictures are, read off their headers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import media
from fathom.data.media_paths import Folder


def picture_sizes(cells: pl.Series, folder: Path | None) -> npt.NDArray[np.int64]:
    """Width and height of each picture once it is upright, int64 [rows, 2]; 0 where there is none or it is broken.

    >>> picture_sizes(pl.Series("image", [media.encode(np.zeros((5, 7))), None]), None).tolist()
    [[7, 5], [0, 0]]
    """
    found = np.zeros((len(cells), 2), dtype=np.int64)
    if media.is_unfolded(cells):
        height, width = cells.to_numpy().shape[1:3]
        found[:] = width, height
        return found
    place = Folder(folder)
    for row, cell in enumerate(cells):
        if cell is not None:
            found[row] = media.size_of(cell, place) or (0, 0)
    return found
