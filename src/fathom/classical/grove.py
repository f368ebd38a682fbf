"""Fitted trees as plain arrays: saved as numbers, checked when read, answered by scikit-learn's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.tree import _tree

from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

LEAF = -1


@dataclass(frozen=True)
class Grove:
    """Trees over float32 features that were centred and scaled first (so that no unit is too large for float32)."""

    centre: Floats
    scale: Floats
    trees: tuple[Any, ...] = ()  # sklearn.tree._tree.Tree
    answers: int = 1

    @classmethod
    def over(cls, x: npt.NDArray[Any]) -> Self:
        """No trees yet; each feature's range, from training rows float [rows, features]."""
        finite = np.where(np.isfinite(x), x, np.nan)
        low, high = np.fmin.reduce(finite, axis=0), np.fmax.reduce(finite, axis=0)
        with np.errstate(over="ignore"):
            scale = (high - low).astype(np.float64)
        known = np.isfinite(low) & np.isfinite(scale) & (scale > 0)
        return cls(np.where(known, low, 0.0).astype(np.float64), np.where(known, scale, 1.0))

    def singles(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Rows as the trees see them: float32, ranges at 0..1, missing values as NaN."""
        scaled = (x - self.centre) / self.scale
        return np.clip(scaled, -1e30, 1e30).astype(np.float32)

    def planted(self, trees: Sequence[Any], *, labelled: bool) -> Grove:
        """With these fitted trees."""
        answers = int(trees[0].max_n_classes) if labelled else 1
        return Grove(self.centre, self.scale, tuple(trees), answers)

    @property
    def count(self) -> int:
        """How many trees there are."""
        return len(self.trees)

    def answer(self, x: npt.NDArray[np.float32]) -> Floats:
        """The trees' mean answer, float64 [rows, answers]; each row is summed in the order of the trees."""
        total = np.zeros((len(x), self.answers))
        for tree in self.trees:
            total += tree.predict(x).reshape(len(x), self.answers)
        return total / max(len(self.trees), 1)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The nodes of all trees, one after the other."""
        nodes = [tree.__getstate__()["nodes"] for tree in self.trees]
        whole = np.concatenate(nodes)
        values = [tree.value.reshape(tree.node_count, self.answers) for tree in self.trees]
        return {
            "centre": self.centre,
            "scale": self.scale,
            "sizes": np.array([len(each) for each in nodes], dtype=np.int64),
            "left": whole["left_child"].astype(np.int32),
            "right": whole["right_child"].astype(np.int32),
            "feature": whole["feature"].astype(np.int32),
            "threshold": whole["threshold"].astype(np.float64),
            "missing_left": whole["missing_go_to_left"].astype(np.uint8),
            "value": np.concatenate(values),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]], *, features: int, answers: int) -> Self:
        """The trees that `to_arrays` wrote; a ValueError for anything that could lead a walk astray."""
        sizes = arrays["sizes"]
        ends = np.cumsum(sizes)
        if len(sizes) == 0 or sizes.min() < 1 or any(len(arrays[name]) != ends[-1] for name in _NODE_ARRAYS):
            raise ValueError(phrase("the trees' arrays differ in length"))
        if arrays["value"].shape[1:] != (answers,) or len(arrays["centre"]) != features != len(arrays["scale"]):
            raise ValueError(phrase("the trees don't fit the features or the answers"))
        starts = ends - sizes
        trees = tuple(
            _tree_of({name: arrays[name][start:end] for name in _NODE_ARRAYS}, features, answers)
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        )
        return cls(arrays["centre"], arrays["scale"], trees, answers)


_NODE_ARRAYS = ("left", "right", "feature", "threshold", "missing_left", "value")


def _tree_of(arrays: dict[str, npt.NDArray[Any]], features: int, answers: int) -> Any:
    """One of scikit-learn's trees from its nodes, once they are known to form a tree."""
    left, right, feature = arrays["left"], arrays["right"], arrays["feature"]
    count = len(left)
    here = np.arange(count)
    inner = left != LEAF
    children = (left > here) & (right > here) & (left < count) & (right < count)  # forward only: a walk must end
    if not np.all(np.where(inner, children & (feature >= 0) & (feature < features), right == LEAF)):
        raise ValueError(phrase("a node points outside its tree"))
    nodes = np.zeros(count, dtype=_tree.NODE_DTYPE)
    nodes["left_child"], nodes["right_child"] = left, right
    nodes["feature"] = np.where(inner, feature, -2)
    nodes["threshold"], nodes["missing_go_to_left"] = arrays["threshold"], arrays["missing_left"]
    nodes["n_node_samples"], nodes["weighted_n_node_samples"] = 1, 1.0
    tree = _tree.Tree(features, np.array([answers], dtype=np.intp), 1)
    values = np.ascontiguousarray(arrays["value"], dtype=np.float64).reshape(count, 1, answers)
    tree.__setstate__({"max_depth": count, "node_count": count, "nodes": nodes, "values": values})
    return tree
