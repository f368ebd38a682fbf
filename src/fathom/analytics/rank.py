"""Centrality: how much of a random walk's time a node of a graph gets (PageRank; Brin and Page 1998)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
DAMPING = 0.85
STEPS = 60
NEAR = 1e-6


def pagerank(graph: sparse.spmatrix | Floats, start: Floats | None = None) -> Floats:
    """The centrality of each node, summing to one; `start` are weights of where a walk begins anew.

    >>> star = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0.0]])
    >>> pagerank(star).argmax()
    np.int64(0)
    """
    count = graph.shape[0]
    begin = np.full(count, 1 / count) if start is None or start.sum() <= 0 else start / start.sum()
    degree = np.asarray(graph.sum(axis=0)).ravel()
    ways = graph @ sparse.diags(1 / np.where(degree > 0, degree, 1))
    lost = degree <= 0
    rank = begin
    for _ in range(STEPS):
        following = DAMPING * (np.asarray(ways @ rank).ravel() + rank[lost].sum() * begin) + (1 - DAMPING) * begin
        settled = np.abs(following - rank).sum() < NEAR
        rank = following
        if settled:
            break
    return rank
