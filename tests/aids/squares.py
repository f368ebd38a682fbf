"""Pictures with a red or a blue square in each, and where it is."""

from __future__ import annotations

import numpy as np
import polars as pl

from fathom.data import boxes, media
from fathom.data.boxes import Mark
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.tasks.problem import Problem

PROBLEM = Problem("object-detection", "boxes", (Column("image", Kind.IMAGE),), boxes=("blue", "red"))


def squares(rows, seed):
    """Pictures of 64 pixels a side with a red or a blue square in each, and one with none."""
    chance = np.random.default_rng(seed)
    cells, marks = [], []
    for row in range(rows):
        picture = np.full((64, 64, 3), 90, dtype=np.uint8)
        x, y, side = *chance.integers(0, 36, 2), chance.integers(16, 28)
        red = bool(chance.integers(2))
        if row:
            picture[y : y + side, x : x + side] = (230, 20, 20) if red else (20, 20, 230)
        cells.append(media.encode(picture))
        marks.append([Mark(x, y, x + side, y + side, "red" if red else "blue")] if row else [])
    frame = pl.DataFrame([pl.Series("image", cells, dtype=pl.Binary), boxes.stored("boxes", marks)])
    return Dataset(frame, (Column("image", Kind.IMAGE), Column("boxes", Kind.BOXES)))
