"""How long an answer takes: one row at a time, as a service is asked, and in batches, as a file is predicted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import cycle

import numpy as np

from fathom.data.dataset import Dataset
from fathom.learner import Learner
from fathom.tasks.predictions import Predictions

SHARE = 0.02  # of a trial's time
MOST_SECONDS = 0.3
FOR_ROWS = 2 / 3  # of the time, the rest is for batches
MOST_CALLS = 1_000  # p99 is then the tenth slowest
DISTINCT_ROWS = 32  # asked in turns, so that no cache answers
BATCH_ROWS = 1_000
QUICK_SECONDS = 0.5  # a batch that takes longer is not asked again

Latency = dict[str, dict[str, float]]


def budget(limit: float, left: float) -> float:
    """Seconds that measuring may take of a trial that may take `limit` and has `left`.

    >>> budget(limit=10.0, left=3.0), budget(limit=600.0, left=20.0), budget(limit=10.0, left=-1.0)
    (0.2, 0.3, 0.0)
    """
    return max(min(SHARE * limit, MOST_SECONDS, left), 0.0)


def measure(learner: Learner, data: Dataset, seconds: float) -> tuple[Predictions, float, Latency]:
    """Predictions for `data`, milliseconds a row where many are asked at once, and how that spreads.

    The latency holds, for "row" and "batch", `p50` and `p99` in milliseconds per row and the number of `calls` that
    they come from, warm, and for "batch" its `rows`. Measuring takes `seconds` and at most one call more of each,
    beside the first prediction of everything. Without time, that first one is all that is known.
    """
    begin = time.perf_counter()
    predictions = learner.predict(data)
    whole = time.perf_counter() - begin
    per_row = 1_000 * whole / max(len(data), 1)
    if not len(data) or seconds <= 0:
        return predictions, per_row, {}
    latency = {"row": rows(learner, data, FOR_ROWS * seconds)}
    size = min(len(data), BATCH_ROWS)
    if whole * size / len(data) < QUICK_SECONDS:
        latency["batch"] = batches(learner, data, (1 - FOR_ROWS) * seconds)
    else:  # too slow to ask again
        latency["batch"] = {"p50": per_row, "p99": per_row, "calls": 1, "rows": len(data)}
    return predictions, min(per_row, latency["batch"]["p50"]), latency


def brief(learner: Learner, data: Dataset, seconds: float) -> Latency:
    """The same without predicting everything, for a device that may be too slow for that: its batch is smaller then."""
    alone = rows(learner, data, FOR_ROWS * seconds)
    size = int(max(min(len(data), BATCH_ROWS, 1_000 * seconds / alone["p50"]), 1))
    return {"row": alone, "batch": batches(learner, data.take(np.arange(size)), (1 - FOR_ROWS) * seconds)}


def rows(learner: Learner, data: Dataset, seconds: float) -> dict[str, float]:
    """Milliseconds that one row alone takes."""
    places = np.linspace(0, len(data) - 1, min(len(data), DISTINCT_ROWS)).astype(np.intp)
    alone = cycle([data.take([int(place)]) for place in places])
    return _spread(_timed(lambda: learner.predict(next(alone)), seconds))


def batches(learner: Learner, data: Dataset, seconds: float) -> dict[str, float]:
    """Milliseconds that one row takes among a thousand, or as many as there are."""
    size = min(len(data), BATCH_ROWS)
    batch = data if size == len(data) else data.take(np.arange(size))
    taken = [each / size for each in _timed(lambda: learner.predict(batch), seconds)]
    return {**_spread(taken), "rows": size}


def _timed(ask: Callable[[], object], seconds: float) -> list[float]:
    """Seconds that each call took: warm ones until the time is up; the first alone where it used all of it."""
    end = time.perf_counter() + seconds
    first = _seconds(ask)
    return list(_until(end, ask)) or [first]


def _until(end: float, ask: Callable[[], object]) -> Iterator[float]:
    for _ in range(MOST_CALLS):
        if time.perf_counter() >= end:
            return
        yield _seconds(ask)


def _seconds(ask: Callable[[], object]) -> float:
    begin = time.perf_counter()
    ask()
    return time.perf_counter() - begin


def _spread(taken: list[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds; of fewer than a hundred calls the latter is the slowest."""
    middle, high = np.quantile(taken, [0.5, 0.99], method="higher")
    return {"p50": 1_000 * float(middle), "p99": 1_000 * float(high), "calls": len(taken)}
