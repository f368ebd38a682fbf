"""Peak memory of learning from many pictures, and how fast: 5,000 made ones against 50,000.

    python benchmarks/picture_memory.py [--rows 5000 50000] [--side 96] [--seconds 60] [--folder FOLDER] [--boxes]

500 pictures are made once (JPEG, colour), written into --folder and named as often as there are rows: each row is read
and decoded by itself. Each number of rows is learned in a process of its own
by the convolutional learner, for as long as --seconds says, with a run's folder, as a trial has one; what is told is
the peak of its resident memory, before and after. Goal: the same for both numbers, but for what paths and labels need.
With --boxes each picture has one box, and a detector learns.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from common import heading, print_table
from fathom.data.boxes import Mark, stored
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.convolutional import Convolutional
from fathom.learner import Run
from fathom.tasks.problem import Problem

COLUMNS = (Column("image", Kind.IMAGE), Column("label", Kind.CATEGORY))
CLASSES = ("dark", "light")
VALID = 500
MADE = 500  # files


def make(folder: Path, side: int) -> None:
    """Write pictures of noise, half of them brighter, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(0)
    for row in range(MADE):
        path = folder / f"{row}.jpg"
        if not path.exists():
            coarse = chance.integers(0, 160, (8, 8, 3), dtype=np.uint8) + 60 * (row % 2)
            Image.fromarray(coarse.astype(np.uint8)).resize((side, side)).save(path, quality=80)


def posed(folder: Path, rows: int, side: int, boxes: bool) -> tuple[Dataset, Problem]:
    """So many rows, and what is asked of them."""
    images = pl.Series("image", [f"{row % MADE}.jpg" for row in range(rows)])
    if boxes:
        marks = [[Mark(0, 0, side / (1 + row % 3), side / 2, CLASSES[row % 2])] for row in range(rows)]
        columns = (COLUMNS[0], Column("boxes", Kind.BOXES))
        dataset = Dataset(pl.DataFrame([images, stored("boxes", marks)]), columns, folder=folder)
        return dataset, Problem("object-detection", "boxes", COLUMNS[:1], boxes=CLASSES)
    labels = pl.Series("label", [CLASSES[row % 2] for row in range(rows)])
    dataset = Dataset(pl.DataFrame([images, labels]), COLUMNS, folder=folder)
    return dataset, Problem("image-classification", "label", COLUMNS[:1], CLASSES)


def learn(folder: Path, rows: int, side: int, seconds: float, boxes: bool) -> dict[str, float]:
    """Peaks in MiB before and after learning, and pictures a second."""
    dataset, problem = posed(folder, rows, side, boxes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        run = Run.lasting(seconds, threads=1, folder=Path(place))
        learner, started = Convolutional(largest=side), time.perf_counter()
        learner.fit(problem, dataset.take(range(VALID, rows)), dataset.take(range(VALID)), run)
        spent = dict(run.steps)
        taken = learner.progress_.step * (8 if boxes else min(128, max(16, rows // 8)))
        learner.predict(dataset.take(range(min(rows, 2_000))))
    return {
        "before": before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "prepared": spent["inputs to tensors"],
        "rate": taken / spent["training"],
        "seconds": time.perf_counter() - started,
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--rows", nargs="+", type=int, default=[5_000, 50_000])
    reader.add_argument("--side", type=int, default=96)
    reader.add_argument("--seconds", type=float, default=60.0)
    reader.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "fathom-pictures")
    reader.add_argument("--boxes", action="store_true", help="learn to find boxes")
    reader.add_argument("--one", action="store_true", help="learn here, and print the figures as JSON")
    asked = reader.parse_args()
    if asked.one:
        print(json.dumps(learn(asked.folder, asked.rows[0], asked.side, asked.seconds, asked.boxes)))
        return
    make(asked.folder, asked.side)
    heading(f"Memory: pictures of {asked.side} x {asked.side}, {asked.seconds:.0f} s of learning on one thread")
    table = []
    for rows in asked.rows:
        given = [
            "--rows",
            str(rows),
            "--side",
            str(asked.side),
            "--seconds",
            str(asked.seconds),
            "--folder",
            str(asked.folder),
            *(["--boxes"] if asked.boxes else []),
        ]
        said = subprocess.run([sys.executable, __file__, "--one", *given], capture_output=True, text=True, check=True)
        found = json.loads(said.stdout.splitlines()[-1])
        pixels = rows * asked.side**2 * 3 / 2**20
        table.append([rows, pixels, *(found[name] for name in ("before", "peak", "prepared", "rate"))])
    print_table(
        ["pictures", "their pixels MiB", "MiB before", "peak MiB", "seconds until decoded", "pictures/s"], table
    )


if __name__ == "__main__":
    main()
