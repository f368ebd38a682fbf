"""Events in time: whose labels had arrived when rows of their own are tested on, and which fell in training's time."""

from __future__ import annotations

import numpy as np

from fathom.data.dataset import Dataset
from fathom.data.events.parts import SECOND
from fathom.data.split import Rows, places_in_time
from fathom.tasks.problem import Problem


def arrived(dataset: Dataset, tested: Dataset, problem: Problem) -> Rows:
    """The rows whose labels had arrived when the first test row was; all, where nothing is said of that."""
    rows = np.arange(len(dataset))
    if problem.events is None or not problem.events.delay or problem.time is None:
        return rows
    begins = places_in_time(tested, problem.time, np.arange(len(tested)))
    begins = begins[np.isfinite(begins)]
    if not len(begins):
        return rows
    limit = begins.min() - problem.events.delay * SECOND
    left: Rows = rows[places_in_time(dataset, problem.time, rows) < limit]
    return left


def spanned(dataset: Dataset, train: Dataset, problem: Problem) -> Dataset:
    """All rows of the time that training rows cover, with a label or without; of what is no event training rows."""
    if problem.events is None or problem.time is None:
        return train
    times = places_in_time(train, problem.time, np.arange(len(train)))
    times = times[np.isfinite(times)]
    if not len(times):
        return train
    all_times = places_in_time(dataset, problem.time, np.arange(len(dataset)))
    return dataset.take(np.flatnonzero((all_times >= times.min()) & (all_times <= times.max())))
