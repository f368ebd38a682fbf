"""One row and a batch, answered by the model itself and by its ONNX file: in turns, each way's median.

python benchmarks/exports.py [--seconds 10] [--backbone FOLDER] [--tasks image-classification ...]

Every exportable pair of the catalog learns the sample of its task for `seconds`, is exported (which compares both) and
timed from decoded rows of the test part to calibrated predictions, on one thread.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from statistics import median

import torch
from threadpoolctl import threadpool_limits

from common import heading, print_table
from fathom import catalog
from fathom.data import media
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.split import split
from fathom.errors import ExportError
from fathom.exports import session
from fathom.exports.onnx import graph_of
from fathom.exports.parity import compared
from fathom.learner import Run
from fathom.model import Model, calibrated

BATCH, TURNS, ROWS = 64, 41, 600
SECONDS = 6.0  # that the timing of one pair takes at most
TASKS = [task.name for task in catalog.TASKS]


def trained(task_name: str, row: catalog.LearnerRow, seconds: float, backbone: str | None):
    told = {"backbone": backbone} if "backbone" in row.takes else {}
    task = catalog.load(catalog.task(task_name).path)
    dataset = read(catalog.task(task_name).sample)
    dataset = dataset.take(range(min(ROWS, len(dataset))))
    problem = task.pose(dataset, catalog.task(task_name).target)
    train, valid, test = (
        dataset.take(rows) for rows in (lambda p: (p.train, p.valid, p.test))(split(dataset, problem, seed=7))
    )
    learner = catalog.load(row.path)(**told)
    learner.fit(problem, train, valid, Run.lasting(seconds, seed=7))
    return Model(learner, row.name, row.family, problem), test


def timed(model: Model, running: session.Session, rows) -> tuple[float, float]:
    """Median seconds of the model and of its graph, asked in turns."""
    ways = (lambda: calibrated(model.learner.predict(rows), model.calibration), lambda: running.predict(rows))
    times: tuple[list[float], list[float]] = ([], [])
    until = time.perf_counter() + SECONDS / 2
    for turn in range(TURNS):
        for way, took in zip(ways, times, strict=True):
            start = time.perf_counter()
            way()
            took.append(time.perf_counter() - start)
        if turn > 5 and time.perf_counter() > until:
            break
    return median(times[0][1:]), median(times[1][1:])


def measured(task: str, row: catalog.LearnerRow, seconds: float, backbone: str | None) -> list[str] | None:
    model, test = trained(task, row, seconds, backbone)
    try:
        start = time.process_time()
        graph = graph_of(model)
        data = session.traced(graph)
        running = session.Session(graph, data, 1)
        made = time.process_time() - start
    except ExportError:
        return None
    parity = compared(model, running, test)
    for column in (each for each in model.problem.inputs if each.kind == Kind.IMAGE):
        pixels = media.unfold(test[column.name], test.folder)  # what decoding costs is another matter
        test = replace(test, frame=test.frame.with_columns(pixels))
    one = timed(model, running, test.take(range(1)))
    many = test.take([place % len(test) for place in range(BATCH)])
    batch = timed(model, running, many)
    return [
        f"{task}: {row.name}",
        f"{1e3 * one[0]:.2f}",
        f"{1e3 * one[1]:.2f}",
        f"{one[0] / one[1]:.1f}",
        f"{BATCH / batch[0]:,.0f}",
        f"{BATCH / batch[1]:,.0f}",
        f"{batch[0] / batch[1]:.1f}",
        f"{parity.difference:.0e}",
        f"{len(data) / 1000:,.0f}",
        f"{made:.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--backbone")
    parser.add_argument("--tasks", nargs="*", default=TASKS)
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = []
    with threadpool_limits(1):
        for task in args.tasks:
            for row in catalog.learners_for(task):
                if "backbone" in row.takes and (args.backbone is None or catalog.task(task).reads != "image"):
                    continue
                line = measured(task, row, args.seconds, args.backbone)
                if line:
                    found.append(line)
                    print(*line, sep="  ", flush=True)
    heading("Exported models")
    header = [
        "model",
        "one row, model (ms)",
        "ONNX (ms)",
        "times",
        f"{BATCH} rows, model (rows/s)",
        "ONNX (rows/s)",
        "times",
    ]
    print_table([*header, "largest difference", "kB", "to trace (s)"], found)


if __name__ == "__main__":
    main()
