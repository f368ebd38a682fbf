"""Autoregressions of all histories at once, of several orders that are weighed by their evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.smoothing import LEAST, evidence

Floats = npt.NDArray[np.float64]
ORDERS = (0, 1, 2, 3, 4, 6)
LONGEST = 600
PENALTY = 1.0  # of a value: a little less than one more of them, all zero
FARTHEST = 30.0  # root mean squared steps that a forecast may be away from the last value


def autoregressed(held: Past, steps: int) -> Floats:
    """What comes next by regressions of steps on the last steps (ARI of Box and Jenkins 1970), float64 [rows, steps].

    With and without a mean step; averaged by Akaike weights. Histories of fewer than ten values stay where they are.
    """
    values = held.values[:, -LONGEST:]
    width = values.shape[1]
    last = np.nan_to_num(values[:, -1:])
    enough = np.flatnonzero(held.length >= 10)
    said = np.repeat(last, steps, axis=1)
    if not len(enough):
        return said
    moves = np.diff(values[enough], axis=1)
    there = np.isfinite(moves)
    moves = np.where(there, moves, 0.0)
    count = there.sum(axis=1)
    unit = np.sqrt((moves**2).sum(axis=1, keepdims=True) / np.maximum(count, 1)[:, None])
    unit = np.where(unit > 0, unit, 1.0)
    moves = moves / unit
    most = min(max(ORDERS), width - 2)
    used = there[:, most:] & there[:, : width - 1 - most]  # steps with all the steps before that any order asks for
    y = np.where(used, moves[:, most:], 0.0)
    lags = np.stack([moves[:, most - back : moves.shape[1] - back] for back in range(most + 1)], axis=2)
    lags[:, :, 0] = 1.0  # the mean step; the others are the last steps
    lags = np.where(used[:, :, None], lags, 0.0)
    gram = np.einsum("itj,itk->ijk", lags, lags)
    product = np.einsum("itj,it->ij", lags, y)
    total, number = (y**2).sum(axis=1), np.maximum(used.sum(axis=1), 1)
    found, errors, sizes = [], [], []
    for order in [each for each in ORDERS if each <= most]:
        for mean in (0, 1):
            keep = [*([0] if mean else []), *range(1, order + 1)]
            weights = np.zeros((len(enough), most + 1))
            if keep:
                part = gram[:, keep][:, :, keep] + PENALTY * np.eye(len(keep))
                weights[:, keep] = np.linalg.solve(part, product[:, keep][:, :, None])[:, :, 0]
            off = total - 2 * (weights * product).sum(axis=1) + np.einsum("ij,ijk,ik->i", weights, gram, weights)
            errors.append(np.maximum(off / number, LEAST))
            found.append(_iterated(moves, weights, steps))
            sizes.append(len(keep) + 1.0)
    weight = evidence(np.stack(errors, axis=1), number[:, None], np.array(sizes))
    moved = np.einsum("ij,jih->ih", weight, np.stack(found))
    said[enough] += np.clip(moved, -FARTHEST, FARTHEST) * unit
    return said


def _iterated(moves: Floats, weights: Floats, steps: int) -> Floats:
    """Where the last value goes, step by step, in units; each step is held to what a history can tell."""
    most = weights.shape[1] - 1
    recent = moves[:, moves.shape[1] - most :][:, ::-1].copy() if most else np.zeros((len(moves), 0))
    where, path = np.zeros(len(moves)), np.empty((len(moves), steps))
    for step in range(steps):
        move = np.clip(weights[:, 0] + (weights[:, 1:] * recent).sum(axis=1), -FARTHEST, FARTHEST)
        where = where + move
        path[:, step] = where
        if most:
            recent = np.concatenate([move[:, None], recent[:, :-1]], axis=1)
    return path
