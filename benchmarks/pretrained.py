"""Starting from a trained network: accuracy on all rows and on few, head alone or as the learner chooses.

FATHOM_DATA=/path/to/data python benchmarks/pretrained.py FOLDER [--sets trec sst2] [--rows 0 100] [--modes head auto]
"""

from __future__ import annotations

import argparse
import time

from common import heading, print_table
from fathom.deep.pretrained import Pretrained
from fathom.learner import Run
from fathom.tasks.text_classification import TASK
from text import paces, parts


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("backbone")
    reader.add_argument("--sets", nargs="+", default=["trec", "sst2"])
    reader.add_argument("--rows", nargs="+", type=int, default=[0, 100], help="training rows; 0: all")
    reader.add_argument("--modes", nargs="+", default=["head", "auto"])
    reader.add_argument("--minutes", type=float, default=5.0)
    asked = reader.parse_args()
    heading("Starting from a trained network")
    table = []
    for name in asked.sets:
        whole, valid, test = parts(name)
        problem = TASK.pose(whole, "label")
        for rows in asked.rows:
            train = whole.take(range(rows)) if rows else whole
            looked = valid.take(range(min(len(valid), rows // 3))) if rows else valid
            for mode in asked.modes:
                learner, started = Pretrained(asked.backbone, mode=mode), time.perf_counter()
                learner.fit(problem, train, looked, Run.lasting(60 * asked.minutes, seed=0))
                seconds = time.perf_counter() - started
                right = (learner.predict(test).codes == problem.truth(test)).mean()
                speeds = map(round, paces(learner, test))
                table.append([name, len(train), mode, learner.mode_, float(right), seconds, *speeds])
    head = ["set", "training rows", "mode", "kept", "accuracy", "seconds", "rows/s", "rows/s singly"]
    print_table(head, table)


if __name__ == "__main__":
    main()
