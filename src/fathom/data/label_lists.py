"""Several labels in a cell: a list of them, a JSON list, or one text with separators between them."""

from __future__ import annotations

import json
from collections.abc import Iterable

import polars as pl

SEPARATORS = ("|", ";", ",", "/")  # the surest first
SHARE = 0.1  # of the cells that must hold a separator for it to be one
STORED = pl.List(pl.String)


def holds(series: pl.Series) -> bool:
    """Whether a column is stored as lists of texts."""
    storage = series.dtype
    return isinstance(storage, pl.List) and isinstance(storage.inner, pl.String | pl.Categorical | pl.Enum)


def separator(look: pl.Series) -> str:
    """What stands between labels in a column of texts; "" where nothing does.

    >>> separator(pl.Series(["late; rude", "late", "broken;late"]))
    ';'
    """
    filled = look.cast(pl.String).drop_nulls()
    filled = filled.filter(~filled.str.starts_with("["))
    found = [each for each in SEPARATORS if filled.str.contains(each, literal=True).sum() > SHARE * len(filled)]
    return found[0] if found else ""


def cast(series: pl.Series, between: str) -> pl.Series:
    """The labels of each row, a List of Strings: trimmed, each once, none empty; an empty text is an empty list.

    >>> cast(pl.Series(["late; rude", "late;late", "", '["a;b"]', None]), ";").to_list()
    [['late', 'rude'], ['late'], [], ['a;b'], None]
    """
    cells = series.to_list() if holds(series) else series.cast(pl.String, strict=False).to_list()
    rows = [None if cell is None else _parts(cell, between) for cell in cells]
    return pl.Series(series.name, rows, dtype=STORED)


def _parts(cell: str | Iterable[str | None], between: str) -> list[str]:
    if isinstance(cell, str):
        cell = _listed(cell) or (cell.split(between) if between else [cell])
    words = (str(word).strip() for word in cell if word is not None)
    return list(dict.fromkeys(word for word in words if word))


def _listed(text: str) -> list[str]:
    """The list that a text is in JSON; empty where it is none."""
    if not text.startswith("["):
        return []
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(each) for each in found] or [""] if isinstance(found, list) else []
