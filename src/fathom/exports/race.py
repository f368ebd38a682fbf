"""Which answers sooner, a model itself or its graph in ONNX Runtime: both are timed before a server opens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from fathom.data.dataset import Dataset
from fathom.exports import made, session
from fathom.exports.onnx import graph_of
from fathom.exports.parity import Parity, compared
from fathom.messages import phrase
from fathom.model import Model, calibrated

ROWS = 35  # compared; of them the batch that is timed
BATCH = 32
TRIES = 15
SECONDS = 2.0  # that timing takes at most, beyond two turns
SLOWER = 1.1  # times as long as the model takes that the graph may take for a batch


@dataclass(frozen=True)
class Race:
    """The least seconds that a model and its graph took for a row and for a batch; `session` where the graph won."""

    session: session.Session | None
    one: tuple[float, float]  # of the model, of the graph
    batch: tuple[float, float]
    parity: Parity

    def to_json(self) -> dict[str, Any]:
        """The race as plain JSON data."""
        return {
            "name": "onnxruntime" if self.session else "torch",
            "version": session.version() if self.session else str(torch.__version__),
            "milliseconds": {
                "torch": {"one": 1e3 * self.one[0], "batch": 1e3 * self.batch[0]},
                "onnxruntime": {"one": 1e3 * self.one[1], "batch": 1e3 * self.batch[1]},
            },
            "batch": BATCH,
            "difference": self.parity.difference,
        }

    def __str__(self) -> str:
        if not self.parity.holds:
            return phrase("PyTorch: ONNX Runtime answers differently, by {gap:.2g}", gap=self.parity.difference)
        names, which = ("PyTorch", "ONNX Runtime"), 1 if self.session else 0
        return phrase(
            "{winner}: {one:.2g} ms for a row and {batch:.2g} for {count}; {loser}: {one2:.2g} and {batch2:.2g}",
            winner=names[which],
            one=1e3 * self.one[which],
            batch=1e3 * self.batch[which],
            count=BATCH,
            loser=names[1 - which],
            one2=1e3 * self.one[1 - which],
            batch2=1e3 * self.batch[1 - which],
        )


def race(model: Model) -> Race:
    """Trace the model, compare and time both on rows made up for it; an ExportError where it has no graph.

    The graph wins where it says the same, answers a row sooner and a batch about as soon. It is made anew each time a
    server starts, which takes less than a second: there is no file that could be old, broken or somebody else's.
    """
    graph = graph_of(model)
    running = session.Session(graph, session.traced(graph), torch.get_num_threads())
    rows = made.rows(model.problem.inputs, ROWS)
    parity = compared(model, running, rows)
    if not parity.holds:
        return Race(None, (0.0, 0.0), (0.0, 0.0), parity)

    def itself(part: Dataset) -> None:
        calibrated(model.learner.predict(part), model.calibration)

    one = timed(itself, running.predict, rows.take(range(1)))
    batch = timed(itself, running.predict, rows.take(range(BATCH)))
    won = one[1] < one[0] and batch[1] <= SLOWER * batch[0]
    return Race(running if won else None, one, batch, parity)


def timed(some: Callable[[Dataset], object], other: Callable[[Dataset], object], rows: Dataset) -> tuple[float, float]:
    """The least seconds that two ways to answer the same rows took, in turns: whatever else runs only adds to them."""
    times: tuple[list[float], list[float]] = ([], [])
    until = time.perf_counter() + SECONDS / 2
    for turn in range(TRIES):
        for way, took in zip((some, other), times, strict=True):
            start = time.perf_counter()
            way(rows)
            took.append(time.perf_counter() - start)
        if turn > 1 and time.perf_counter() > until:
            break
    return min(times[0]), min(times[1])
