"""Faces are found in photographs, set upright and cut out, before anybody is recognised on them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import media
from fathom.data.cuts import SQUARE, UPRIGHT
from fathom.data.dataset import Dataset
from fathom.data.detecting import Face, detector, installed, portrait, square
from fathom.data.finding import Finding
from fathom.errors import RowError
from fathom.messages import phrase

Pixels = npt.NDArray[np.uint8]
Cut = tuple[Pixels, int]  # a face that was cut out, and how many there were
Made = TypeVar("Made")

SIDE = 96  # pixels of a face that was cut out
ROOM = 1.35  # a face is cut with so much more than the detector's square, which ends at brows and chin
LEAST = 768  # pixels of the longer side that are looked at, or up to twice as many: a face takes an eighth of it
CROPPED = 96  # pictures of no more pixels a side are taken for faces cut out already
FILLS = 0.55  # a face that takes this share of the picture's side fills it
SAMPLE = 40  # pictures that tell whether faces must be cut out
OFTEN = 0.5  # share of them on which a face must be found for that
NAMED = 3  # pictures that a finding names


@dataclass(frozen=True)
class Glance:
    """What some of the pictures say: whether all show more than a face, and on which share of them one was found.

    `seconds` that one of them took, `cuts` what was cut of them by row.
    """

    must: bool
    share: float = 1.0
    seconds: float = 0.0
    cuts: Mapping[int, Cut] = field(default_factory=dict)


def glance(cells: pl.Series, dataset: Dataset) -> Glance:
    """Whether these pictures show more than a face: so on most of some of them that are looked at."""
    if media.is_unfolded(cells) and max(cells.dtype.shape[:2]) <= CROPPED:  # type: ignore[attr-defined]
        return Glance(must=False)
    height, width, _ = media.image_shape(cells, dataset.folder)
    if max(height, width) <= CROPPED or not installed():
        return Glance(must=False)
    there = cells.is_not_null().arg_true()
    rows = there.gather_every(max(1, len(there) // SAMPLE))[:SAMPLE].to_list()
    cuts: dict[int, Cut] = {}
    started = time.monotonic()

    def side(row: int) -> float | None:
        try:
            pixels = media.glance(cells, row, dataset.folder, LEAST)
        except RowError:  # it is told elsewhere
            return None
        faces = detector()(pixels)
        cuts[row] = _cut(pixels, faces)
        return faces[0].side * max(pixels.shape[:2]) / min(pixels.shape[:2]) if faces else math.nan

    sides = np.array([each for each in _all(side, rows) if each is not None])
    seen = np.isfinite(sides)
    share = float(seen.mean()) if len(seen) else 1.0
    must = bool(len(seen) and share >= OFTEN and np.median(sides[seen]) < FILLS)
    return Glance(must, share, (time.monotonic() - started) / max(1, len(rows)), cuts)


def cut(pixels: Pixels, way: str = UPRIGHT) -> Cut:
    """The largest face, uint8 [SIDE, SIDE, 3], and how many were found; without one the middle of the picture."""
    return _cut(pixels, detector(closely=way != SQUARE)(pixels))


def _cut(pixels: Pixels, faces: Sequence[Face]) -> Cut:
    if not faces:
        return square(pixels, 0.5 * pixels.shape[1], 0.5 * pixels.shape[0], float(min(pixels.shape[:2])), SIDE), 0
    return portrait(pixels, faces[0], ROOM, SIDE), len(faces)


def ready(
    dataset: Dataset, column: str, way: str = UPRIGHT, known: Mapping[int, Cut] | None = None
) -> tuple[Dataset, npt.NDArray[np.int64]]:
    """The dataset with the faces of a column cut out, and how many faces each picture had (-1: it is missing).

    Pictures that are unfolded to a face's size were cut before and stay as they are. `known`: what was cut of some
    rows already.
    """
    cells = dataset[column]
    if media.is_unfolded(cells) and cells.dtype.shape == (SIDE, SIDE, 3):  # type: ignore[attr-defined]
        return dataset, np.ones(len(cells), dtype=np.int64)
    found = np.zeros((len(cells), SIDE, SIDE, 3), dtype=np.uint8)
    counts = np.full(len(cells), -1, dtype=np.int64)
    known = known or {}

    def fill(row: int) -> None:
        found[row], counts[row] = known.get(row) or cut(media.glance(cells, row, dataset.folder, LEAST), way)

    _all(fill, cells.is_not_null().arg_true().to_list())
    return replace(dataset, frame=dataset.frame.with_columns(pl.Series(column, found))), counts


def _all(work: Callable[[int], Made], rows: Sequence[int]) -> list[Made]:
    """What is made of each row, on several threads: what looks for faces holds no lock."""
    if len(rows) < 2:
        return [work(row) for row in rows]
    with ThreadPoolExecutor(media.WORKERS) as pool:
        return list(pool.map(work, rows))


def told(cells: pl.Series, counts: npt.NDArray[np.int64]) -> list[Finding]:
    """What was cut of these pictures, and on which no face was found or several were."""
    column = cells.name
    looked = int((counts >= 0).sum())
    none, several = np.flatnonzero(counts == 0), np.flatnonzero(counts > 1)
    what = phrase(
        "{column}: faces were found, set upright and cut out of {count:,} pictures.",
        column=column,
        count=looked - len(none),
    )
    findings = [Finding("ok", what, (column,))]
    if len(none):
        what = phrase(
            "{column}: on {count:,} of {looked:,} pictures no face was found, so they were left out{such}.",
            column=column,
            count=len(none),
            looked=looked,
            such=_such(cells, none),
        )
        remedy = phrase("Give others, or cut all faces out yourself: profiles, small and dark faces are missed.")
        findings.append(Finding("warning", what, (column,), tuple(none[:100].tolist()), remedy))
    if len(several):
        what = phrase("{column}: on {count:,} pictures several faces were found, and the largest was taken{such}.",
                      column=column, count=len(several), such=_such(cells, several))  # fmt: skip
        remedy = phrase("Look whether the largest is the person who is named.")
        findings.append(Finding("note", what, (column,), tuple(several[:100].tolist()), remedy))
    return findings


def _such(cells: pl.Series, rows: npt.NDArray[np.int64]) -> str:
    """The first of these rows' pictures by name, in brackets; nothing where pictures have no names."""
    if cells.dtype != pl.String:
        return ""
    names = ", ".join(cells.gather(rows[:NAMED]).to_list())
    return phrase(" (first: {names})", names=names) if len(rows) > NAMED else f" ({names})"
