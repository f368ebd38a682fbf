"""The odds that deep learning is in front, from a problem's signs and what was measured on real data sets.

A logistic regression on few signs, its coefficients drawn towards zero; `benchmarks/advice.py` fits and checks it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")
LEAST, MOST = 0.05, 0.95  # so few sets are no ground for more certainty


@dataclass(frozen=True)
class Odds:
    """The probability that deep scores better (`deep`), and what it rests on.

    `sets`: data sets that the odds were fitted on; `checked`: others on which they were tried, and `right` the share of
    these, ties left out, whose family they named (None: all tied). `pictures`: whether pictures go in. `like`: of all
    sets that were measured, those that read the same (pictures or tables); on `deep_better` of them deep was better by
    what matters, on `ties` neither was. `date`: of the fit.
    """

    deep: float
    sets: int
    checked: int
    right: float | None
    pictures: bool
    like: int
    deep_better: int
    ties: int
    date: str

    @property
    def classical_better(self) -> int:
        """Sets of its like on which classical was better by what matters."""
        return self.like - self.deep_better - self.ties


def odds(signs: Mapping[str, float]) -> Odds:
    """The odds for a problem with these signs; a sign that is lacking counts as the usual one.

    >>> 0.05 <= odds({"rows": 3.0, "image": 0.0, "number": 1.0}).deep <= 0.95
    True
    """
    fitted = coefficients()
    pictures = bool(signs.get("image"))
    like = fitted["reads"]["image" if pictures else "table"]
    checked = fitted["checked"]
    return Odds(
        told(fitted, signs),
        fitted["sets"],
        checked["sets"],
        checked["accuracy"],
        pictures,
        like["sets"],
        like["deep"],
        like["tie"],
        fitted["date"],
    )


def told(fitted: Mapping[str, Any], signs: Mapping[str, float]) -> float:
    """The logistic model's probability, held to 0.05 to 0.95; each sign is centred and scaled as it was for the fit.

    A sign that is farther out than any on record counts as the farthest on record: there is no evidence beyond.
    """
    total = fitted["intercept"]
    for name, one in fitted["signs"].items():
        value = min(max(signs.get(name, one["centre"]), one["low"]), one["high"])
        total += one["weight"] * (value - one["centre"]) / one["scale"]
    return min(max(1 / (1 + math.exp(-total)), LEAST), MOST)


@cache
def coefficients() -> dict[str, Any]:
    """The fitted coefficients and what they rest on, as `benchmarks/advice.py` wrote them."""
    fitted: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return fitted
