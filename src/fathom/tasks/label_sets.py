"""Label sets: what a learner puts out where a row may have none, one or several labels, and how it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[Any]  # int8 [rows, classes]: 1 where the row has the label
Weight = npt.NDArray[Any] | None

HALF = 0.5
SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class LabelSets:
    """The labels of each row, each with a probability by itself.

    `probabilities`: float64 [rows, classes], each in 0..1; `chosen`: bool [rows, classes], the labels that are said.

    >>> said = LabelSets.of(("late", "rude"), np.array([[0.9, 0.2], [0.1, 0.3]]))
    >>> said.frame()["prediction"].to_list()
    [['late'], []]
    """

    classes: tuple[str, ...]
    probabilities: Floats
    chosen: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, classes: tuple[str, ...], probabilities: Floats, threshold: float = HALF) -> LabelSets:
        """Every label said whose probability reaches the threshold."""
        return cls(classes, probabilities, probabilities >= threshold)

    def __len__(self) -> int:
        return len(self.probabilities)

    def at(self, threshold: float) -> LabelSets:
        """The same probabilities with the labels that reach another threshold."""
        return replace(self, chosen=self.probabilities >= threshold)

    @property
    def values(self) -> npt.NDArray[np.object_]:
        """Each row's labels, a tuple, in the order of the classes."""
        found = np.empty(len(self), dtype=object)
        for row, chosen in enumerate(self.chosen):
            found[row] = tuple(self.classes[place] for place in np.flatnonzero(chosen))
        return found

    def take(self, rows: npt.NDArray[np.intp]) -> LabelSets:
        """These rows only."""
        return replace(self, probabilities=self.probabilities[rows], chosen=self.chosen[rows])

    def frame(self) -> pl.DataFrame:
        """`prediction`, a list of labels, and one `probability:<class>` per class."""
        prediction = pl.Series("prediction", [list(each) for each in self.values], dtype=pl.List(pl.String))
        each = [pl.Series(f"probability:{name}", self.probabilities[:, i]) for i, name in enumerate(self.classes)]
        return pl.DataFrame([prediction, *each])


def read_sets(frame: pl.DataFrame, classes: tuple[str, ...]) -> LabelSets:
    """The sets that `LabelSets.frame` wrote."""
    said = frame["prediction"].to_list()
    chosen = np.array([[name in row for name in classes] for row in said], dtype=bool).reshape(len(said), len(classes))
    return LabelSets(classes, frame.select(f"probability:{name}" for name in classes).to_numpy(), chosen)


def encoded(target: pl.Series, classes: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The labels of each row of a column of lists, int8 [rows, classes]; a row without a list is -1 throughout.

    >>> encoded(pl.Series([["rude"], [], None]), ("late", "rude")).tolist()
    [[0, 1], [0, 0], [-1, -1]]
    """
    places = {name: place for place, name in enumerate(classes)}
    found = np.zeros((len(target), len(classes)), dtype=np.int8)
    for row, names in enumerate(target.to_list()):
        if names is None:
            found[row] = -1
            continue
        for name in names:
            if (place := places.get(name)) is not None:
                found[row, place] = 1
    return found


Counts = tuple[Floats, Floats, Floats]  # right, said, true


def counts(truth: Truth, sets: LabelSets) -> Counts:
    """How many labels of each row are said and true, said, and true, float64 [rows] each."""
    held = truth > 0
    return tuple(each.sum(axis=1).astype(np.float64) for each in (sets.chosen & held, sets.chosen, held))


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("nan")


def _micro(finish: Callable[[float, float, float], float]) -> Callable[[Truth, Any, Weight], float]:
    """A ratio of sums over all rows and labels."""

    def score(truth: Truth, sets: LabelSets, weight: Weight) -> float:
        weights = np.ones(len(truth)) if weight is None else weight
        return finish(*(float(weights @ each) for each in counts(truth, sets)))

    return score


micro_f1 = _micro(lambda right, said, true: _ratio(2 * right, said + true))
precision = _micro(lambda right, said, true: _ratio(right, said))
recall = _micro(lambda right, said, true: _ratio(right, true))


def macro_f1(truth: Truth, sets: LabelSets, weight: Weight) -> float:
    """F1 averaged over the labels that some row has."""
    weights = np.ones(len(truth)) if weight is None else weight
    held = truth > 0
    right, said, true = (weights @ each for each in (sets.chosen & held, sets.chosen, held))
    there = true > 0
    return float(np.mean(2 * right[there] / (said + true)[there])) if there.any() else float("nan")


def exact_match(truth: Truth, sets: LabelSets, weight: Weight) -> float:
    """Share of rows whose labels are all right and complete."""
    return float(np.average(((truth > 0) == sets.chosen).all(axis=1), weights=weight))


def log_loss(truth: Truth, sets: LabelSets, weight: Weight) -> float:
    """Mean surprise at each label's presence or absence, in nats."""
    given = np.where(truth > 0, sets.probabilities, 1 - sets.probabilities)
    rows = -np.log(np.clip(given, SMALLEST_PROBABILITY, 1.0)).mean(axis=1)
    return float(np.average(rows, weights=weight))
