"""Accuracy by rows: a trained network with its features frozen or learning on, a network from scratch, a classical one.

    FATHOM_DATA=/path/to/data python benchmarks/transfer.py BACKBONE [--sets cells photographs] [--minutes 3]

BACKBONE is the folder of a network of the transformers library, such as MobileNetV2 trained on ImageNet. Rows are
counted by class. Validation rows are a third as many, and all that chooses; the test rows are asked once, at the end.
Goal: 20 pictures of each class reach from the trained network what all of them reach from scratch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from common import heading, print_table
from fathom.classical.support_vectors import SupportVectors
from fathom.deep.convolutional import Convolutional
from fathom.deep.pretrained import Pretrained
from fathom.learner import Run
from picture_sets import SETS, Parts, of_each

ALL = 0
SIZES = {
    "frozen": (5, 20, ALL),
    "learning on": (20,),
    "from scratch": (20, ALL),
    "classical": (5, 20, ALL),
}
LONGER = 3  # times the minutes that a network from scratch gets for all rows


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("backbone")
    reader.add_argument("--sets", nargs="+", default=["cells", "photographs"], choices=sorted(SETS))
    reader.add_argument("--minutes", type=float, default=3.0, help="for one training")
    reader.add_argument("--threads", type=int, default=1)
    asked = reader.parse_args()
    ways: dict[str, Callable[[], Any]] = {
        "frozen": lambda: Pretrained(asked.backbone, mode="head"),
        "learning on": lambda: Pretrained(asked.backbone),
        "from scratch": Convolutional,
        "classical": SupportVectors,
    }
    for name in asked.sets:
        parts = SETS[name]()
        heading(f"Transfer: {name}, {len(parts[1])} rows train, {len(parts[3])} test, {asked.threads} threads")
        rows = []
        for way, make in ways.items():
            for size in SIZES[way]:
                rows.append([way, size or "all", *_tried(make(), parts, size, asked)])
                print(rows[-1], flush=True)
        print_table(["way", "rows of a class", "test accuracy", "seconds", "kept"], rows)


def _tried(learner: Any, parts: Parts, size: int, asked: argparse.Namespace) -> tuple[float, float, str]:
    """Test accuracy, seconds of training and which steps were kept."""
    problem, train, valid, test = parts
    if size:
        train, valid = of_each(train, size), of_each(valid, max(3, size // 3))
    minutes = asked.minutes * (LONGER if size == ALL and isinstance(learner, Convolutional) else 1)
    run, started = Run.lasting(60 * minutes, seed=0, threads=asked.threads), time.perf_counter()
    learner.fit(problem, train, valid, run)
    seconds = time.perf_counter() - started
    right = float((learner.predict(test).codes == problem.truth(test)).mean())
    steps = run.told.get("transfer", [])
    kept = " ".join(f"{each['name']}{'' if each['kept'] else '-'} {each['seconds']:.0f}s" for each in steps)
    return right, seconds, kept


if __name__ == "__main__":
    main()
