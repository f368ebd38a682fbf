"""A fitted support vector machine as plain arrays, and its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

CELLS = 8_000_000  # of the kernel held at a time: 64 MB
STEEPNESS = 2.0  # of the soft vote that turns pairwise decisions into one score a class


@dataclass(frozen=True)
class Machine:
    """Support vectors and their weights, after libsvm (Chang & Lin 2011): one machine a pair of classes.

    `vectors`: [support vectors, features], grouped by class; `weights`: [classes - 1, support vectors], or
    [1, support vectors] for two classes and for numbers; `offsets`: one a pair; `sizes`: support vectors of each class.
    """

    vectors: Floats
    weights: Floats
    offsets: Floats
    sizes: npt.NDArray[np.int64]
    gamma: float

    @classmethod
    def of(cls, estimator: Any) -> Self:
        """The state of scikit-learn's fitted SVC or SVR."""
        sizes = np.asarray(estimator.n_support_ if hasattr(estimator, "classes_") else [], dtype=np.int64)
        vectors = np.asarray(estimator.support_vectors_, dtype=np.float64)
        return cls(vectors, np.asarray(estimator.dual_coef_), estimator.intercept_, sizes, float(estimator.gamma))

    def numbers(self, x: Floats) -> Floats:
        """Answers [rows] of a machine for numbers, or decisions for the second of two classes."""
        return np.concatenate(
            [self._kernel(part) @ self.weights[0] + self.offsets[0] for part in self._parts(x)] or [np.zeros(0)]
        )

    def scores(self, x: Floats) -> Floats:
        """A score for each class, float64 [rows, classes]: decisions for two, soft votes of all pairs for more."""
        classes = len(self.sizes)
        if classes == 2:
            decisions = self.numbers(x)
            return np.column_stack([-decisions / 2, decisions / 2])
        return np.concatenate([self._votes(self._kernel(part)) for part in self._parts(x)] or [np.zeros((0, classes))])

    def _votes(self, kernel: Floats) -> Floats:
        classes = len(self.sizes)
        ends = np.cumsum(self.sizes)
        shares = [  # what each class's vectors say about it against every other: [rows, classes - 1]
            kernel[:, end - size : end] @ self.weights[:, end - size : end].T
            for end, size in zip(ends.tolist(), self.sizes.tolist(), strict=True)
        ]
        votes = np.zeros((len(kernel), classes))
        pair = 0
        for one in range(classes):
            others = np.arange(one + 1, classes)
            against = np.stack([shares[other][:, one] for other in others], axis=1) if len(others) else 0.0
            decisions = shares[one][:, others - 1] + against + self.offsets[pair : pair + len(others)]
            votes[:, one] -= np.logaddexp(0, -STEEPNESS * decisions).sum(axis=1)
            votes[:, others] -= np.logaddexp(0, STEEPNESS * decisions)
            pair += len(others)
        return votes / (classes - 1)

    def _parts(self, x: Floats) -> list[Floats]:
        step = max(CELLS // max(len(self.vectors), 1), 1)
        return [x[start : start + step] for start in range(0, len(x), step)]

    def _kernel(self, x: Floats) -> Floats:
        lengths = np.einsum("ij,ij->i", self.vectors, self.vectors)
        distance = np.einsum("ij,ij->i", x, x)[:, None] + lengths - 2 * (x @ self.vectors.T)
        kernel: Floats = np.exp(-self.gamma * np.maximum(distance, 0))
        return kernel

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The machine's arrays."""
        return {
            "vectors": self.vectors,
            "weights": self.weights,
            "offsets": self.offsets,
            "sizes": self.sizes,
            "gamma": np.array([self.gamma]),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]], *, features: int, classes: int) -> Self:
        """The machine that `to_arrays` wrote; a ValueError where the arrays don't fit each other."""
        machine = cls(
            **{name: arrays[name] for name in ("vectors", "weights", "offsets", "sizes")},
            gamma=float(arrays["gamma"][0]),
        )
        count, rows, pairs = len(machine.vectors), max(classes - 1, 1), max(classes * (classes - 1) // 2, 1)
        fits = (
            machine.vectors.shape == (count, features)
            and machine.weights.shape == (rows, count)
            and machine.offsets.shape == (pairs,)
            and len(machine.sizes) == classes
            and (classes == 0 or (machine.sizes.min() >= 0 and machine.sizes.sum() == count))
        )
        if not fits:
            raise ValueError(phrase("the support vectors' arrays differ in number"))
        return machine
