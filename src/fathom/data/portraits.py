"""Portraits: the faces on a column of pictures, as gray or coloured squares of one size."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.data import cutting, media
from fathom.data.cuts import way_of
from fathom.data.dataset import Dataset
from fathom.errors import RowError

Pixels = npt.NDArray[np.uint8]

LARGEST = 64  # pixels a side that a face is looked at with, where the pictures are not smaller
SMALLEST = 16
AT_ONCE = 512  # pictures: faces that were cut out are larger than what is kept of them


@dataclass(frozen=True)
class Portraits:
    """How faces are read from the pictures of a column: the side of the square in pixels, how they are cut out."""

    column: str
    side: int
    cut: str = ""  # one of `cuts`; none: the pictures are faces

    @classmethod
    def learn(cls, column: str, dataset: Dataset, largest: int = LARGEST, *, cut: str = "") -> Self:
        """The size that these pictures allow."""
        height, width, _ = media.image_shape(dataset[column], dataset.folder)
        return cls(column, largest if cut else int(np.clip(min(height, width), SMALLEST, largest)), cut)

    def pixels(self, dataset: Dataset, channels: int = 1) -> Pixels:
        """The faces, uint8 [rows, side, side, channels]; a missing picture is black."""
        found = np.zeros((len(dataset), self.side, self.side, channels), dtype=np.uint8)
        for start in range(0, len(dataset), AT_ONCE):
            part = dataset.take(range(start, min(start + AT_ONCE, len(dataset))))
            found[start : start + AT_ONCE] = self._read(part, channels, start)
        return found

    def _read(self, part: Dataset, channels: int, start: int) -> Pixels:
        """Some rows' faces; an error counts from the first of all rows."""
        try:
            if self.cut:
                part = cutting.ready(part, self.column, self.cut)[0]
            return media.images(part[self.column], part.folder, size=(self.side, self.side), channels=channels)
        except RowError as error:
            raise error.further(start) from error

    def to_json(self) -> dict[str, Any]:
        """How faces are read, as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` described; a ValueError where that cannot be."""
        side = int(data["side"])
        if not 1 <= side <= 4 * LARGEST:
            raise ValueError(f"side {side}")
        return cls(str(data["column"]), side, way_of(data.get("cut")))
