"""How long a trained network takes for a look and for a step: what there is time for is told before it is begun."""

from __future__ import annotations

import time
from collections.abc import Iterator

import torch
from torch import Tensor

from fathom.deep import device
from fathom.deep.lesson import Lesson
from fathom.deep.training import Model
from fathom.errors import TrainingError
from fathom.messages import phrase

TRAIN_SHARE, VALID_SHARE = 0.5, 0.35  # of the time left, for computing states
LENIENT = 1.4  # times its share of the time, before next to no rows are given up
PACED, PACING = 2, 0.05  # rows that a step is timed on first, and share of the time left that timing it may take
LEARNING = 6.0  # times what a look takes, for a step where there is no time to time one
FIRST_PART = 8  # times smaller than the others: a look may take longer than there is
FEWEST_LOOKED = 16  # rows, where there is time for some only


def parts_of(order: Tensor, at_once: int) -> Iterator[Tensor]:
    """Rows in parts, small ones first, so that the clock can be read before much is done.

    >>> [len(part) for part in parts_of(torch.arange(50), 16)]
    [2, 4, 8, 16, 16, 4]
    """
    done, size = 0, max(1, at_once // FIRST_PART)
    while done < len(order):
        yield order[done : done + size]
        done, size = done + size, min(at_once, 2 * size)


def looked(lesson: Lesson, done: int, wanted: int) -> None:
    """Take note of how many rows the head learns from; a TrainingError where there was time for next to none."""
    if done >= wanted:
        return
    lesson.run.hurried = True
    if done >= FEWEST_LOOKED:
        return
    needed = lesson.look * (wanted + len(lesson.valid)) / TRAIN_SHARE
    raise TrainingError(
        phrase(
            "There was time for the trained network to look at {done} of {rows:,} training rows; a row takes it "
            "{look:.2g} s.",
            done=done,
            rows=wanted,
            look=lesson.look,
        ),
        remedy=phrase(
            "Give this learner about {needed:,.0f} s more, or name a smaller network with --from.", needed=needed
        ),
    )


def pace(lesson: Lesson) -> float:
    """Seconds of a step in which all weights learn, timed once and without leaving a trace.

    On few rows first and then on ever more, as long as that takes little: a whole step may take longer than there is.
    """
    if not lesson.step:
        lesson.step = _paced(lesson)
    return lesson.step


def _paced(lesson: Lesson) -> float:
    most, started = min(lesson.batch, len(lesson.train)), time.monotonic()
    allowed, rows = PACING * lesson.run.remaining(), min(PACED, most)
    if LEARNING * lesson.look * rows > allowed:
        return LEARNING * lesson.look * lesson.batch
    while True:
        seconds = _timed(lesson, rows)
        if rows == most or time.monotonic() - started + 2 * seconds > allowed:
            return seconds * lesson.batch / rows
        rows = min(most, 2 * rows)


def _timed(lesson: Lesson, rows: int) -> float:
    """Seconds of a step on so many rows."""
    where, part = device.best(lesson.run.device), slice(0, rows)
    inputs = [each[part].to(where) for each in lesson.train.inputs]
    truth = lesson.train.truth[part].to(where)
    model = Model(lesson.network, lesson.head)
    model.train()
    lesson.network.requires_grad_(True)
    with device.quiet_randomness(0, where):
        started = time.perf_counter()
        model.head.loss(model(*inputs), truth).backward()
        if where.startswith("cuda"):
            torch.cuda.synchronize(where)
        seconds = time.perf_counter() - started
    for weight in model.parameters():
        weight.grad = None
    return seconds
