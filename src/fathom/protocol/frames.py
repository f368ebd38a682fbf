"""Typed datasets as files between processes: an Arrow file for the rows, a JSON file for what they mean.

Beside them the orders in which smaller samples are drawn, one column a draw.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset, Source
from fathom.data.kinds import Column
from fathom.folders import whole_file, write_json
from fathom.messages import restore

TESTED = "test.parquet"  # what a trial predicted for the test rows, in its folder


def write_dataset(dataset: Dataset, stem: Path) -> None:
    """Write `dataset` as STEM.arrow and STEM.json; the JSON comes last, so that where it is both are whole."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    beside = stem.with_name(f".{stem.name}.arrow.part")
    dataset.frame.write_ipc(beside)
    beside.replace(stem.with_name(f"{stem.name}.arrow"))
    meaning = {
        "columns": [column.to_json() for column in dataset.columns],
        "source": asdict(dataset.source),
        "folder": None if dataset.folder is None else str(dataset.folder.resolve()),
    }
    write_json(stem.with_name(f"{stem.name}.json"), meaning)


def read_dataset(stem: Path) -> Dataset:
    """The dataset that `write_dataset` wrote."""
    meaning = restore(json.loads(stem.with_name(f"{stem.name}.json").read_text("utf-8")))
    source = Source(**{**meaning["source"], "notices": tuple(meaning["source"]["notices"])})
    folder = None if meaning["folder"] is None else Path(meaning["folder"])
    frame = pl.read_ipc(stem.with_name(f"{stem.name}.arrow"))
    return Dataset(frame, tuple(map(Column.from_json, meaning["columns"])), source, folder)


def write_orders(orders: Sequence[npt.NDArray[np.int64]], stem: Path) -> None:
    """Write the orders of the rows of the dataset at `stem`."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(_orders(stem)) as beside:
        pl.DataFrame({str(draw): order for draw, order in enumerate(orders)}).write_ipc(beside)


def read_sample(stem: Path, rows: int, draw: int) -> Dataset:
    """The first `rows` rows of a draw of the dataset that was written at `stem`."""
    order = pl.read_ipc(_orders(stem), columns=[str(draw)]).to_series().head(rows)
    return read_dataset(stem).take(order.to_numpy())


def _orders(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}-order.arrow")
