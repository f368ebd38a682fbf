"""What training costs: processor seconds of the learners that set the length of a study, over rows, columns and labels.

Each is trained to its end. A network that has not ended after `--seconds` is stopped, and the share of its plan that
is done tells how long the whole plan takes; that it might have ended sooner, by its patience, is then not counted. One
thread, no accelerator. A power law is fitted to each learner and written into the package.

    FATHOM_DATA=... python benchmarks/advice_paces.py [--seconds 45]
"""

from __future__ import annotations

import argparse
import json
import math
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.optimize import lsq_linear

from advice_records import parts, sources
from common import heading, machine, print_table
from fathom import catalog
from fathom.data.read import read
from fathom.data.split import split
from fathom.learner import Run
from fathom.protocol.advice import paces
from fathom.tasks.propose import propose

SETS = ("adult", "mnist", "digits", "225_puma8NH", "krkopt", "clean2")
SIZES = (1_000, 4_000)
LONGEST = 60.0  # seconds for a learner that is trained to its end


class Enough(Exception):
    """The plan's share is known well enough."""


def seconds_of(row, problem, train, valid, limit: float) -> float | None:
    """Processor seconds of a whole training; None where too little was done to tell."""
    told, start = [], time.process_time()

    def listen(done: float, note: str) -> None:
        spent = time.process_time() - start
        told.append((done, spent))
        if row.family == "deep" and spent > limit:
            raise Enough

    learner = catalog.load(row.path)()
    try:
        learner.fit(
            problem, train, valid, Run(time.monotonic() + (1e6 if row.family == "deep" else LONGEST), progress=listen)
        )
    except Enough:
        done, spent = told[-1]
        early = next((each for each in told if each[0] > 0), None)
        if early is None or done <= early[0]:
            return spent / done if done > 0 else None
        return early[1] + (spent - early[1]) / (done - early[0]) * (1 - early[0])
    return time.process_time() - start


def laws(lines: list[tuple]) -> dict[str, dict]:
    """A power law for each learner and kind of task.

    The powers lie between 0 and 1: more rows never take less time, and a few sizes must not be drawn on to a power that
    only two of them suggest. What did not vary has no power.
    """
    fitted = {}
    for key in sorted({(line[0], line[1].split("-")[0]) for line in lines}):
        of = [line for line in lines if (line[0], line[1].split("-")[0]) == key]
        x = np.log([[math.e, *line[4:7]] for line in of])
        y = np.log([line[7] for line in of])
        most = np.where(np.ptp(x[:, 1:], axis=0) > 0, 1.0, 1e-9)
        weights = lsq_linear(x, y, bounds=([-np.inf, 0, 0, 0], [np.inf, *most])).x
        fitted[" ".join(key)] = {
            "weights": [round(float(each), 3) for each in weights],
            "measured": len(of),
            "off": round(float(np.exp(np.abs(x @ weights - y).max())), 2),
        }
    return fitted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=45.0, help="of processor time for a network")
    chosen = parser.parse_args()
    heading("Advice: what training costs")
    lines = []
    for name, source, target in sources():
        if name not in SETS:
            continue
        dataset = read(source())
        problem = catalog.load(catalog.task(propose(dataset, target)).path).pose(dataset, target)
        for size in SIZES:
            known, _ = parts(dataset, problem, size)
            if len(known) < size / 2:
                continue
            divided = split(known, problem, seed=0, test=0.0, valid=0.2)
            train, valid = known.take(divided.train), known.take(divided.valid)
            for row in catalog.learners_for(problem.task):
                if row.name in paces.SLOW and (took := seconds_of(row, problem, train, valid, chosen.seconds)):
                    shape = paces.shape(known, problem)
                    lines.append((row.name, problem.task, name, size, *shape, took))
                    print(*lines[-1], sep="\t", flush=True)
    fitted = laws(lines)
    Path(paces.FILE).write_text(
        json.dumps({"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "learners": fitted}, indent=1) + "\n"
    )
    print_table(
        ["learner", "constant, rows, columns, labels", "off by at most"],
        [[k, v["weights"], v["off"]] for k, v in fitted.items()],
    )


if __name__ == "__main__":
    main()
