"""The real data sets that the verdict is measured on, and which half each belongs to."""

from __future__ import annotations

import csv
from zlib import crc32

import polars as pl

from common import data_folder

LEAST_ROWS = 2_000
SAME = {"satimage": "294_satellite_image"}  # the same pictures of fields twice: they must be in one half


def sources():
    """Name, source and target of every set: digits, adult, tables of pmlb of 2,000 rows and more, mnist."""
    adult = data_folder("adult")
    yield "digits", lambda: "sample:digits", "digit"
    yield "adult", lambda: pl.concat([pl.read_csv(adult / f"{part}.csv") for part in ("train", "test")]), "income"
    folder = data_folder("pmlb")
    with (folder / "index.csv").open() as file:
        for row in csv.DictReader(file):
            if int(row["rows"]) >= LEAST_ROWS:
                path = folder / row["file"]
                yield path.stem, lambda path=path: pl.read_csv(path, separator="\t"), "target"
    yield "mnist", lambda: data_folder("mnist") / "train", "label"


def half(name: str) -> str:
    """Whether a set is tuned on or reported on: by its name alone, so that it never changes sides."""
    return "report" if crc32(SAME.get(name, name).encode()) % 2 else "tune"
