"""Pictures become bytes, decoded once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.deep import weights
from fathom.deep.inputs.shelf import Decoding, kept
from fathom.learner import Run
from fathom.tasks.problem import Problem

MOST_VALUES = 4_000_000  # that a mean is taken of
TRAIN, VALID = "train.pixels", "valid.pixels"
SMALLEST_SIDE = 8  # pixels; smaller pictures are enlarged, for the filters need room


@dataclass(frozen=True)
class ImageInputs:
    """How the pictures of one column become tensors: all of one size and one number of channels.

    >>> ImageInputs("photo", 32, 32, 3).to_json()["channels"]
    3
    """

    column: str
    height: int
    width: int
    channels: int

    @classmethod
    def fit(cls, problem: Problem, train: Dataset, largest: int) -> ImageInputs:
        """The commonest size in the training rows, shrunk so that no side is longer than `largest` pixels."""
        column = problem.inputs[0].name
        height, width, channels = media.image_shape(train[column], train.folder)
        shrink = min(1.0, largest / max(height, width))
        tall, wide = (max(SMALLEST_SIDE, round(side * shrink)) for side in (height, width))
        return cls(column, tall, wide, channels)

    def tensors(self, dataset: Dataset, shelf: Path | None = None) -> tuple[Any]:
        """Pixels uint8 [rows, channels, height, width], last in memory the channels.

        More than memory should hold are in the file `shelf`, or are decoded at each use.
        """
        size = (self.height, self.width)
        return (kept(Decoding(dataset[self.column], dataset.folder, size, self.channels), shelf),)

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ImageInputs:
        """The inputs that `to_json` described."""
        height, width, channels = (weights.whole(data[name]) for name in ("height", "width", "channels"))
        return cls(str(data["column"]), height, width, channels)

    def blank(self) -> tuple[Tensor, ...]:
        """Two black pictures, in the shape that real ones have."""
        return (torch.zeros(2, self.channels, self.height, self.width, dtype=torch.uint8),)


def shelf(run: Run, name: str) -> Path | None:
    """The file in a run's folder for pictures that memory should not hold."""
    return None if run.folder is None else run.folder / name


def pixel_statistics(images: Tensor | Decoding) -> tuple[Tensor, Tensor]:
    """Mean and spread of each channel, float32 [channels, 1, 1], in units of 0..255."""
    each = max(1, images.numel() // max(1, len(images)))
    sample = images[: max(1, min(2000, MOST_VALUES // each))].double()  # enough for two digits of a mean
    mean = sample.mean(dim=(0, 2, 3))[:, None, None]
    spread = sample.std(dim=(0, 2, 3), correction=0)[:, None, None]
    return mean.float(), spread.clamp_min(1.0).float()
