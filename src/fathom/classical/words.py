"""Linear learners on the n-grams of texts: how strongly weights are held, and in which units they are counted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fathom.classical.descent import Descent, Loss
from fathom.classical.lesson import Lesson
from fathom.classical.outcome import loss
from fathom.classical.products import Products, probabilities
from fathom.learner import Run
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

WEAKEST = 0.3  # strengths below are never best for texts, whose rows are short
USUAL = 3.0  # where there is nothing to choose by
SMOOTHING = 1.0  # what is added to a class's summed n-grams
SHARE_OF_PLAIN = 0.6  # of the time; the rest is for weights in other units

Judge = Callable[[Floats], float]  # weights -> loss on the validation rows


@dataclass(frozen=True)
class Followed:
    """The best weights on a path of strengths, the strength that gave them and their validation loss."""

    weights: Floats
    strength: float
    loss: float


def best_of_text(
    lesson: Lesson,
    run: Run,
    path: Sequence[float],
    iterations: int,
    *,
    goal: Loss | None = None,
    judge: Judge | None = None,
) -> Floats:
    """Weights [features + 1, classes or 1] of the lowest loss on the validation rows.

    Tried are plain weights, and weights in units of the naive Bayes log-ratio of their n-gram (Wang and Manning 2012):
    a penalty then hardly holds n-grams that tell much. `goal`: what is descended, log-loss if nothing else is said.
    """
    classes = max(lesson.outcome.labels_known, 1)
    task = Descent(lesson.x, lesson.y, classes, run, goal)
    start = task.start(lesson.outcome.shares)
    if lesson.outcome.settled:
        return start
    if not len(lesson.valid_y):
        return task.weights(task.solve(start, min(path, key=lambda strength: abs(strength - USUAL)), iterations))
    judge = judge or partial(_log_loss_and_wrong, lesson)
    whole = task.deadline
    task.deadline = min(whole, time.monotonic() + SHARE_OF_PLAIN * run.remaining())
    plain = _followed(task, start, path, judge, run, iterations)
    task.deadline = whole
    if task.out_of_time:
        return plain.weights
    task.scale = ratios(task.x, task.y, classes)
    task.scale[getattr(lesson.features, "words", 0) :] = 1.0  # what is no n-gram has no ratio
    rest = [strength for strength in path if strength >= plain.strength]
    return min(plain, _followed(task, start, rest, judge, run, iterations), key=lambda each: each.loss).weights


def _followed(task: Descent, start: Floats, path: Sequence[float], judge: Judge, run: Run, iterations: int) -> Followed:
    """Follow a path of strengths, each solution starting from the one before, as long as validation improves."""
    weights, best = start, None
    for position, strength in enumerate(path):
        weights = task.solve(weights, strength, iterations)
        found = Followed(task.weights(weights), strength, judge(task.weights(weights)))
        note = phrase("C={strength:g}, validation loss {loss:.4f}", strength=strength, loss=found.loss)
        run.progress((position + 1) / (len(path) + 1), note)
        if best is not None and found.loss >= best.loss:
            break
        best = found
        if task.out_of_time:
            break
    assert best is not None
    return best


def finer(strengths: Sequence[float]) -> list[float]:
    """The strengths that texts need, with one more between any two.

    >>> [round(strength, 1) for strength in finer((0.1, 1.0, 10.0))]
    [1.0, 3.2, 10.0]
    """
    path = sorted(strength for strength in strengths if strength >= WEAKEST) or list(strengths)
    between = [math.sqrt(one * other) for one, other in pairwise(path)]
    return sorted([*path, *between])


def _log_loss_and_wrong(lesson: Lesson, weights: Floats) -> float:
    return loss(lesson.outcome, probabilities(lesson.valid_x, weights), lesson.valid_y)


def ratios(x: Products, y: npt.NDArray[np.int64], classes: int) -> npt.NDArray[np.float32]:
    """How much likelier each n-gram is in a class than in the others, as a logarithm; float32 [features, width].

    >>> ratios(Products(np.array([[1.0, 1.0], [0.0, 1.0]])), np.array([1, 0]), 2).round(2).tolist()
    [[0.4099999964237213], [-0.28999999165534973]]
    """
    labels = [1] if classes <= 2 else list(range(classes))
    within = np.column_stack([y == label for label in labels]).astype(np.float64)
    inside, outside = (SMOOTHING + np.maximum(x.back(each), 0) for each in (within, 1 - within))
    found: npt.NDArray[np.float32] = np.log(inside / inside.sum(axis=0)) - np.log(outside / outside.sum(axis=0))
    return found
