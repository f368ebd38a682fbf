"""Fits learners in children of its own; each child kills itself in the middle, the hardest way there is.

Reads one job a line (JSON: learner, data, run, seed), answers with the child's exit status; negative: a signal.
Libraries are loaded once, before any thread runs, so that forking is safe and quick.
"""

import json
import math
import os
import signal
import sys
import time
from pathlib import Path

from fathom import catalog
from fathom.learner import Run
from fathom.protocol.frames import read_dataset
from fathom.tasks.problem import Problem

HURRY = 1_000.0  # the child's clock runs so much faster, so that checkpoints that are due now and then are due at once


def fit(job):
    data, folder = Path(job["data"]), Path(job["run"])
    problem = Problem.from_json(json.loads((data / "problem.json").read_text("utf-8")))
    folder.mkdir(parents=True, exist_ok=True)

    def die_in_the_middle(done, note):
        if done >= 0.5 or any(folder.iterdir()):
            os.kill(os.getpid(), signal.SIGKILL)

    real = time.monotonic
    time.monotonic = lambda: HURRY * real()
    run = Run(math.inf, job["seed"], folder=folder, progress=die_in_the_middle)
    learner = catalog.load(catalog.learner(job["learner"]).path)(**job["told"])
    learner.fit(problem, read_dataset(data / "train"), read_dataset(data / "valid"), run)


def main():
    for row in catalog.LEARNERS:
        if not catalog.missing(row.extra):
            catalog.load(row.path)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            fit(json.loads(line))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
