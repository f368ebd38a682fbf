"""What mixing, crops and growing pictures bring a network from scratch: held-back rows, never the test rows.

    FATHOM_DATA=/path/to/data python benchmarks/recipes.py [--sets scenes photographs cells hands] [--seeds 3]
        [--largest 96] [--keep FILE]

Four fifths of the training rows teach, a fifth stops the training; what is told is the validation rows' accuracy and
log-loss, which neither has seen. All trainings run their epochs to the end, so that a busy machine changes nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from common import heading, print_table
from fathom.deep.convolutional import Convolutional
from fathom.learner import Run
from picture_sets import SETS

WAYS: dict[str, dict[str, Any]] = {
    "usual": {},
    "mixed": {"mix": 0.5},
    "crops": {"crop": 0.6},
    "growing": {"small": 0.5},
    "crops, mixed": {"crop": 0.6, "mix": 0.5},
}
LEARN = 0.8


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--sets", nargs="+", default=["scenes", "cells"], choices=sorted(SETS))
    reader.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    reader.add_argument("--seeds", type=int, default=2)
    reader.add_argument("--largest", type=int, default=96, help="longest side in pixels")
    reader.add_argument("--keep", type=Path, help="a file for what was found")
    asked = reader.parse_args()
    known = []
    if asked.keep and asked.keep.exists():
        known = [json.loads(line) for line in asked.keep.read_text("utf-8").splitlines()]
    for name in asked.sets:
        problem, train, valid, _ = SETS[name]()
        cut = round(LEARN * len(train))
        heading(f"{name}: {cut} rows teach, {len(train) - cut} stop, {len(valid)} are asked")
        for seed in range(asked.seeds):
            for way in asked.ways:
                place = {"set": name, "way": way, "seed": seed, "largest": asked.largest}
                if any(place.items() <= each.items() for each in known):
                    continue
                learner, worked = Convolutional(largest=asked.largest, **WAYS[way]), time.process_time()
                rows = train.take(range(cut)), train.take(range(cut, len(train)))
                learner.fit(problem, *rows, Run.lasting(math.inf, seed=seed, threads=1))
                worked = time.process_time() - worked
                said, truth = learner.predict(valid), problem.truth(valid)
                chance = said.probabilities[np.arange(len(truth)), truth]
                found = {"accuracy": float((said.codes == truth).mean()), "loss": float(-np.log(chance + 1e-7).mean())}
                known.append(place | found | {"processor": worked})
                print(known[-1], flush=True)
                if asked.keep:
                    with asked.keep.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(known[-1]) + "\n")
        lines = []
        for way in asked.ways:
            those = [each for each in known if (each["set"], each["way"]) == (name, way)]
            means = [statistics.mean(each[key] for each in those) for key in ("accuracy", "loss", "processor")]
            lines.append([way, len(those), *means])
        print_table(["way", "seeds", "accuracy", "log-loss", "processor s"], lines)


if __name__ == "__main__":
    main()
