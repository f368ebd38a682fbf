"""Small problems made by hand, so that these tests need no other room than the deep one."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.cut import Track, cut
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import ORIGIN, SERIES
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


DAILY = Horizon(5, "1d", 7, 40, "day", ("shop",), known=("price",), past=("visits",))
HELD = 2  # windows of each series that test, and as many that validate


def weekly(level, length=160, seed=0, horizon=DAILY):
    """A series: a week over again on some level, less where the price is up, and noise."""
    chance = np.random.default_rng(seed)
    price = (chance.random(length) < 0.2).astype(np.float64)
    week = np.tile([1.0, 2.0, 3.0, 2.0, 1.0, 5.0, 6.0], length // 7 + 1)[:length]
    values = level * (10 + week - 3 * price * len(horizon.known) + 0.3 * chance.standard_normal(length))
    return track(f"shop {level:g}", values, horizon, price)


def track(name, values, horizon=DAILY, price=None):
    """A series with a price that is known ahead and visits that are not, where the horizon has them."""
    stamps = horizon.stamps(np.array(["2024-01-01"], "datetime64[us]"), 0, len(values) - 1)[0]
    price = np.concatenate([np.zeros(len(values)) if price is None else price, np.zeros(horizon.ahead)])
    columns = price[:, None][:, : len(horizon.known)], values[:, None][:, : len(horizon.past)] * 3
    return Track(name, stamps, values, np.isfinite(values), *columns)


def windowed(tracks, horizon=DAILY):
    """The problem, and windows that train, validate and test, in this order of time."""
    parts = [[], [], []]
    for each in tracks:
        origins = np.arange(len(each.values) - 1 - horizon.ahead, horizon.season, -horizon.ahead)
        for part, chosen in zip(parts, (origins[2 * HELD :], origins[HELD : 2 * HELD], origins[:HELD]), strict=True):
            part.append(cut(each, horizon, chosen[::-1].tolist(), "sold"))
    kinds = {SERIES: Kind.CATEGORY, ORIGIN: Kind.TIME}
    frames = [pl.concat(part) for part in parts]
    columns = tuple(Column(name, kinds.get(name, Kind.SERIES)) for name in frames[0].columns)
    problem = Problem("forecasting", "sold", columns[:-1], horizon=horizon)
    return problem, *(Dataset(frame, columns) for frame in frames)


@pytest.fixture(scope="session")
def series():
    """How small series are made, and windows of them."""
    return SimpleNamespace(weekly=weekly, track=track, windowed=windowed, horizon=DAILY)
