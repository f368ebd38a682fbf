"""Learning curves: what contenders scored on growing shares of the rows, and what they would score on more."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

import numpy as np

from fathom.errors import FathomError
from fathom.messages import phrase

MOST_TIMES = 64  # a forecast reaches to this multiple of the rows there are; further is guesswork
EDGE = 1e-3  # of a size: a curve that is read off at its very end is read off within it
EVEN = 0.03  # of a probability from one half: a coin's toss
LEVEL = 0.90  # of every interval of a forecast

Shape = Literal["rising", "at its ceiling", "falling", "peaking", "unclear"]


def beyond(rows: float, least: float, most: float) -> FathomError:
    """The error of whoever asks for a size that nothing was told of."""
    return FathomError(
        phrase("{rows:,.0f} training rows are beyond what the curves can tell.", rows=rows),
        remedy=phrase("Ask for {least:,.0f} to {most:,.0f}.", least=least, most=most),
    )


@dataclass(frozen=True)
class Point:
    """One contender trained on some of the training rows, with one draw of them, and tested on all test rows.

    `rows`: training rows; `seed`: which draw; `score`: the deciding measure; `hurried`: it used up its time.
    """

    learner: str
    family: str
    rows: int
    seed: int
    score: float
    fit_seconds: float
    predict_ms_per_row: float
    peak_mb: float | None = None
    hurried: bool = False


@dataclass(frozen=True)
class Curve:
    """One contender's curve, fitted and drawn on to 64 times the rows.

    `rows`, `middle`, `low`, `high`: lists of equal length, the training sizes told (growing, the first the smallest
    measured) and the median and 90 % interval of the score there. `shape` says how it behaves; "peaking" and "falling"
    ones are measured facts that a growing curve cannot tell. `ceiling`: the score it tends to; `enough_rows`: where it
    has made 95 % of the way from its first point to the ceiling (None: not within 64 times the rows). `doubling`: what
    twice the rows would bring: median, low, high, positive where better. `growth`: the exponent of training seconds
    in rows (None: too few points). `families`: the weight of each parametric family.
    """

    learner: str
    family: str
    rows: list[float]
    middle: list[float]
    low: list[float]
    high: list[float]
    shape: Shape
    ceiling: float | None
    enough_rows: float | None
    doubling: tuple[float, float, float]
    growth: float | None = None
    families: dict[str, float] = field(default_factory=dict)

    def at(self, rows: float) -> tuple[float, float, float]:
        """Median, low and high of the score at a size, between the sizes told by the logarithm of rows.

        A FathomError for a size below the smallest told or beyond the largest: there the curve says nothing.

        >>> told = ([10, 1000], [0.5, 0.7], [0.4, 0.6], [0.6, 0.8])
        >>> curve = Curve("ridge", "classical", *told, "rising", 0.8, None, (0, 0, 0))
        >>> [round(value, 3) for value in curve.at(100)]
        [0.6, 0.5, 0.7]
        """
        if not self.reaches(rows):
            raise beyond(rows, self.rows[0], self.rows[-1])
        where = np.log(rows)
        told = np.log(self.rows)
        middle, low, high = (float(np.interp(where, told, each)) for each in (self.middle, self.low, self.high))
        return middle, low, high

    def reaches(self, rows: float) -> bool:
        """Whether it tells of a size: from the smallest measured to 64 times the rows there are."""
        return self.rows[0] * (1 - EDGE) <= rows <= self.rows[-1] * (1 + EDGE)

    def to_json(self) -> dict[str, Any]:
        """The curve as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The curve that `to_json` described."""
        return cls(**{**data, "doubling": tuple(data["doubling"])})


@dataclass(frozen=True)
class Outlook:
    """How the answer changes with more rows.

    `rows`: training sizes from the study's own to 64 times that, growing; `deep_ahead`: the probability there that the
    best deep contender scores better than the best classical one; `deep_wins`: that it is better by the margin or more.
    `crossing`: rows from which on the other family leads: median, low, high of the 90 % interval (None where it is not
    expected to within 64 times); `crosses`: the probability that it leads at 64 times the rows. `best`: the contender
    that is expected to score best at each size; `near`: for each contender the probability that no other is better by
    more than the margin, at each size. `experience`: how many other data sets all this is weighed with (0: none), and
    `weight`: how much they say at each size, from 0 (nothing) to 1 (everything).
    """

    rows: list[float]
    deep_ahead: list[float]
    deep_wins: list[float]
    crosses: float
    crossing: tuple[float | None, float | None, float | None] | None = None
    best: list[str] = field(default_factory=list)
    near: dict[str, list[float]] = field(default_factory=dict)
    experience: int = 0
    weight: list[float] = field(default_factory=list)

    def probability(self, rows: float) -> float:
        """The probability that deep is ahead at this training size.

        >>> Outlook([100, 400], [0.2, 0.6], [0.1, 0.5], 0.5).probability(200)
        0.4
        """
        return round(float(np.interp(np.log(rows), np.log(self.rows), self.deep_ahead)), 12)

    def undecided(self, ahead: str | None) -> bool:
        """Whether nobody can be said to be in front with the rows there are: it is a coin's toss, or luck was measured.

        `ahead`: a verdict's, the family that surely scored better on the test rows; where the curves say another,
        neither is the whole truth.

        >>> deep = Outlook([100, 400], [0.7, 0.6], [0.1, 0.5], 0.5)
        >>> deep.undecided(None), deep.undecided("classical"), deep.undecided("deep")
        (False, True, False)
        """
        deep = self.deep_ahead[0]
        return abs(deep - 0.5) < EVEN or ahead == ("classical" if deep > 0.5 else "deep")

    def nearest(self, rows: float) -> int:
        """The place of the size told that is nearest to this one, by the logarithm of rows.

        >>> Outlook([100, 400], [0.2, 0.6], [0.1, 0.5], 0.5).nearest(300)
        1
        """
        return int(np.abs(np.log(np.array(self.rows) / rows)).argmin())

    def to_json(self) -> dict[str, Any]:
        """The outlook as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The outlook that `to_json` described."""
        crossing = data["crossing"]
        return cls(**{**data, "crossing": None if crossing is None else tuple(crossing)})
