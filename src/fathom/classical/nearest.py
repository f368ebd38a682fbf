"""The exact nearest rows of a query, ties included; quick by a rough float32 pass, sure by a float64 one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

CELLS = 16_000_000  # of the table of distances held at a time: 64 MB
ROUGHNESS = 4e-6  # error of a squared float32 distance, as a share of the squared lengths
SAME = 1e-9  # distances this close, relatively, are ties


@dataclass(frozen=True)
class Found:
    """Pairs of a query and a row, by query and then by distance.

    `query`, `row`: int64 [pairs]; `distance`: float64 [pairs], squared; `start`: int64 [queries], their first pairs.
    """

    queries: int
    query: Positions
    row: Positions
    distance: Floats
    start: Positions

    def first(self, k: int) -> Found:
        """The k nearest rows of each query and those as near as the k-th."""
        return _cut(self.queries, self.query, self.row, self.distance, k)

    def nearness(self, k: int) -> Floats:
        """Weights [pairs] that fall with the distance, relative to the k-th row's: 1 at the query, a tenth there."""
        reach = self.distance[self.start + (k - 1)][self.query]
        share = np.divide(self.distance, reach, out=np.zeros_like(self.distance), where=reach > 0)
        weights: Floats = 1.0 / (1.0 + 9.0 * share)
        return weights


def nearest(queries: npt.NDArray[np.floating], rows: npt.NDArray[np.float32], k: int) -> Found:
    """The k rows nearest to each query (Euclidean), and those as near as the k-th.

    >>> found = nearest(np.array([[0.0], [5.0]]), np.array([[1.0], [4.0], [-1.0]], dtype=np.float32), 1)
    >>> found.query.tolist(), found.row.tolist(), found.distance.tolist()
    ([0, 0, 1], [0, 2, 1], [1.0, 1.0, 1.0])
    """
    k = min(k, len(rows))
    lengths = np.einsum("ij,ij->i", rows, rows)
    step = max(CELLS // max(len(rows), 1), 1)
    parts = [_part(queries[start : start + step], rows, lengths, k) for start in range(0, len(queries), step)]
    query = np.concatenate([part[0] + number * step for number, part in enumerate(parts)] or [np.zeros(0, np.int64)])
    row = np.concatenate([part[1] for part in parts] or [np.zeros(0, np.int64)])
    distance = np.concatenate([part[2] for part in parts] or [np.zeros(0)])
    return _cut(len(queries), query, row, distance, k)


def _part(
    queries: npt.NDArray[np.floating], rows: npt.NDArray[np.float32], lengths: npt.NDArray[np.float32], k: int
) -> tuple[Positions, Positions, Floats]:
    """Pairs that hold each query's k nearest rows for sure, sorted by query, distance and row."""
    single = queries.astype(np.float32)
    own = np.einsum("ij,ij->i", single, single)
    rough = lengths - 2 * (single @ rows.T)  # the squared distance, but for the query's own length
    reach = np.partition(rough, k - 1, axis=1)[:, k - 1] + 2 * ROUGHNESS * (own + lengths.max() + 1e-30)
    query, row = np.nonzero(rough <= reach[:, None])
    exact = np.empty(len(query))
    block = max(CELLS // max(rows.shape[1], 1) // 8, 1)
    for start in range(0, len(query), block):
        part = slice(start, start + block)
        gap = queries[query[part]].astype(np.float64) - rows[row[part]]
        exact[part] = np.einsum("ij,ij->i", gap, gap)
    order = np.lexsort((row, exact, query))
    return query[order], row[order], exact[order]


def _cut(queries: int, query: Positions, row: Positions, distance: Floats, k: int) -> Found:
    """Keep each query's k first pairs and the ties of the last one."""
    start = np.searchsorted(query, np.arange(queries))
    if queries == 0:
        return Found(0, query, row, distance, start)
    reach = distance[start + (k - 1)][query]
    keep = distance <= reach * (1 + SAME)
    query, row, distance = query[keep], row[keep], distance[keep]
    return Found(queries, query, row, distance, np.searchsorted(query, np.arange(queries)))
