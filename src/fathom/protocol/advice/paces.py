"""Paces: what training costs, from measured power laws over rows, columns and labels."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.tasks.problem import Problem

FILE = Path(__file__).with_suffix(".json")
SLOW = ("gradient-boosting", "feedforward", "convolutional")  # the others take little beside these


def shape(dataset: Dataset, problem: Problem) -> tuple[float, float, float]:
    """Rows, columns (of pictures: their pixels) and labels (1 where a number is predicted) that a learner meets."""
    pictures = problem.inputs_of(Kind.IMAGE)
    columns = float(len(problem.inputs) - len(pictures))
    columns += sum(float(np.prod(media.image_shape(dataset[name], dataset.folder)[:2])) for name in pictures)
    return float(len(dataset)), max(columns, 1.0), float(max(len(problem.classes), 1))


def seconds(learner: str, task: str, size: tuple[float, float, float]) -> float | None:
    """Processor seconds on one core for a whole training, as `benchmarks/advice_paces.py` measured; None: unmeasured.

    >>> seconds("feedforward", "tabular-regression", (9_000, 8, 1)) > 1
    True
    """
    fitted = measured()["learners"].get(f"{learner} {task.split('-')[0]}")
    if fitted is None:
        return None
    constant, *powers = fitted["weights"]
    return math.exp(constant + sum(power * math.log(value) for power, value in zip(powers, size, strict=True)))


@cache
def measured() -> dict[str, Any]:
    """The power laws, with date and machine."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found
