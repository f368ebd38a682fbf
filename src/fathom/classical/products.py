"""Products of a matrix with weights, ahead and back, whether it is dense or sparse."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fathom.classical.outcome import softmax

Matrix = Any  # npt.NDArray[Any] or sparse.csr_matrix, which has no types
Floats = npt.NDArray[np.float64]


class Products:
    """A matrix [rows, features] in float32, dense or sparse by rows, to be multiplied again and again."""

    def __init__(self, x: Matrix) -> None:
        self.x = x.astype(np.float32, copy=False)
        self.rows: int = x.shape[0]
        self.sparse: bool = sparse.issparse(x)

    def take(self, rows: npt.NDArray[np.intp] | slice) -> Products:
        """Some rows."""
        return Products(self.x[rows])

    def ahead(self, weights: npt.NDArray[Any]) -> Floats:
        """X times weights [features, width]: float64 [rows, width]."""
        return _times(self.x, weights.astype(np.float32)).astype(np.float64)

    def back(self, slope: Floats) -> npt.NDArray[np.float32]:
        """X transposed, times slope [rows, width]: float32 [features, width]."""
        return _times(self.x.T, slope.astype(np.float32))

    def squares_back(self, weight: Floats) -> npt.NDArray[np.float32]:
        """The squares of x transposed, times weight [rows, width]: float32 [features, width]."""
        if not self.sparse:
            return _times((self.x**2).T, weight.astype(np.float32))
        squares = sparse.csr_matrix((self.x.data**2, self.x.indices, self.x.indptr), shape=self.x.shape, copy=False)
        return _times(squares.T, weight.astype(np.float32))


def answers(x: Matrix, weights: Floats) -> Floats:
    """Weighted sums, float64 [rows, width], alike for a row alone and among others; the last weights are intercepts."""
    if sparse.issparse(x):
        found: Floats = np.asarray(x.astype(np.float64) @ weights[:-1]) + weights[-1]
        return found
    x = np.ascontiguousarray(x, dtype=np.float64)
    found = np.einsum("ij,jk->ik", x, weights[:-1]) + weights[-1]  # adds each up alike, a product of matrices may not
    return found


def probabilities(x: Matrix, weights: Floats) -> Floats:
    """Probabilities [rows, classes]; one column of weights stands for two classes (or for a single one)."""
    logits = answers(x, weights)
    return softmax(logits if weights.shape[1] > 1 else np.hstack([np.zeros_like(logits), logits]))


def _times(x: Any, other: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A product of two dimensions; with a sparse matrix, a single column is quicker as a vector."""
    single = other.shape[1] == 1 and sparse.issparse(x)
    found: npt.NDArray[np.float32] = (x @ other[:, 0])[:, None] if single else x @ other
    return found
