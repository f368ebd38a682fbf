"""What readers of boxes have in common: rows of a picture and its boxes, and what was wrong with some."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from fathom.data import media
from fathom.data.boxes import Mark, stored
from fathom.data.kinds import Kind
from fathom.data.media_paths import SUFFIXES, Folder
from fathom.errors import DataError
from fathom.messages import phrase, plural

IMAGE, BOXES, PART = "image", "boxes", "part"
TRAIN, VALID, TEST = "train", "valid", "test"
SPELLED = {"train": TRAIN, "training": TRAIN, "val": VALID, "valid": VALID, "validation": VALID, "test": TEST}
SIDEWAYS = 5  # the first of the turns (EXIF) that change height and width round
LARGEST = 64 << 20  # bytes of a file of boxes for one picture, of a list or of settings
SUFFIX = tuple(f".{suffix}" for suffix in SUFFIXES[Kind.IMAGE])


class Drawn(NamedTuple):
    """One picture: its path in the folder, its boxes (None: nobody has looked), the size its boxes are in, its part."""

    path: str
    marks: Sequence[Mark] | None
    size: tuple[float, float] | None = None
    part: str | None = None


class Marked(NamedTuple):
    """A frame of `image`, `boxes` and perhaps `part`, notices, what paths are relative to, the name of `part` or ""."""

    frame: pl.DataFrame
    notices: tuple[str, ...]
    folder: Path
    part: str


@dataclass
class Troubles:
    """What could not be used, and where the first of it stands."""

    files: list[tuple[str, str]] = field(default_factory=list)  # of boxes, with what is wrong
    pictures: list[str] = field(default_factory=list)  # named and not there
    boxes: list[tuple[str, str]] = field(default_factory=list)  # malformed ones: where, what is wrong
    unknown: list[tuple[str, str]] = field(default_factory=list)  # of a class that has no name: where, which
    strangers: list[tuple[str, str]] = field(default_factory=list)  # of a number that no picture has: where, which
    shared: list[tuple[str, str]] = field(default_factory=list)  # pictures whose number another has too, and which
    crowds: int = 0

    def notices(self) -> tuple[str, ...]:
        """What was left out, in words."""
        said = []
        if self.files:
            said.append(plural(len(self.files),
                "{count:,} file of boxes cannot be read, so its picture has none to learn from ({place}: {why}).",
                "{count:,} files of boxes cannot be read, so their pictures have none to learn from "
                "(first: {place}: {why}).", place=self.files[0][0], why=self.files[0][1]))  # fmt: skip
        if self.pictures:
            said.append(plural(len(self.pictures),
                "{count:,} picture is named and not there; its boxes were left out ({name}).",
                "{count:,} pictures are named and not there; their boxes were left out (first: {name}).",
                name=self.pictures[0]))  # fmt: skip
        if self.boxes:
            said.append(plural(len(self.boxes), "{count:,} box cannot be read and was left out ({place}: {why}).",
                "{count:,} boxes cannot be read and were left out (first: {place}: {why}).",
                place=self.boxes[0][0], why=self.boxes[0][1]))  # fmt: skip
        if self.unknown:
            said.append(plural(len(self.unknown),
                "{count:,} box has a class without a name and was left out ({place}: {name}).",
                "{count:,} boxes have a class without a name and were left out (first: {place}: {name}).",
                place=self.unknown[0][0], name=self.unknown[0][1]))  # fmt: skip
        if self.strangers:
            said.append(plural(len(self.strangers),
                "{count:,} box is of a picture that the file does not name and was left out ({place}: {name}).",
                "{count:,} boxes are of pictures that the file does not name and were left out "
                "(first: {place}: {name}).", place=self.strangers[0][0], name=self.strangers[0][1]))  # fmt: skip
        if self.shared:
            said.append(plural(len(self.shared),
                "{count:,} picture has the number of another, so nobody can say whose boxes are whose; "
                "it has none to learn from ({name}: {number}).",
                "{count:,} pictures have the number of another, so nobody can say whose boxes are whose; "
                "they have none to learn from (first: {name}: {number}).",
                name=self.shared[0][0], number=self.shared[0][1]))  # fmt: skip
        if self.crowds:
            said.append(plural(self.crowds, "{count:,} box around a crowd was left out.",
                "{count:,} boxes around crowds were left out."))  # fmt: skip
        return tuple(said)


def table(form: str, folder: Path, rows: Sequence[Drawn], troubles: Troubles) -> Marked:
    """The rows as a frame, boxes in the pixels of the pictures that are there; DataError where there is no row."""
    if not rows:
        raise DataError(
            phrase("There is no picture with boxes, though the folder looks like {form}.", form=form),
            where=str(folder),
            remedy=" ".join(troubles.notices()) or phrase("Check that the pictures are in it too."),
        )
    fitted, scaled = _fitted(rows, folder)
    columns = [pl.Series(IMAGE, [row.path for row in rows], dtype=pl.String), stored(BOXES, fitted)]
    notices = [_said(form, fitted), *troubles.notices(), *scaled]
    given = {row.part for row in rows}
    part = PART if len(given - {None}) > 1 else ""
    if part:
        columns.append(pl.Series(PART, [row.part or TRAIN for row in rows], dtype=pl.String))
        notices.append(_parted([row.part or TRAIN for row in rows]))
    return Marked(pl.DataFrame(columns), tuple(notices), folder, part)


def _said(form: str, rows: Sequence[Sequence[Mark] | None]) -> str:
    return phrase(
        "Read as {form}: {pictures}, {boxes}; {unseen} without a word on boxes.",
        form=form,
        pictures=some_pictures(len(rows)),
        boxes=some_boxes(sum(len(row) for row in rows if row)),
        unseen=some_pictures(sum(row is None for row in rows)),
    )


def some_pictures(count: int) -> str:
    """So many pictures, in words."""
    return plural(count, "{count:,} picture", "{count:,} pictures")


def some_boxes(count: int) -> str:
    """So many boxes, in words."""
    return plural(count, "{count:,} box", "{count:,} boxes")


def _parted(parts: list[str]) -> str:
    tests = TEST if TEST in parts else VALID
    return phrase(
        "It says which pictures train ({train:,}), validate ({valid:,}) and test ({test:,}); a study keeps to it.",
        train=parts.count(TRAIN),
        valid=0 if tests == VALID else parts.count(VALID),
        test=parts.count(tests),
    )


def _fitted(rows: Sequence[Drawn], folder: Path) -> tuple[list[Sequence[Mark] | None], tuple[str, ...]]:
    """Each row's boxes in the pixels of its upright picture, where they were made on a turned or scaled one."""
    place = Folder(folder)
    changed: list[str] = []
    fitted: list[Sequence[Mark] | None] = []
    for row in rows:
        marks = row.marks
        header = media.header_of(row.path, place) if marks and row.size and min(row.size) > 0 else None
        if marks and row.size and header and row.size != header[0]:
            (width, height), raw, turn = header
            if turn >= SIDEWAYS and list(row.size) == list(raw):
                marks = [turned(mark, raw, turn) for mark in marks]
            else:
                x, y = width / row.size[0], height / row.size[1]
                marks = [Mark(m.left * x, m.top * y, m.right * x, m.bottom * y, m.label) for m in marks]
            changed.append(row.path)
        fitted.append(marks)
    if not changed:
        return fitted, ()
    return fitted, (
        plural(len(changed),
            "{count:,} picture has another size than its boxes were drawn in; they were scaled or turned ({name}).",
            "{count:,} pictures have another size than their boxes were drawn in; they were scaled or turned "
            "(first: {name}).", name=changed[0]),
    )  # fmt: skip


def turned(mark: Mark, raw: tuple[int, int], turn: int) -> Mark:
    """A box on a picture as the camera stored it, on the picture as it is seen (EXIF orientations 1 to 8).

    >>> turned(Mark(0, 0, 4, 1, "cat"), (9, 5), 6)
    Mark(left=4, top=0, right=5, bottom=4, label='cat')
    """
    width, height = raw
    left, top, right, bottom, label = mark
    if turn < SIDEWAYS:
        across = (left, right) if turn in (1, 4) else (width - right, width - left)
        down = (top, bottom) if turn in (1, 2) else (height - bottom, height - top)
    else:
        across = (top, bottom) if turn in (5, 8) else (height - bottom, height - top)
        down = (left, right) if turn in (5, 6) else (width - right, width - left)
    return Mark(across[0], down[0], across[1], down[1], label)


def pictures_in(folder: Path) -> list[str]:
    """Paths of the pictures below a folder, relative to it, sorted; hidden ones are passed over."""
    found = []
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        near = Path(place).relative_to(folder)
        found += [
            (near / name).as_posix() for name in names if name.lower().endswith(SUFFIX) and not name.startswith(".")
        ]
    return sorted(found)


def by_stem(paths: Iterable[str]) -> dict[str, str]:
    """Paths by their name without folder and suffix; of equals the first."""
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[2].rpartition(".")[0], path)
    return found


def text_of(path: Path) -> str:
    """A small text file, whatever marks it begins with; OSError or ValueError where it cannot be read."""
    if path.stat().st_size > LARGEST:
        raise ValueError(phrase("it is larger than {most} MiB", most=LARGEST >> 20))
    return path.read_text("utf-8-sig")
