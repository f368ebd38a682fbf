"""Faces are found in photographs, set upright and cut out, before anybody is recognised on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data import media
from fathom.data.cuts import SQUARE, UPRIGHT
from fathom.data.dataset import Dataset
from fathom.data.detecting import detector, installed, portrait, square
from fathom.data.finding import Finding
from fathom.messages import phrase

Pixels = npt.NDArray[np.uint8]

SIDE = 96  # pixels of a face that was cut out
ROOM = 1.35  # a face is cut with so much more than the detector's square, which ends at brows and chin
CROPPED = 96  # pictures of no more pixels a side are taken for faces cut out already
FILLS = 0.55  # a face that takes this share of the picture's side fills it
SAMPLE = 40  # pictures that tell whether faces must be cut out
OFTEN = 0.5  # share of them on which a face must be found for that
NAMED = 3  # pictures that a finding names


def must_cut(cells: pl.Series, dataset: Dataset) -> tuple[bool, float]:
    """Whether these pictures show more than a face: so on most of some of them that are looked at.

    With it the share of those on which a face was found; 1 where nobody looked.
    """
    if media.is_unfolded(cells) and max(cells.dtype.shape[:2]) <= CROPPED:  # type: ignore[attr-defined]
        return False, 1.0
    height, width, _ = media.image_shape(cells, dataset.folder)
    if max(height, width) <= CROPPED or not installed():
        return False, 1.0
    there = cells.is_not_null().arg_true()
    rows = there.gather_every(max(1, len(there) // SAMPLE))[:SAMPLE]
    sides = []
    for row in rows.to_list():
        try:
            pixels = media.cell_pixels(cells, row, dataset.folder)
        except media.TROUBLES:  # it is told elsewhere
            continue
        faces = detector()(pixels)
        sides.append(faces[0].side * max(pixels.shape[:2]) / min(pixels.shape[:2]) if faces else np.nan)
    seen = np.isfinite(sides)
    share = float(seen.mean()) if len(seen) else 1.0
    return bool(len(seen) and share >= OFTEN and np.median(np.array(sides)[seen]) < FILLS), share


def cut(pixels: Pixels, way: str = UPRIGHT) -> tuple[Pixels, int]:
    """The largest face, uint8 [SIDE, SIDE, 3], and how many were found; without one the middle of the picture."""
    faces = detector(closely=way != SQUARE)(pixels)
    if not faces:
        return square(pixels, 0.5 * pixels.shape[1], 0.5 * pixels.shape[0], float(min(pixels.shape[:2])), SIDE), 0
    return portrait(pixels, faces[0], ROOM, SIDE), len(faces)


def ready(dataset: Dataset, column: str, way: str = UPRIGHT) -> tuple[Dataset, npt.NDArray[np.int64]]:
    """The dataset with the faces of a column cut out, and how many faces each picture had (-1: it is missing).

    Pictures that are unfolded to a face's size were cut before and stay as they are.
    """
    cells = dataset[column]
    if media.is_unfolded(cells) and cells.dtype.shape == (SIDE, SIDE, 3):  # type: ignore[attr-defined]
        return dataset, np.ones(len(cells), dtype=np.int64)
    found = np.zeros((len(cells), SIDE, SIDE, 3), dtype=np.uint8)
    counts = np.full(len(cells), -1, dtype=np.int64)
    for row, there in enumerate(cells.is_not_null()):
        if there:
            found[row], counts[row] = cut(media.cell_pixels(cells, row, dataset.folder), way)
    return replace(dataset, frame=dataset.frame.with_columns(pl.Series(column, found))), counts


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
            "{column}: on {count:,} of {looked:,} pictures no face was found, "
            "so all of the picture is looked at{such}.",
            column=column,
            count=len(none),
            looked=looked,
            such=_such(cells, none),
        )
        remedy = phrase("Take them out, or cut the faces out yourself: profiles, small and dark faces are missed.")
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
