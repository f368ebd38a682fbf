"""A short history, as rows that could be asked about: to prove a model that forecasts, and as an example."""

from __future__ import annotations

from typing import Any

import numpy as np

from fathom.data.kinds import Column, Kind
from fathom.tasks.problem import Problem

STEPS = 8
FIRST = "2024-01-01"  # the first of a month, a quarter and a year, and a Monday


def past_rows(problem: Problem) -> list[dict[str, Any]]:
    """Rows of one series, of some steps, with usual values; times as text, or whole numbers where those count steps."""
    horizon = problem.horizon
    assert horizon is not None
    whole = next(column for column in problem.asked if column.name == horizon.time).kind == Kind.NUMBER
    origin = np.array([0 if horizon.step.endswith("i") else FIRST], dtype="datetime64[us]")
    stamps = horizon.stamps(origin, 0, STEPS - 1)[0]
    times: list[Any] = stamps.astype(np.int64).tolist() if whole else [str(each)[:19] for each in stamps]
    usual = {column.name: _usual(column) for column in problem.asked}
    return [usual | {horizon.time: time} for time in times]


def _usual(column: Column) -> Any:
    if column.kind == Kind.NUMBER:
        return 0.0 if column.middle is None else column.middle
    return column.categories[0] if column.kind == Kind.CATEGORY and column.categories else None
