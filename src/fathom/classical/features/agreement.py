"""Which groups of features are worth telling: those in which rows that are near each other have the same label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

PROBE_ROWS = 1_500  # that are compared with each other
Group = tuple[str, ...]


def most_alike(
    x: npt.NDArray[np.floating[Any]], truth: npt.NDArray[Any], spans: dict[str, slice], choices: Sequence[Group]
) -> Group:
    """The choice of groups whose nearest neighbours agree best; of equal ones the first.

    `x`: features [rows, features], `truth`: class positions [rows] or 0 and 1 [rows, labels], `spans`: where each group
    stands. Distances suffer from features that tell nothing, such as the gradients of tiny pictures.
    """
    x, truth = x[:PROBE_ROWS], truth[:PROBE_ROWS]
    if len(x) < 2 or len(choices) == 1:
        return choices[-1]
    distances = {group: _squared_distances(x[:, span].astype(np.float64)) for group, span in spans.items()}
    agreed = []
    for choice in choices:
        total = np.sum([distances[group] for group in choice], axis=0)
        np.fill_diagonal(total, np.inf)
        agreed.append(float((truth[total.argmin(axis=1)] == truth).mean()))
    return choices[int(np.argmax(agreed))]


def _squared_distances(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Between all rows, float64 [rows, rows]."""
    lengths = (x**2).sum(axis=1)
    distances: npt.NDArray[np.float64] = lengths[:, None] + lengths[None, :] - 2 * (x @ x.T)
    return distances
