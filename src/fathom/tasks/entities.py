"""Measures of spans: which were found as they stand, which characters were given their true label.

An entity is right when its start, its end and its label are (CoNLL 2003). All that scores need is counted once a row,
so that a bootstrap is a product of weights and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.tasks.predictions import Spans
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Span = tuple[int, int, str]
Figure = Callable[[Floats], Floats]

RIGHT, SAID, TRUE = 0, 1, 2


@dataclass(frozen=True)
class Counts:
    """What was right, said and true in each row: float32 [rows, 3, labels], labels in the order of `labels`.

    >>> truth = np.empty(1, dtype=object)
    >>> truth[0] = ((0, 5, "city"), (9, 12, "day"))
    >>> from fathom.tasks.predictions import Entity
    >>> found = entities(truth, Spans.of([[Entity(0, 5, "Seoul", "city", 1.0)]]))
    >>> found.labels, found.rows.sum(axis=0).tolist()
    (('city', 'day'), [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    """

    labels: tuple[str, ...]
    rows: npt.NDArray[np.float32]

    def total(self, weight: npt.NDArray[Any] | None) -> Floats:
        """The weighted sums [3, labels]."""
        sums: Floats = (
            self.rows.sum(axis=0, dtype=np.float64)
            if weight is None
            else np.einsum("i,ijk->jk", np.asarray(weight, dtype=np.float64), self.rows)
        )
        return sums


def entities(truth: Truth, said: Spans) -> Counts:
    """Whole entities; one is right when start, end and label are."""
    return _counted(truth, said, set, lambda span: span[2])


def characters(truth: Truth, said: Spans) -> Counts:
    """Characters by what they are of which label, its first or a later one, as KLUE counts them (Park et al. 2021)."""
    return _counted(truth, said, lambda spans: set(_characters(spans)), lambda place: place[1])


def _characters(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    for start, end, label in spans:
        yield start, f"B-{label}"
        yield from ((place, f"I-{label}") for place in range(start + 1, end))


def _counted(
    truth: Truth, said: Spans, parts: Callable[[Iterable[Span]], set[Any]], label_of: Callable[[Any], str]
) -> Counts:
    """Count the parts of each row's spans, true and said, and those that are both."""
    positions: dict[str, int] = {}
    found: list[tuple[int, int, int]] = []  # row, what, label
    for row, (true, entities) in enumerate(zip(truth, said.rows, strict=True)):
        if not true and not entities:
            continue
        right, called = parts(true or ()), parts([(each.start, each.end, each.label) for each in entities])
        for what, each in ((RIGHT, right & called), (SAID, called), (TRUE, right)):
            found += [(row, what, positions.setdefault(label_of(part), len(positions))) for part in each]
    order = sorted(positions)
    place = np.argsort(np.argsort([*positions])) if positions else np.zeros(0, dtype=np.intp)
    rows = np.zeros((len(truth), 3, len(order)), dtype=np.float32)
    if found:
        where = np.array(found)
        np.add.at(rows, (where[:, 0], where[:, 1], place[where[:, 2]]), 1.0)
    return Counts(tuple(order), rows)


def precision(totals: Floats) -> Floats:
    """Share of the said that is right, of totals [..., 3, labels]; 0 where nothing is said."""
    return _share(totals[..., RIGHT, :].sum(axis=-1), totals[..., SAID, :].sum(axis=-1), totals)


def recall(totals: Floats) -> Floats:
    """Share of the true that was found."""
    return _share(totals[..., RIGHT, :].sum(axis=-1), totals[..., TRUE, :].sum(axis=-1), totals)


def micro_f1(totals: Floats) -> Floats:
    """The harmonic mean of both, every entity counting the same."""
    both = totals[..., SAID, :].sum(axis=-1) + totals[..., TRUE, :].sum(axis=-1)
    return _share(2 * totals[..., RIGHT, :].sum(axis=-1), both, totals)


def macro_f1(totals: Floats) -> Floats:
    """F1 of each label that the truth has, averaged."""
    both = totals[..., SAID, :] + totals[..., TRUE, :]
    each = np.divide(2 * totals[..., RIGHT, :], both, out=np.zeros_like(both), where=both > 0)
    there = totals[..., TRUE, :] > 0
    count = there.sum(axis=-1)
    mean: Floats = np.divide((each * there).sum(axis=-1), count, out=np.full(count.shape, np.nan), where=count > 0)
    return mean


def _share(part: Floats, whole: Floats, totals: Floats) -> Floats:
    """The part of the whole, 0 where the whole is; NaN where there is no truth to compare with."""
    share = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return np.where(totals[..., TRUE, :].sum(axis=-1) > 0, share, np.nan)


@dataclass(frozen=True)
class EntityScore:
    """A measure's score: what is counted, and what is made of the totals."""

    count: Callable[[Truth, Spans], Counts]
    figure: Figure

    def __call__(self, truth: Truth, said: Spans, weight: npt.NDArray[Any] | None) -> float:
        """The score of these predictions, rows weighted."""
        return float(self.figure(self.count(truth, said).total(weight)))


F1 = Measure(
    "entity-f1", EntityScore(entities, micro_f1), True, True, phrase("F1 of entities found with both ends and label")
)
PRECISION = Measure(
    "entity-precision",
    EntityScore(entities, precision),
    True,
    True,
    phrase("share of the entities named that are right"),
)
RECALL = Measure(
    "entity-recall", EntityScore(entities, recall), True, True, phrase("share of the true entities that were found")
)
MACRO_F1 = Measure(
    "entity-macro-f1", EntityScore(entities, macro_f1), True, True, phrase("F1 of entities averaged over the labels")
)
CHARACTER_F1 = Measure(
    "character-macro-f1",
    EntityScore(characters, macro_f1),
    True,
    True,
    phrase("F1 of characters averaged over the labels' first and later ones"),
)
MEASURES = (F1, PRECISION, RECALL, MACRO_F1, CHARACTER_F1)
