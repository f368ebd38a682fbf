"""Pictures of any size become pictures of one size, their sides in proportion, and boxes travel with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import torch
from PIL import Image
from torch import Tensor

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.media_paths import Folder
from fathom.data.picture_sizes import picture_sizes
from fathom.deep import weights
from fathom.deep.inputs.shelf import Decoding, kept
from fathom.errors import RowError

GRID = 32  # sides are whole multiples of the coarsest map's stride
GRAY = 114  # what surrounds a picture
WANTED = 13.0  # pixels across a thing of the smallest class: more than one place of the finest map
LEAST_SIDE = 96  # pixels of the longer side; smaller pictures are enlarged, for the maps need room
ENLARGED = 2.0  # times at most
FEW = 0.25  # of a class's boxes may be smaller than what the size is chosen by


@dataclass(frozen=True)
class LetterboxInputs:
    """How the pictures of one column become tensors: scaled to fit `height` and `width`, gray at the right and below.

    >>> inputs = LetterboxInputs("photo", 64, 96)
    >>> inputs.scale(480, 640), inputs.scale(100, 300)
    (0.13333333333333333, 0.32)
    """

    column: str
    height: int
    width: int

    def scale(self, height: int, width: int) -> float:
        """By how much a picture of this size is scaled."""
        return min(self.height / height, self.width / width)

    def tensors(self, dataset: Dataset) -> tuple[Tensor, Tensor]:
        """Pixels uint8 [rows, 3, height, width], last in memory the channels; each picture's scale [rows], 0: none.

        A RowError names a picture that cannot be read.
        """
        pixels, scales = self.read(dataset[self.column], dataset.folder)
        return torch.from_numpy(pixels).permute(0, 3, 1, 2), torch.from_numpy(scales)

    def kept(self, dataset: Dataset, shelf: Path | None) -> tuple[Tensor | Decoding, Tensor]:
        """The same, of more pictures than memory should hold too: they are in the file `shelf`, or read at each use."""
        cells = dataset[self.column]
        sizes = picture_sizes(cells, dataset.folder)
        there = cells.is_not_null().to_numpy() & (sizes.min(axis=1) > 0)
        scales = np.zeros(len(cells))
        scales[there] = (np.array([self.height, self.width]) / sizes[there, ::-1]).min(axis=1)
        return kept(Fitted(self, cells, dataset.folder), shelf), torch.from_numpy(scales)

    def read(self, cells: pl.Series, folder: Path | None) -> tuple[media.Pixels, npt.NDArray[np.float64]]:
        """Pixels uint8 [rows, height, width, 3] and scales of some cells."""
        pixels = np.full((len(cells), self.height, self.width, 3), GRAY, dtype=np.uint8)
        scales = np.zeros(len(cells))
        place = Folder(folder)

        def fill(row: int) -> None:
            if cells[row] is not None:
                scales[row], picture = self._fitted(cells, row, place)
                pixels[row, : picture.shape[0], : picture.shape[1]] = picture

        try:
            with ThreadPoolExecutor(media.WORKERS) as pool:
                list(pool.map(fill, range(len(cells))))
        except media.TROUBLES as error:
            raise broken(cells, folder) from error
        return pixels, scales

    def _fitted(self, cells: pl.Series, row: int, place: Folder) -> tuple[float, npt.NDArray[np.uint8]]:
        """By how much a picture is scaled, and it, uint8 [height, width, 3]."""
        if media.is_unfolded(cells):
            picture = media.cell_pixels(cells, row, None)
            scale, size = self._size(*picture.shape[:2])
            fitted = Image.fromarray(picture).resize(size[::-1], Image.Resampling.BILINEAR, reducing_gap=2.0)
            return scale, np.asarray(fitted)
        data = media.read_bytes(cells[row], place)
        width, height = media.size_of(data, place) or (1, 1)  # whatever is wrong is told by what decodes it
        scale, size = self._size(height, width)
        return scale, media.decode(data, size, 3)

    def _size(self, height: int, width: int) -> tuple[float, tuple[int, int]]:
        scale = self.scale(height, width)
        return scale, (max(1, min(self.height, round(height * scale))), max(1, min(self.width, round(width * scale))))

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        return {**asdict(self), "letterbox": True}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LetterboxInputs:
        """The inputs that `to_json` described."""
        height, width = (max(1, weights.whole(data[name], 100_000)) for name in ("height", "width"))
        return cls(str(data["column"]), height, width)

    def blank(self) -> tuple[Tensor, ...]:
        """Two black pictures, in the shape that real ones have."""
        return (torch.zeros(2, 3, self.height, self.width, dtype=torch.uint8),)


class Fitted(Decoding):
    """Pictures scaled to fit, read at each use."""

    def __init__(self, inputs: LetterboxInputs, cells: pl.Series, folder: Path | None) -> None:
        super().__init__(cells, folder, (inputs.height, inputs.width), 3)
        self.inputs = inputs

    def decoded(self, cells: pl.Series) -> media.Pixels:
        """Pixels uint8 [rows, height, width, 3] of some cells."""
        return self.inputs.read(cells, self.folder)[0]


def canvas(
    shape: tuple[int, int], boxes: npt.NDArray[np.float64], labels: Sequence[int], largest: int
) -> tuple[int, int]:
    """The (height, width) that pictures of a typical shape are scaled to.

    Large enough that the things of the smallest class are some pixels across, no larger than `largest`: `boxes` float
    [boxes, 4] in the pictures' own pixels, their classes in `labels`.

    >>> canvas((480, 640), np.array([[0.0, 0.0, 36.0, 36.0]]), [0], largest=512)
    (192, 256)
    """
    longest = max(shape)
    wanted = 1.0
    if len(boxes):
        sides = (boxes[:, 2:] - boxes[:, :2]).min(axis=1)
        known = np.asarray(labels)
        smallest = min(float(np.quantile(sides[known == each], FEW)) for each in np.unique(known))
        wanted = WANTED / max(smallest, 1.0)
    wanted = max(wanted, LEAST_SIDE / longest)
    wanted = min(wanted, ENLARGED if longest < largest else 1.0, largest / longest)
    wanted = max(wanted, GRID / longest)
    height, width = (max(1, math.ceil(round(side * wanted) / GRID - 0.1)) * GRID for side in shape)
    return height, width


def broken(cells: pl.Series, folder: Path | None) -> RowError:
    """What to say of pictures of which one cannot be read."""
    row, _, trouble = (media.check_images(cells, folder) or [(0, "", "")])[0]
    return media.unreadable(cells, row, trouble, folder)
