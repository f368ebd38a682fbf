"""Sets of pictures for benchmarks: cells of blood smears, photographs told apart by captions, hands, digits."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
from defusedxml import ElementTree
from PIL import Image

from common import data_folder
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.tasks.image_classification import TASK
from fathom.tasks.problem import Problem
from photographs import scenes as scene_photographs

COLUMNS = (Column("image", Kind.IMAGE), Column("label", Kind.CATEGORY))
MARGIN = 0.1  # of a cell's side that is shown around it
CELL = 32  # pixels that a cell is scaled to
MOST_CELLS = 320  # of a class in one part: red ones are seventeen times as frequent as the others
PEOPLE = r"\b(?:man|men|woman|women|boys?|girls?|person|people|child|children|kids?|guy|lady|player|rider)\b"
DOGS = r"\b(?:dogs?|puppy|puppies)\b"
SURE = 3  # of five captions that must name it
TESTED = 0.75  # of the scenes come before those that `photographs.py` holds out too
PIECE = 96  # pixels of a piece of a written line
PIECES = 3  # of a line
Parts = tuple[Problem, Dataset, Dataset, Dataset]


def cells() -> Parts:
    """Red cells, white cells and platelets of bccd, by its own split, 32 x 32 in colour; at most 320 of a class."""
    folder = data_folder("bccd")
    parts = [_cells(folder, name) for name in ("train", "val", "test")]
    return TASK.pose(parts[0], "label"), *parts  # type: ignore[return-value]


def _cells(folder: Path, part: str) -> Dataset:
    found: dict[str, list[bytes]] = {}
    for name in (folder / "ImageSets/Main" / f"{part}.txt").read_text().split():
        whole = Image.open(folder / "JPEGImages" / f"{name}.jpg").convert("RGB")
        for each in ElementTree.parse(folder / "Annotations" / f"{name}.xml").iter("object"):
            left, top, right, bottom = (
                int(each.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")
            )
            across, down = MARGIN * (right - left), MARGIN * (bottom - top)
            if right - left < 4 or bottom - top < 4:
                continue
            box = (left - across, top - down, right + across, bottom + down)
            cell = whole.crop(tuple(map(round, box))).resize((CELL, CELL), Image.Resampling.BILINEAR, reducing_gap=2.0)
            found.setdefault(each.findtext("name"), []).append(media.encode(np.asarray(cell)))
    return _mixed([(data, label) for label, pictures in found.items() for data in _few(pictures)])


def _few(pictures: list[bytes]) -> list[bytes]:
    order = np.random.default_rng(0).permutation(len(pictures))
    return [pictures[place] for place in order[:MOST_CELLS]]


def photographs() -> Parts:
    """Photographs of flickr8k that show a dog or people, as at least three of five captions agree; 60/20/20."""
    folder = data_folder("flickr8k-1000")
    captions = pl.read_csv(folder / "captions.csv").group_by("image", maintain_order=True).agg(pl.col("caption"))
    rows = []
    for image, said in captions.iter_rows():
        dogs, people = (sum(bool(re.search(words, text.lower())) for text in said) for words in (DOGS, PEOPLE))
        if (dogs >= SURE) != (people >= SURE) and min(dogs, people) == 0:
            rows.append((image, "dog" if dogs else "people"))
    whole = _mixed(rows, folder)
    ends = [round(share * len(whole)) for share in (0.6, 0.8)]
    parts = [whole.take(range(*span)) for span in ((0, ends[0]), (ends[0], ends[1]), (ends[1], len(whole)))]
    return TASK.pose(parts[0], "label"), *parts  # type: ignore[return-value]


def scenes() -> Parts:
    """Photographs of flickr8k with water, snow, grass or a street, by their captions; tested on what
    `photographs.py` holds out; a quarter of the others validate."""
    whole = scene_photographs()
    whole = Dataset(whole.frame.rename({"kind": "label"}), COLUMNS, folder=whole.folder)
    order = np.random.default_rng(0).permutation(len(whole))
    ends = [round(share * TESTED * len(whole)) for share in (0.75, 1.0)]
    parts = [whole.take(order[start:end]) for start, end in ((0, ends[0]), (ends[0], ends[1]), (ends[1], len(whole)))]
    return TASK.pose(parts[0], "label"), *parts  # type: ignore[return-value]


def hands() -> Parts:
    """Which of seventeen medieval manuscripts a piece of a line is from; lines, not pieces, are dealt 60/20/20."""
    folder = data_folder("handwriting-latin")
    parts: list[list[tuple[str | bytes, str]]] = [[], [], []]
    for manuscript in sorted(path for path in folder.iterdir() if path.is_dir()):
        lines = sorted(manuscript.rglob("*.png"))
        dealt = np.random.default_rng(0).permutation(len(lines))
        for place, line in zip(dealt, lines, strict=True):
            part = parts[int(np.searchsorted([0.6, 0.8], place / len(lines), side="right"))]
            part += [(media.encode(piece), manuscript.name) for piece in _pieces(line)]
    found = [_mixed(part) for part in parts]
    return TASK.pose(found[0], "label"), *found  # type: ignore[return-value]


def _pieces(line: Path) -> list[np.ndarray]:
    """Squares of a line's height, evenly over its length."""
    whole = Image.open(line).convert("L")
    side = whole.height
    starts = np.linspace(0, max(0, whole.width - side), PIECES + 2)[1:-1]
    cut = [whole.crop((int(left), 0, int(left) + side, side)).resize((PIECE, PIECE)) for left in starts]
    return [np.asarray(each)[..., None] for each in cut]


def digits() -> Parts:
    """MNIST, 5,000 of its training pictures held back."""
    folder = data_folder("mnist")
    train, test = (_listed(folder / part) for part in ("train", "test"))
    size = len(train) - 5_000
    return TASK.pose(train, "label"), train.take(range(size)), train.take(range(size, len(train))), test


def _listed(folder: Path) -> Dataset:
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    return _mixed([(path, path.split("/")[0]) for path in paths], folder)


def _mixed(rows: list[tuple[str | bytes, str]], folder: Path | None = None) -> Dataset:
    order = np.random.default_rng(0).permutation(len(rows))
    images, labels = zip(*(rows[place] for place in order), strict=True)
    return Dataset(pl.DataFrame({"image": list(images), "label": list(labels)}), COLUMNS, folder=folder)


def of_each(dataset: Dataset, count: int, seed: int = 0) -> Dataset:
    """So many rows of each label, by chance."""
    order = np.random.default_rng(seed).permutation(len(dataset))
    labels = dataset["label"].to_numpy()[order]
    return dataset.take(np.sort(np.concatenate([order[labels == one][:count] for one in np.unique(labels)])))


SETS = {"cells": cells, "photographs": photographs, "scenes": scenes, "hands": hands, "digits": digits}
