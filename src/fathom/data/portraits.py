"""Portraits: the faces on a column of pictures, as gray or coloured squares of one size."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.data import media
from fathom.data.dataset import Dataset

Pixels = npt.NDArray[np.uint8]

LARGEST = 64  # pixels a side that a face is looked at with, where the pictures are not smaller
SMALLEST = 16


@dataclass(frozen=True)
class Portraits:
    """How faces are read from the pictures of a column: the side of the square in pixels."""

    column: str
    side: int

    @classmethod
    def learn(cls, column: str, dataset: Dataset, largest: int = LARGEST) -> Self:
        """The size that these pictures allow."""
        height, width, _ = media.image_shape(dataset[column], dataset.folder)
        return cls(column, int(np.clip(min(height, width), SMALLEST, largest)))

    def pixels(self, dataset: Dataset, channels: int = 1) -> Pixels:
        """The faces, uint8 [rows, side, side, channels]; a missing picture is black."""
        return media.images(dataset[self.column], dataset.folder, size=(self.side, self.side), channels=channels)

    def to_json(self) -> dict[str, Any]:
        """How faces are read, as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` described; a ValueError where that cannot be."""
        side = int(data["side"])
        if not 1 <= side <= 4 * LARGEST:
            raise ValueError(f"side {side}")
        return cls(str(data["column"]), side)
