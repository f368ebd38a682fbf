"""Typed rows as a frame for a person's own estimator: by column name where it asks for that, else plain numbers."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.tasks.problem import Problem

LARGEST_SIDE = 64  # pictures above this size are reduced to it


def pandas_here() -> bool:
    """Whether pandas is installed; a frame is Polars where it isn't."""
    return importlib.util.find_spec("pandas") is not None


def frame(problem: Problem, dataset: Dataset, *, pandas: bool) -> Any:
    """The inputs as a pandas or Polars frame with their names and types; missing values as null."""
    polars = dataset.frame.select([column.name for column in problem.inputs])
    if not pandas:
        return polars
    make = importlib.import_module("pandas").DataFrame  # the person's own library, never needed: see pandas_here
    return make({name: _cells(polars.get_column(name)) for name in polars.columns})


def _cells(column: pl.Series) -> npt.NDArray[Any]:
    """Text as objects, so that a missing one stays None; numbers and times as they are."""
    return np.array(column.to_list(), dtype=object) if column.dtype == pl.String else column.to_numpy()


def pixel_shape(problem: Problem, dataset: Dataset) -> tuple[int, int, int]:
    """Height, width and channels at which pictures are read."""
    media = catalog.load("fathom.data.media:image_shape")
    height, width, channels = media(dataset[problem.inputs[0].name], dataset.folder)
    return min(height, LARGEST_SIDE), min(width, LARGEST_SIDE), 1 if channels == 1 else 3


def pixels(problem: Problem, dataset: Dataset, shape: tuple[int, int, int]) -> npt.NDArray[np.float32]:
    """Pixels 0..1 as float32 [rows, height x width x channels]."""
    images = catalog.load("fathom.data.media:images")
    height, width, channels = shape
    pictures = images(dataset[problem.inputs[0].name], dataset.folder, size=(height, width), channels=channels)
    flat: npt.NDArray[np.float32] = pictures.reshape(len(pictures), -1).astype(np.float32) / np.float32(255)
    return flat
