"""Small problems made by hand, so that these tests need no other room than the deep one."""

from __future__ import annotations

import io

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.tasks.problem import Problem


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def table(rows: int, seed: int = 0) -> Dataset:
    """Numbers with holes, categories, a time, a constant; a label and a number that follow from them."""
    chance = np.random.default_rng(seed)
    one, two = chance.normal(size=rows), chance.normal(size=rows)
    color = chance.choice(["red", "green", "blue"], size=rows)
    label = np.where(one + (color == "red") > 0.3, "yes", "no")
    frame = pl.DataFrame(
        {
            "one": pl.Series(
                [None if hole else value for hole, value in zip(chance.random(rows) < 0.05, one, strict=True)]
            ),
            "two": two * 1e6,
            "same": np.ones(rows),
            "color": pl.Series(
                [None if hole else value for hole, value in zip(chance.random(rows) < 0.05, color, strict=True)]
            ),
            "when": pl.Series(np.arange(rows) * 3_600_000_000 + 1_600_000_000_000_000).cast(pl.Datetime("us")),
            "label": label,
            "number": 100 + 10 * one + 5 * (color == "red"),
        }
    )
    kinds = [Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.CATEGORY, Kind.TIME, Kind.CATEGORY, Kind.NUMBER]
    return Dataset(frame, tuple(Column(name, kind) for name, kind in zip(frame.columns, kinds, strict=True)))


def pictures(rows: int, side: int = 8, channels: int = 1, seed: int = 0) -> Dataset:
    """Noise with a bright half: above, below, left or right."""
    chance = np.random.default_rng(seed)
    labels = chance.choice(["above", "below", "left", "right"], size=rows)
    pixels = chance.integers(0, 100, size=(rows, side, side, channels))
    half = side // 2
    parts = {"above": np.s_[:half], "below": np.s_[half:], "left": np.s_[:, :half], "right": np.s_[:, half:]}
    for each, label in zip(pixels, labels, strict=True):
        each[parts[label]] += 100
    cells = [png(each.astype(np.uint8)) for each in pixels]
    frame = pl.DataFrame({"image": pl.Series(cells, dtype=pl.Binary), "label": labels})
    return Dataset(frame, (Column("image", Kind.IMAGE), Column("label", Kind.CATEGORY)))


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def people() -> Dataset:
    return table(400)


@pytest.fixture(scope="session")
def halves() -> Dataset:
    return pictures(240)


@pytest.fixture(scope="session")
def make_table():
    return table


@pytest.fixture(scope="session")
def make_pictures():
    return pictures


@pytest.fixture(scope="session")
def pose():
    """The problem of a target: its inputs are all other columns but the other target."""

    def posed(dataset: Dataset, target: str) -> Problem:
        inputs = tuple(column for column in dataset.columns if column.name not in {"label", "number"})
        classes = () if target == "number" else tuple(dataset[target].unique().sort().to_list())
        task = "image-classification" if inputs[0].kind == Kind.IMAGE else "tabular-classification"
        return Problem("tabular-regression" if target == "number" else task, target, inputs, classes)

    return posed
