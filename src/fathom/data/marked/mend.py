"""What is wrong with boxes in a column: cut to their picture, turned the right way round, or left out, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from fathom.data import media
from fathom.data.boxes import Mark, listed, stored
from fathom.data.marked.table import SIDEWAYS, turned
from fathom.data.media_paths import Folder
from fathom.data.picture_sizes import picture_sizes
from fathom.messages import phrase, plural

SLACK = 1.0  # pixels beyond the edge that come from counting pixels otherwise, and are cut without a word
LEAST = 0.5  # pixels that a side must have to hold anything

Place = tuple[int, str]  # row from 1, path of its picture or ""


@dataclass
class Mended:
    """What was mended of a column's boxes, and where the first of each kind is."""

    stood: list[Place] = field(default_factory=list)  # pictures
    cut: list[Place] = field(default_factory=list)
    turned: list[Place] = field(default_factory=list)
    empty: list[Place] = field(default_factory=list)
    outside: list[Place] = field(default_factory=list)
    doubled: list[Place] = field(default_factory=list)

    def notices(self, column: str) -> tuple[str, ...]:
        """What was done, in words."""
        said = []
        if self.stood:
            said.append(plural(len(self.stood),
                "'{column}': the boxes of {count:,} picture were drawn on it as the camera stored it, and were turned "
                "with it ({place}).",
                "'{column}': the boxes of {count:,} pictures were drawn on them as the camera stored them, and were "
                "turned with them (first: {place}).", column=column, place=_shown(self.stood)))  # fmt: skip
        if self.outside:
            said.append(plural(len(self.outside),
                "'{column}': {count:,} box lies outside its picture and was left out ({place}).",
                "'{column}': {count:,} boxes lie outside their picture and were left out (first: {place}).",
                column=column, place=_shown(self.outside)))  # fmt: skip
        if self.empty:
            said.append(plural(len(self.empty),
                "'{column}': {count:,} box has no area and was left out ({place}).",
                "'{column}': {count:,} boxes have no area and were left out (first: {place}).",
                column=column, place=_shown(self.empty)))  # fmt: skip
        if self.turned:
            said.append(plural(len(self.turned),
                "'{column}': {count:,} box was inverted, and its sides were changed round ({place}).",
                "'{column}': {count:,} boxes were inverted, and their sides were changed round (first: {place}).",
                column=column, place=_shown(self.turned)))  # fmt: skip
        if self.cut:
            said.append(plural(len(self.cut),
                "'{column}': {count:,} box reached beyond its picture and was cut off at the edge ({place}).",
                "'{column}': {count:,} boxes reached beyond their picture and were cut off at the edge "
                "(first: {place}).", column=column, place=_shown(self.cut)))  # fmt: skip
        if self.doubled:
            said.append(plural(len(self.doubled),
                "'{column}': {count:,} box is there twice, place and label, and counts once ({place}).",
                "'{column}': {count:,} boxes are there twice, place and label, and count once (first: {place}).",
                column=column, place=_shown(self.doubled)))  # fmt: skip
        return tuple(said)


def _shown(places: list[Place]) -> str:
    row, path = places[0]
    return phrase("row {row:,}, {path}", row=row, path=path) if path else phrase("row {row:,}", row=row)


def mend(boxes: pl.Series, pictures: pl.Series | None, folder: Path | None) -> tuple[pl.Series, tuple[str, ...]]:
    """The column with boxes that lie in their picture and have an area, and notices; without pictures, as far as known.

    >>> column, notices = mend(stored("boxes", [[Mark(9, 0, 0, 5, "cat"), Mark(3, 3, 3, 9, "cat")]]), None, None)
    >>> column.to_list()[0][0]["right"], len(notices)
    (9.0, 2)
    """
    rows, mended = listed(boxes), Mended()
    sizes = [(0, 0)] * len(rows) if pictures is None else picture_sizes(pictures, folder).tolist()
    names = pictures.to_list() if pictures is not None and pictures.dtype == pl.String else [None] * len(rows)
    places = [(at, name or "") for at, name in enumerate(names, 1)]
    if pictures is not None and not media.is_unfolded(pictures):
        for at, marks in _stood(rows, sizes, pictures, folder):
            rows[at] = marks
            mended.stood.append(places[at])
    kept = [row and _row(row, size, mended, place) for row, size, place in zip(rows, sizes, places, strict=True)]
    return stored(boxes.name, kept), mended.notices(boxes.name)


def _stood(
    rows: Sequence[Sequence[Mark] | None], sizes: Sequence[tuple[int, int]], pictures: pl.Series, folder: Path | None
) -> list[tuple[int, tuple[Mark, ...]]]:
    """Boxes on pictures as they are seen, by row, where boxes were drawn on pictures as the camera stored them.

    Told by pictures that lie on their side: more boxes fit into them as they are stored than as they are seen.
    """
    if all(_fits(mark, size) for row, size in zip(rows, sizes, strict=True) for mark in row or () if size[0]):
        return []
    place, gained, found = Folder(folder), 0, []
    for at, (row, cell) in enumerate(zip(rows, pictures, strict=True)):
        header = media.header_of(cell, place) if row and cell is not None else None
        if not row or header is None or header[2] == 1:
            continue
        size, raw, turn = header
        if turn >= SIDEWAYS:
            gained += sum(_fits(mark, raw) - _fits(mark, size) for mark in row)
        found.append((at, tuple(turned(mark, raw, turn) for mark in row)))
    return found if gained > 0 else []


def _fits(mark: Mark, size: tuple[int, int]) -> bool:
    """Whether a box ends within a picture of this width and height."""
    return max(mark.left, mark.right) <= size[0] + SLACK and max(mark.top, mark.bottom) <= size[1] + SLACK


def _row(row: Sequence[Mark], size: tuple[int, int], mended: Mended, place: Place) -> list[Mark]:
    """A row's boxes as far as they are any; the size is (0, 0) where it is not known."""
    kept: dict[Mark, None] = {}
    for mark in row:
        left, right = sorted((mark.left, mark.right))
        top, bottom = sorted((mark.top, mark.bottom))
        if (left, top) != (mark.left, mark.top):
            mended.turned.append(place)
        width, height = size if size[0] else (max(right, 0), max(bottom, 0))
        inside = Mark(max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height), mark.label)
        if right - left < LEAST or bottom - top < LEAST:
            mended.empty.append(place)
        elif inside.right - inside.left < LEAST or inside.bottom - inside.top < LEAST:
            mended.outside.append(place)
        elif inside in kept:
            mended.doubled.append(place)
        else:
            if left < -SLACK or top < -SLACK or right > width + SLACK or bottom > height + SLACK:
                mended.cut.append(place)
            kept[inside] = None
    return list(kept)
