"""Experience: how the catalog's learners stood to one another on other tables, from few rows to many.

What a study measures on few test rows is mostly noise, and what was seen on other data sets is not: their average is
the better guess of where a learner stands, the more so the noisier the measurement (Stein's effect; Efron and Morris,
"Data analysis using Stein's estimator and its generalizations", 1975). `benchmarks/experience.py` fits it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fathom.tasks.predictions import Floats

FILE = Path(__file__).with_suffix(".json")
BEYOND = 8.0  # times the most rows on record, up to which the trend is believed; from there on it stays


@dataclass(frozen=True)
class Experience:
    """How learners stood on other data sets: the logarithm of their loss, beside that of the others.

    `learners`: their names; `level`: float64[L], where they stood at `middle` rows, lower is better; `slope`:
    float64[L], what a doubling of the rows adds; `covariance`: float64[L, L], how sets differ from that; `least`,
    `most`: training rows on record; `sets`: how many data sets; `tasks`: which it is about; `date`: of the fit.
    """

    learners: tuple[str, ...]
    level: Floats
    slope: Floats
    covariance: Floats
    middle: float
    least: float
    most: float
    sets: int
    tasks: tuple[str, ...]
    date: str

    def standing(self, learners: Sequence[str], rows: Floats) -> tuple[Floats, Floats]:
        """Where these learners are expected to stand at each of these sizes, float64[L, Q], and the covariance [L, L].

        >>> table = experience("tabular-classification")
        >>> linear, boosting = table.standing(["logistic-regression", "gradient-boosting"], np.array([1e4]))[0][:, 0]
        >>> bool(boosting < linear)
        True
        """
        place = [self.learners.index(each) for each in learners]
        doublings = np.log2(np.clip(rows, self.least, BEYOND * self.most) / self.middle)
        expected = self.level[place, None] + self.slope[place, None] * doublings
        return expected, self.covariance[np.ix_(place, place)]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Experience:
        """The experience that the benchmark wrote."""
        arrays = {name: np.array(data[name], dtype=float) for name in ("level", "slope", "covariance")}
        named = {name: tuple(data[name]) for name in ("learners", "tasks")}
        return cls(**{**data, **arrays, **named})


@cache
def experience(task: str) -> Experience | None:
    """What is known of this task's learners; None where no data sets of its kind were measured.

    >>> experience("text-classification") is None
    True
    """
    found = Experience.from_json(json.loads(FILE.read_text("utf-8")))
    return found if task in found.tasks else None
