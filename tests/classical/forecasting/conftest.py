"""Windows of series made by hand, split by time: the training rows first."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.cut import Track, cut
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import ORIGIN, SERIES
from fathom.tasks.problem import Problem

LENGTH, AHEAD, SEASON = 120, 6, 7


@dataclass
class Posed:
    problem: Problem
    train: Dataset
    valid: Dataset
    test: Dataset


def shops(count=12, length=LENGTH, seed=0, promoted=True):
    """Daily sales of shops: a level, a slow trend, a week, noise, and more on days of promotion, known ahead."""
    random = np.random.default_rng(seed)
    days = np.datetime64("2024-01-01", "us") + np.arange(length) * np.timedelta64(1, "D")
    for shop in range(count):
        level, slope = random.uniform(20, 200), random.uniform(-0.002, 0.004)
        week = 1 + 0.4 * np.sin(2 * np.pi * (np.arange(length) + random.integers(7)) / 7)
        promotion = (random.uniform(size=length) < 0.1).astype(float)
        values = level * (1 + slope * np.arange(length)) * week * (1 + 0.5 * promotion * promoted)
        values = values * (1 + 0.05 * random.normal(size=length))
        yield Track(
            f"shop {shop:03}",
            days,
            values,
            np.ones(length, dtype=bool),
            promotion[:, None],
            np.empty((length, 0)),
            {"size": float(level > 100)},
        )


def posed(tracks, horizon, valid=2, test=2):
    """Windows for training back from the last origins, which are for validation and test."""
    parts = {"train": [], "valid": [], "test": []}
    for track in tracks:
        ends = np.arange(len(track.values) - horizon.ahead - 1, 0, -horizon.ahead)
        names = ["test"] * test + ["valid"] * valid + ["train"] * max(len(ends) - test - valid, 0)
        for part, frames in parts.items():
            origins = [int(end) for end, name in zip(ends, names, strict=False) if name == part]
            frames.append(cut(track, horizon, sorted(origins), "sold"))
    frames = [pl.concat(frames) for frames in parts.values()]
    kinds = {SERIES: Kind.CATEGORY, ORIGIN: Kind.TIME} | dict.fromkeys(horizon.static, Kind.NUMBER)
    columns = tuple(Column(name, kinds.get(name, Kind.SERIES)) for name in frames[0].columns)
    inputs = tuple(each for each in columns if each.name != "sold")
    problem = Problem("forecasting", "sold", inputs, horizon=horizon)
    return Posed(problem, *(Dataset(frame, columns) for frame in frames))


@pytest.fixture(scope="session")
def sales():
    horizon = Horizon(AHEAD, "1d", SEASON, 60, "day", known=("promotion",), static=("size",))
    return posed(shops(), horizon)


@pytest.fixture(scope="session")
def few():
    """As `sales`, of three series: for what is fitted one by one."""
    horizon = Horizon(AHEAD, "1d", SEASON, 40, "day", known=("promotion",), static=("size",))
    return posed(shops(3, 80), horizon)
