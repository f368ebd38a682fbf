"""What classical learners gain from colours, textures and visual words, on photographs and on cut-out blood cells.

    FATHOM_DATA=/path/to/data python benchmarks/photographs.py [--learners NAMES] [--sets scenes,cells] [--test]

Scenes: photographs of flickr8k whose captions, two of the five at least, name exactly one of water, snow, grass and
street. Cells: the boxes of bccd cut out, at most two red cells a picture. A quarter of each is held out by a fixed
draw; three folds of the rest are validated. `--test` looks at the quarter, once, with learners that each fold stopped.
"Without": a small copy's pixels, oriented gradients and a histogram of colours at 64 x 64 pixels.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import time
from collections import defaultdict

import numpy as np
import polars as pl
from defusedxml import ElementTree
from PIL import Image

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.classical.features import choose
from fathom.classical.features.image import Picture
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.learner import Run
from fathom.tasks.problem import Problem

WORDS = {
    "water": r"\b(water|ocean|lake|river|pool|sea|surf\w*|wave|beach|swim\w*|splash\w*)\b",
    "snow": r"\b(snow\w*|ski\w*|ice)\b",
    "grass": r"\b(grass\w*|field|lawn)\b",
    "street": r"\b(street|sidewalk|road|city|building|store|shop)\b",
}
CAPTIONS = 2  # that must name a scene
RED_CELLS = 2  # of a picture
LEARNERS = "logistic-regression,support-vectors,nearest-neighbours,gradient-boosting"
FOLDS = 3
COLUMNS = (Column("image", Kind.IMAGE), Column("kind", Kind.CATEGORY))


def scenes() -> Dataset:
    folder = data_folder("flickr8k-1000")
    captions = defaultdict(list)
    with (folder / "captions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            captions[row["image"]].append(row["caption"].lower())
    named = {}
    for image, said in sorted(captions.items()):
        found = [name for name, words in WORDS.items() if sum(bool(re.search(words, one)) for one in said) >= CAPTIONS]
        if len(found) == 1:
            named[image] = found[0]
    return Dataset(pl.DataFrame({"image": list(named), "kind": list(named.values())}), COLUMNS, folder=folder)


def cells() -> Dataset:
    folder = data_folder("bccd")
    cut, kinds = [], []
    for path in sorted((folder / "Annotations").glob("*.xml")):
        picture = Image.open(folder / "JPEGImages" / f"{path.stem}.jpg").convert("RGB")
        red = 0
        for thing in ElementTree.parse(path).findall("object"):
            kind = thing.findtext("name")
            red += kind == "RBC"
            box = [int(thing.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")]
            if (kind == "RBC" and red > RED_CELLS) or box[2] - box[0] < 4 or box[3] - box[1] < 4:
                continue
            file = io.BytesIO()
            picture.crop(box).save(file, "PNG")
            cut.append(file.getvalue())
            kinds.append(kind)
    return Dataset(pl.DataFrame({"image": cut, "kind": kinds}), COLUMNS)


SETS = {"scenes": scenes, "cells": cells}


def without(problem: Problem, train: Dataset, *, near: bool, few: bool) -> Picture:
    return Picture.learn("image", train, problem.truth(train) if near else None)


WAYS = {"without": without, "with": choose._of_pictures}


def accuracy(name: str, problem: Problem, train: Dataset, valid: Dataset, asked: Dataset) -> float:
    learner = catalog.load(catalog.learner(name).path)()
    learner.fit(problem, train, valid, Run.lasting(3_600, seed=0))
    return float((learner.predict(asked).codes == problem.truth(asked)).mean())


def measured(name: str, problem: Problem, data: Dataset, held: Dataset | None) -> list[float]:
    """The accuracy of each fold; with `held`, what a learner stopped by a fold has of the held-out rows."""
    found = []
    rows = np.arange(len(data))
    for fold in range(FOLDS):
        train, valid = data.take(rows[rows % FOLDS != fold]), data.take(rows[rows % FOLDS == fold])
        found.append(accuracy(name, problem, train, valid, valid if held is None else held))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", default=LEARNERS)
    parser.add_argument("--sets", default="scenes,cells")
    parser.add_argument("--test", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.sets.split(","):
        data = SETS[name]()
        order = np.random.default_rng(0).permutation(len(data))
        cut = int(0.75 * len(data))
        held = data.take(order[cut:]) if arguments.test else None
        data = data.take(order[:cut])
        problem = Problem("image-classification", "kind", COLUMNS[:1], tuple(data["kind"].unique().sort()))
        heading(f"{name}: {len(data)} rows, " + ("held-out rows" if arguments.test else f"{FOLDS} folds"))
        rows = []
        for learner in arguments.learners.split(","):
            row = [learner]
            for way, made in WAYS.items():
                choose._of_pictures = made
                begun = time.process_time()
                found = measured(learner, problem, data, held)
                row += [f"{np.mean(found):.3f} ± {np.std(found):.3f}", f"{(time.process_time() - begun) / FOLDS:.1f}"]
                print(f"  {learner}, {way}: {row[-2]}", flush=True)
            rows.append(row)
        print_table(["learner", "without", "CPU s a fold", "with", "CPU s a fold"], rows)


if __name__ == "__main__":
    main()
