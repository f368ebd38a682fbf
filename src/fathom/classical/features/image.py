"""Features of pictures: a small copy, histograms of oriented gradients, a histogram of colours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical.features import gradients
from fathom.data import media
from fathom.data.dataset import Dataset

Singles = npt.NDArray[np.float32]

NATIVE_SIDE = 32  # pictures up to this size are read as they are
LARGE_SIDE = 64  # larger ones are reduced to this
SMALL_COPY = 16  # the side of the copy whose pixels are features
COLOUR_STEPS = 4  # a channel's range in the histogram of colours
BATCH = 1_024  # pictures decoded at a time
SCALE_ROWS = 4_096


@dataclass(frozen=True)
class Picture:
    """Pixels of a small grey copy, oriented gradients, colours; each group centred and scaled as a whole.

    `side` and `channels` say how pictures are read. Values come as float32.
    """

    column: str
    side: int
    channels: int
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()

    @classmethod
    def learn(cls, column: str, dataset: Dataset) -> Self:
        """Find the size to read pictures at, and measure each group of features on (a share of) the training rows."""
        height, width, channels = media.image_shape(dataset[column], dataset.folder)
        longest = max(height, width)
        side = max(longest, 6) if longest <= NATIVE_SIDE else LARGE_SIDE
        plain = cls(column, side, 1 if channels == 1 else 3)
        rows = np.arange(0, len(dataset), 1 + len(dataset) // SCALE_ROWS)
        sample = plain.matrix(dataset.take(rows)).astype(np.float64)
        scale = np.empty(sample.shape[1])
        start = 0
        for names in plain._groups().values():
            spread = float(sample[:, start : start + len(names)].std(axis=0).mean()) if names else 0.0
            scale[start : start + len(names)] = spread if spread > 0 else 1.0
            start += len(names)
        return cls(column, side, plain.channels, tuple(sample.mean(axis=0).tolist()), tuple(scale.tolist()))

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        return [name for names in self._groups().values() for name in names]

    def _groups(self) -> dict[str, list[str]]:
        copy = self.side // self._step
        pixels = [f"pixel {row + 1}, {column + 1}" for row in range(copy) for column in range(copy)]
        oriented = [f"gradient {number + 1}" for number in range(gradients.length(self.side))]
        colours = [f"colour {number + 1}" for number in range(COLOUR_STEPS**3 if self.channels == 3 else 0)]
        return {"pixels": pixels, "gradients": oriented, "colours": colours}

    @property
    def _step(self) -> int:
        return -(-self.side // SMALL_COPY)

    def matrix(self, dataset: Dataset, dtype: type[np.floating[Any]] = np.float32) -> npt.NDArray[Any]:
        """The features of a dataset's rows, float [rows, names]."""
        cells = dataset[self.column]
        matrix = np.empty((len(cells), len(self.names)), dtype=dtype)
        for start in range(0, len(cells), BATCH):
            batch = cells[start : start + BATCH]
            pictures = media.images(batch, dataset.folder, size=(self.side, self.side), channels=self.channels)
            matrix[start : start + BATCH] = self._features(pictures)
        if self.centre:
            matrix -= np.array(self.centre, dtype=dtype)
            matrix /= np.array(self.scale, dtype=dtype)
        return matrix

    def _features(self, pictures: npt.NDArray[np.uint8]) -> Singles:
        bright = pictures.astype(np.float32) / np.float32(255)
        step, copy = self._step, self.side // self._step
        grey = bright.mean(axis=3)[:, : copy * step, : copy * step]
        small = grey.reshape(-1, copy, step, copy, step).mean(axis=(2, 4)).reshape(len(pictures), -1)
        groups = [small, gradients.histograms(bright)]
        if self.channels == 3:
            groups.append(_colours(pictures))
        return np.hstack(groups)

    def to_json(self) -> dict[str, Any]:
        """How pictures are read and scaled, as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The features that `to_json` described."""
        return cls(**{**data, "centre": tuple(data["centre"]), "scale": tuple(data["scale"])})


def _colours(pictures: npt.NDArray[np.uint8]) -> Singles:
    """The share of pixels of each of 64 colours, float32 [pictures, 64]."""
    steps = pictures.astype(np.int64) // (256 // COLOUR_STEPS)
    colour = (steps[..., 0] * COLOUR_STEPS + steps[..., 1]) * COLOUR_STEPS + steps[..., 2]
    most = COLOUR_STEPS**3
    which = colour.reshape(len(pictures), -1) + np.arange(len(pictures))[:, None] * most
    counts = np.bincount(which.ravel(), minlength=len(pictures) * most).reshape(len(pictures), most)
    shares: Singles = (counts / which.shape[1]).astype(np.float32)
    return shares
