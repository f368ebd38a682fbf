"""Measures of identities: who is named right, which strangers are let in, which pairs are told apart.

Truth is int64 [rows]: a known person's position, from the number of known persons on a stranger's own number. Pairs
are of pictures of strangers alone: a network has seen those whom it knows, and tells them apart the better for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.tasks.identities import Identities
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Weight = npt.NDArray[Any] | None

MOST_ROWS = 1_500  # whose pairs are looked at: a million
NAN = float("nan")


@dataclass(frozen=True)
class Curve:
    """How many are let in from each threshold on, the highest first.

    `thresholds`: float64 [n]; `true`, `false`: the shares of the genuine and of the impostors at it or above.
    """

    thresholds: Floats
    true: Floats
    false: Floats

    @property
    def equal_error(self) -> float:
        """The error rate where as many impostors are let in as genuine ones are refused."""
        far, frr = np.append(0.0, self.false), np.append(1.0, 1 - self.true)
        at = int(np.argmax(far >= frr))
        gap, before = far[at] - frr[at], frr[at - 1] - far[at - 1]
        share = before / (before + gap) if before + gap > 0 else 0.0
        return float(far[at - 1] + share * (far[at] - far[at - 1]))

    def true_at(self, far: float) -> float:
        """The share of the genuine that are let in where at most `far` of the impostors are."""
        allowed = self.true[self.false <= far + 1e-12]
        return float(allowed[-1]) if len(allowed) else 0.0


def curve(scores: Floats, genuine: npt.NDArray[np.bool_], weight: Weight = None) -> Curve | None:
    """The curve of scores [n], those of the genuine marked; None where one of both kinds has no weight.

    >>> found = curve(np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False]))
    >>> found.equal_error, found.true_at(0.0)
    (0.5, 0.5)
    """
    weights = np.ones(len(scores)) if weight is None else np.asarray(weight, dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    return _drawn(scores[order], genuine[order], weights[order])


def _drawn(scores: Floats, genuine: npt.NDArray[np.bool_], weights: Floats) -> Curve | None:
    """The curve of scores that fall."""
    true, false = np.cumsum(weights * genuine), np.cumsum(weights * ~genuine)
    if not len(scores) or true[-1] <= 0 or false[-1] <= 0:
        return None
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)  # equal scores are let in together
    return Curve(scores[last], true[last] / true[-1], false[last] / false[-1])


def threshold(impostors: Floats, far: float) -> float:
    """The least similarity from which on no more than `far` of these impostors are let in.

    >>> round(threshold(np.array([0.1, 0.4, 0.2, 0.3]), 0.25), 6)
    0.3
    """
    falling = -np.sort(-impostors)
    allowed = int(far * len(falling) + 1e-9)
    return float(np.nextafter(falling[allowed], 2.0)) if allowed < len(falling) else -1.0


@dataclass(frozen=True)
class Pairs:
    """Pairs of strangers' pictures by falling similarity: rows of the predictions, and whether both are one person."""

    scores: Floats
    one: npt.NDArray[np.intp]
    other: npt.NDArray[np.intp]
    genuine: npt.NDArray[np.bool_]

    def curve(self, weight: Weight = None) -> Curve | None:
        """The curve over the pairs; the weight of a pair is the product of its rows'."""
        weights = np.ones(len(self.scores))
        if weight is not None:
            rows = np.asarray(weight, dtype=np.float64)
            weights = rows[self.one] * rows[self.other]
        return _drawn(self.scores, self.genuine, weights)


def strangers(truth: Truth, said: Identities) -> npt.NDArray[np.bool_]:
    """Which rows are of persons that are not known."""
    found: npt.NDArray[np.bool_] = truth >= len(said.persons)
    return found


def pairs(truth: Truth, said: Identities, among: npt.NDArray[np.bool_] | None = None) -> Pairs:
    """All pairs among the rows of strangers (or those marked); among many rows, those of some of them."""
    rows = np.flatnonzero(strangers(truth, said) if among is None else among)
    rows = rows[:: -(-len(rows) // MOST_ROWS)] if len(rows) else rows
    first, second = np.triu_indices(len(rows), 1)
    alike = said.vectors[rows] @ said.vectors[rows].T
    scores = alike[first, second]
    order = np.argsort(-scores, kind="stable")
    one, other = rows[first[order]], rows[second[order]]
    return Pairs(scores[order], one, other, truth[one] == truth[other])


@dataclass(frozen=True)
class PairScore:
    """A measure over pairs: the pairs are found and sorted once, weights change only how much each counts."""

    figure: Callable[[Curve, Identities], float]

    def __call__(self, truth: Truth, said: Identities, weight: Weight) -> float:
        """The score of these predictions, rows weighted."""
        return self.of(pairs(truth, said), said, weight)

    def of(self, found: Pairs, said: Identities, weight: Weight) -> float:
        """The score over pairs that were found before."""
        drawn = found.curve(weight)
        return NAN if drawn is None else self.figure(drawn, said)


def identification(truth: Truth, said: Identities, weight: Weight) -> float:
    """Share of known persons' rows named right, at the threshold that lets `far` of these strangers in.

    The detection and identification rate of open-set identification (Phillips, Grother and Micheals 2011). The
    threshold follows from the strangers' similarities themselves, so that contenders are compared at equal error.
    """
    weights = np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=np.float64)
    foreign = strangers(truth, said)
    known = ~foreign & (truth >= 0)
    if weights[known].sum() <= 0 or weights[foreign].sum() <= 0:
        return NAN
    order = np.argsort(-said.highest[foreign], kind="stable")
    let_in = np.cumsum(weights[foreign][order]) / weights[foreign].sum()
    over = said.highest[foreign][order][let_in > said.far + 1e-12]
    right = known & (said.codes == truth) & (said.highest > (over[0] if len(over) else -np.inf))
    return float(weights[right].sum() / weights[known].sum())


def open_set(truth: Truth, said: Identities, weight: Weight) -> float:
    """The chance that a known person's row is named right with a higher similarity than a stranger's row gets.

    The area under the open-set classification rate (Dhamija, Günther and Boult 2018). It looks at every threshold, so
    it moves with every row, where the rate at one threshold hangs on the few strangers around it.
    """
    weights = np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=np.float64)
    known, foreign = _known(truth, said), strangers(truth, said)
    total, all_foreign = weights[known].sum(), weights[foreign].sum()
    if total <= 0 or all_foreign <= 0:
        return NAN
    order = np.argsort(said.highest[foreign], kind="stable")
    below = np.append(0.0, np.cumsum(weights[foreign][order]))
    beaten = below[np.searchsorted(said.highest[foreign][order], said.highest[known], side="left")] / all_foreign
    return float((weights[known] * (said.codes == truth)[known] * beaten).sum() / total)


def promise(truth: Truth, said: Identities) -> float:
    """What learners choose by on validation rows: `open_set`, without strangers rank-1."""
    found = open_set(truth, said, None)
    return found if np.isfinite(found) else rank_one(truth, said, None)


def _share(rows: Callable[[Truth, Identities], Truth], hits: Callable[[Truth, Identities], Truth]) -> Any:
    """The share of some rows that are hits."""

    def score(truth: Truth, said: Identities, weight: Weight) -> float:
        weights = np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=np.float64)
        among = rows(truth, said)
        total = weights[among].sum()
        return float(weights[among & hits(truth, said)].sum() / total) if total > 0 else NAN

    return score


def _known(truth: Truth, said: Identities) -> npt.NDArray[np.bool_]:
    known: npt.NDArray[np.bool_] = ~strangers(truth, said) & (truth >= 0)
    return known


rank_one = _share(_known, lambda truth, said: said.codes == truth)
named = _share(_known, lambda truth, said: (said.codes == truth) & said.accepted)
let_in = _share(strangers, lambda truth, said: said.accepted)

OPEN_SET = Measure(
    "open-set-area",
    open_set,
    True,
    True,
    phrase("chance that a known person is named right, and more surely than a stranger is taken for somebody"),
)
MEASURES = (
    OPEN_SET,
    Measure(
        "rank-1",
        rank_one,
        True,
        True,
        phrase("share of known persons' pictures that are most similar to their own person"),
    ),
    Measure(
        "identification-rate",
        identification,
        True,
        True,
        phrase("share of known persons' pictures named right, at the stated rate of strangers taken for somebody"),
    ),
    Measure(
        "equal-error-rate",
        PairScore(lambda drawn, said: drawn.equal_error),
        False,
        True,
        phrase("error of telling pairs of strangers apart, where both kinds of error are as frequent"),
    ),
    Measure(
        "true-accept-rate",
        PairScore(lambda drawn, said: drawn.true_at(said.far)),
        True,
        True,
        phrase("share of pairs of one stranger that are recognised, at the stated rate of false ones"),
    ),
    Measure(
        "named-right",
        named,
        True,
        True,
        phrase("share of known persons' pictures named right, at the threshold of the model"),
    ),
    Measure(
        "strangers-accepted",
        let_in,
        False,
        True,
        phrase("share of strangers' pictures taken for somebody, at the threshold of the model"),
    ),
)
