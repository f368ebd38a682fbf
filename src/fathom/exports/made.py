"""Rows made up from what a model knows of its columns: a saved model holds none of the rows that it learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind

MISSING = 0.1  # of the cells
SIDES = (8, 96)  # of pictures, in pixels
PATCHES = 6
LETTERS = "abcdefghijklmnopqrstuvwxyz가나다라마바사아자차0123456789"
MOST_WORDS = 40
FIRST_DAY = datetime(1999, 12, 31)

Chance = np.random.Generator


def rows(columns: Iterable[Column], count: int, seed: int = 0) -> Dataset:
    """So many rows in the columns' kinds, the same for a seed: usual values, strange ones and missing ones.

    >>> made = rows([Column("age", Kind.NUMBER, low=18.0, high=90.0)], 3)
    >>> len(made), made.names
    (3, ('age',))
    """
    chance = np.random.default_rng(seed)
    columns = tuple(columns)
    cells = {each.name: [_cell(each, chance) for _ in range(count)] for each in columns}
    types = {each.name: TYPES.get(each.kind, pl.String) for each in columns}
    return Dataset(pl.DataFrame(cells, schema=types), columns)


def _cell(column: Column, chance: Chance) -> Any:
    return None if chance.random() < MISSING else MADE.get(column.kind, _text)(column, chance)


def _number(column: Column, chance: Chance) -> float:
    low, high = (0.0, 1.0) if column.low is None or column.high is None else (column.low, column.high)
    return float(low + (high - low) * chance.uniform(-0.1, 1.1))


def _category(column: Column, chance: Chance) -> str:
    return str(chance.choice([*column.categories[:50], "never seen"]))


def _time(column: Column, chance: Chance) -> datetime:
    return FIRST_DAY + timedelta(seconds=int(chance.integers(0, 30 * 365 * 86_400)))


def _text(column: Column, chance: Chance) -> str:
    words = chance.integers(1, 9, size=chance.integers(0, MOST_WORDS))
    return " ".join("".join(chance.choice(list(LETTERS), size=length)) for length in words.tolist())


def _picture(column: Column, chance: Chance) -> bytes:
    """Patches of colour on a slope of brightness, with noise: something for filters of every size."""
    height, width = chance.integers(*SIDES, size=2).tolist()
    slope = np.linspace(0, chance.integers(60, 255), height)[:, None] + np.linspace(0, 60, width)
    pixels = np.repeat(slope[..., None], 3, axis=2) + chance.normal(0, chance.integers(1, 30), (height, width, 3))
    for _ in range(PATCHES):
        top, left = int(chance.integers(0, height)), int(chance.integers(0, width))
        pixels[top : top + height // 3 + 1, left : left + width // 3 + 1] = chance.integers(0, 256, 3)
    return media.encode(pixels.clip(0, 255).astype(np.uint8))


MADE: dict[Kind, Callable[[Column, Chance], Any]] = {
    Kind.NUMBER: _number,
    Kind.CATEGORY: _category,
    Kind.TIME: _time,
    Kind.IMAGE: _picture,
    Kind.TEXT: _text,
}
TYPES: dict[Kind, Any] = {Kind.NUMBER: pl.Float64, Kind.TIME: pl.Datetime("us"), Kind.IMAGE: pl.Binary}
