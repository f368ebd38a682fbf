"""A table with one box a row: the path of a picture, four sides and a label under their usual names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.boxes import ENDS, LABELS, SIDES, Mark, stored
from fathom.data.marked.table import BOXES, SUFFIX, some_boxes, some_pictures
from fathom.data.picture_sizes import picture_sizes
from fathom.messages import phrase, plural

PATHS = ("image", "filename", "file_name", "image_path", "path", "file", "picture", "image_name", "img", "사진")
LABEL = (*LABELS, "label_name", "labelname", "class_name", "레이블")
SIZES = ("width", "w"), ("height", "h")
PICTURES = 0.9  # share of the paths that are pictures by their name
NUMBERS = 0.9  # share of the rows with a label whose sides are numbers
MOST = 0.5  # share of the boxes with a label that must be of shares for all to be
SHARES = 2.0  # a box that ends before it is too small for pixels, and one of shares that reaches beyond its picture

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Folded = tuple[pl.DataFrame, tuple[str, ...]]


def folded(frame: pl.DataFrame, folder: Path | None) -> Folded:
    """A table with one box a row as one row a picture with its `boxes`; others unchanged.

    A row without label and sides says that its picture has none. Where most boxes lie within 0..1, sides are shares of
    the picture's.

    >>> long = pl.DataFrame({"file": ["a.png"], "xmin": [1], "ymin": [2], "xmax": [5], "ymax": [6], "class": ["cat"]})
    >>> folded(long, None)[0]["boxes"].to_list()
    [[{'left': 1.0, 'top': 2.0, 'right': 5.0, 'bottom': 6.0, 'label': 'cat'}]]
    """
    path, label = _named(frame, PATHS), _named(frame, LABEL)
    near = [_named(frame, (*names, "xy"[axis])) for axis, names in enumerate(SIDES)]
    far = [_named(frame, names) for names in ENDS]
    sized = None in far
    far = [_named(frame, names) for names in SIZES] if sized else far
    names = [path, label, *near, *far]
    if None in names or BOXES in frame.columns or len(set(names)) < len(names):
        return frame, ()
    return _grouped(frame, [name for name in names if name is not None], sized, folder)


def _named(frame: pl.DataFrame, known: tuple[str, ...]) -> str | None:
    return next((name for name in frame.columns if name.strip().casefold() in known), None)


def _grouped(frame: pl.DataFrame, names: list[str], sized: bool, folder: Path | None) -> Folded:
    paths, labels = (_texts(frame[name]) for name in names[:2])
    if not paths.str.to_lowercase().str.ends_with(SUFFIX[0]).any() and not _are_pictures(paths):
        return frame, ()
    sides = np.stack([frame[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy() for name in names[2:]])
    marked, placed = labels.is_not_null().to_numpy(), paths.is_not_null().to_numpy()
    whole = np.isfinite(sides).all(axis=0)
    if not _are_pictures(paths) or not marked.any() or (whole & marked).sum() < NUMBERS * marked.sum():
        return frame, ()
    if sized:
        sides[2:] += sides[:2]
    frame = frame.with_columns(paths)
    kept = frame.filter(placed).unique(names[0], keep="first", maintain_order=True)
    scale = _scale(sides[:, whole & marked], kept[names[0]], folder)
    rows: dict[str, list[Mark]] = {name: [] for name in kept[names[0]]}
    for path, label, box in zip(paths.to_list(), labels.to_list(), sides.T.tolist(), strict=True):
        if path is not None and label and all(map(np.isfinite, box)):
            x, y = scale.get(path, (1.0, 1.0))
            rows[path].append(Mark(box[0] * x, box[1] * y, box[2] * x, box[3] * y, label))
    boxes = stored(BOXES, rows.values())
    said = phrase(
        "Read as one box a row ({columns}): {pictures}, {boxes}.",
        columns=", ".join(names),
        pictures=some_pictures(len(rows)),
        boxes=some_boxes(int(boxes.list.len().sum())),
    )
    others = _single(frame, names)
    return pl.DataFrame([kept[names[0]], boxes, *(kept[name] for name in others)]), (
        said,
        *_lost(marked & ~whole, "sides", paths),
        *_lost(whole & placed & ~marked, "label", paths),
        *_lost(whole & marked & ~placed, "picture", paths),
    )


def _texts(column: pl.Series) -> pl.Series:
    """The cells as text without blanks around it; None where nothing is left."""
    texts = column.cast(pl.String).str.strip_chars()
    return texts.set(texts == "", None)


def _are_pictures(paths: pl.Series) -> bool:
    found = paths.drop_nulls().str.to_lowercase()
    named = sum(int(found.str.ends_with(suffix).sum()) for suffix in SUFFIX)
    return named >= PICTURES * max(len(found), 1)


def _scale(sides: Floats, paths: pl.Series, folder: Path | None) -> dict[str, tuple[float, float]]:
    """The size of each picture, where the sides of most boxes are shares of it; empty where they are pixels.

    Most decide, not all: a single box that reaches beyond its picture must not make a pixel's part of all others.
    """
    small = (np.abs(sides) <= SHARES).all(axis=0)
    if not small.any() or small.mean() <= MOST or np.array_equal(sides[:, small], sides[:, small].round()):
        return {}
    sizes = picture_sizes(paths, folder).astype(float).tolist()
    return {path: (width or 1.0, height or 1.0) for path, (width, height) in zip(paths, sizes, strict=True)}


def _single(frame: pl.DataFrame, names: list[str]) -> list[str]:
    """The other columns that say one thing of each picture."""
    others = [name for name in frame.columns if name not in names]
    if not others:
        return []
    values = frame.group_by(names[0]).agg(pl.col(others).n_unique())
    return [name for name in others if (values[name] == 1).all()]


def _lost(lost: Bools, lacking: str, paths: pl.Series) -> tuple[str, ...]:
    """A notice of the rows whose boxes were left out, for what they lack."""
    rows = np.flatnonzero(lost)
    if not len(rows):
        return ()
    count, row = len(rows), int(rows[0]) + 1
    name = paths[row - 1]
    if lacking == "picture":
        return (
            plural(count, "{count:,} box names no picture and was left out (row {row:,}).",
                "{count:,} boxes name no picture and were left out (first: row {row:,}).", row=row),
        )  # fmt: skip
    if lacking == "label":
        return (
            plural(count, "{count:,} box has no label and was left out (row {row:,}, {name}).",
                "{count:,} boxes have no label and were left out (first: row {row:,}, {name}).", row=row, name=name),
        )  # fmt: skip
    return (
        plural(count, "{count:,} box has a side that is no number and was left out (row {row:,}, {name}).",
            "{count:,} boxes have a side that is no number and were left out (first: row {row:,}, {name}).",
            row=row, name=name),
    )  # fmt: skip
