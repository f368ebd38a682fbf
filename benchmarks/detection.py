"""Finding boxes: precision, time and pace of learners on a folder of pictures with a split of its own.

FATHOM_DATA=/path/to/data python benchmarks/detection.py [--set bccd] [--learners convolutional pretrained]
    [--from FOLDER] [--minutes 20] [--threads 1] [--look valid]

Tune with `--look valid`; the test pictures are looked at once, at the end.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.read import read
from fathom.learner import Run
from fathom.tasks.object_detection import TASK

TARGET, PART = "boxes", "part"  # what the readers of boxes name what is marked and the split that came with it


def parts(dataset: Dataset) -> dict[str, Dataset]:
    """The rows of each part of the split."""
    said = dataset[PART].to_numpy()
    return {name: dataset.take(np.flatnonzero(said == name)) for name in ("train", "valid", "test")}


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--set", default="bccd")
    reader.add_argument("--learners", nargs="+", default=["convolutional"])
    reader.add_argument("--from", dest="backbone", default="")
    reader.add_argument("--minutes", type=float, default=20.0)
    reader.add_argument("--threads", type=int, default=1)
    reader.add_argument("--look", choices=("valid", "test"), default="valid")
    asked = reader.parse_args()
    whole = parts(read(str(data_folder(asked.set))))
    problem = TASK.pose(whole["train"], TARGET)
    heading(f"Boxes in {asked.set}: {', '.join(f'{len(each)} {name}' for name, each in whole.items())}")
    measures = [each for each in TASK.measures if each.name in {"map50", "map", "map75"}]
    table = []
    for name in asked.learners:
        row = catalog.learner(name)
        options = {"backbone": asked.backbone} if "backbone" in row.takes else {}
        learner, started, worked = catalog.load(row.path)(**options), time.perf_counter(), time.process_time()
        run = Run.lasting(60 * asked.minutes, seed=0, threads=asked.threads)
        learner.fit(problem, whole["train"], whole["valid"], run)
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
        rows = whole[asked.look]
        started = time.perf_counter()
        said = learner.predict(rows)
        pace = 1e3 * (time.perf_counter() - started) / len(rows)
        scores = [each.score(problem.truth(rows), said, None) for each in measures]
        table.append([name, asked.look, *scores, seconds, processor, pace])
    print_table(
        ["learner", "scored on", *(each.name for each in measures), "seconds", "processor s", "ms a picture"], table
    )


if __name__ == "__main__":
    main()
