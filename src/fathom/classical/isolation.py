"""Isolation forest: strange rows are cut off from the others by few random cuts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import ensemble

from fathom.classical import saving
from fathom.classical.detector import Detector
from fathom.learner import Run
from fathom.messages import phrase

Floats = npt.NDArray[np.float64]

EULER = 0.5772156649015329
PAIRS = 2_000_000  # of a row and a tree, followed at a time
NODES = ("feature", "left", "right")


@dataclass
class IsolationForest(Detector):
    """Trees of random cuts on few rows each; a row's score falls with the number of cuts that isolate it.

    Liu, Ting and Zhou 2008; the trees are scikit-learn's. A column's part is by how many cuts its own shorten the way,
    compared with what was to be expected where each was made.
    """

    trees: int = 100
    rows: int = 256  # for each tree

    feature_: npt.NDArray[np.int32] = field(init=False, repr=False)  # [nodes], -1: a leaf
    left_: npt.NDArray[np.int32] = field(init=False, repr=False)  # [nodes], always later than the node
    right_: npt.NDArray[np.int32] = field(init=False, repr=False)
    cut_: Floats = field(init=False, repr=False)  # [nodes]
    way_: Floats = field(init=False, repr=False)  # [nodes], the cuts to be expected for a row that gets there
    roots_: npt.NDArray[np.int32] = field(init=False, repr=False)
    usual_: float = field(init=False, repr=False)  # cuts that a row needs on average

    def learn(self, x: Floats, run: Run) -> None:
        """Grow the trees and keep their nodes in one line."""
        rows = min(self.rows, len(x))
        forest = ensemble.IsolationForest(n_estimators=self.trees, max_samples=rows, random_state=run.seed % (2**31))
        forest.fit(x.astype(np.float32))
        blocks: list[tuple[Any, ...]] = []
        roots, start = [], 0
        for estimator in forest.estimators_:
            tree = estimator.tree_
            blocks.append(_line(tree, start))
            roots.append(start)
            start += tree.node_count
        feature, left, right, cut, way = (np.concatenate(each) for each in zip(*blocks, strict=True))
        self.feature_, self.left_, self.right_ = (each.astype(np.int32) for each in (feature, left, right))
        self.cut_, self.way_ = cut, way
        self.roots_, self.usual_ = np.array(roots, dtype=np.int32), max(float(average_cuts(np.array([rows]))[0]), 1e-9)

    def judge(self, x: Floats) -> tuple[Floats, Floats]:
        """2 to the power of minus the relative number of cuts, and what each feature's cuts shorten."""
        step = max(PAIRS // len(self.roots_), 1)
        parts = np.zeros(x.shape)
        cuts = np.zeros(len(x))
        single = x.astype(np.float32)
        for start in range(0, len(x), step):
            block = slice(start, start + step)
            cuts[block], parts[block] = self._followed(single[block])
        return 2.0 ** (-cuts / self.usual_), parts

    def _followed(self, x: npt.NDArray[np.float32]) -> tuple[Floats, Floats]:
        """The mean number of cuts of each row, and by how many each feature shortens it."""
        rows, width = x.shape
        trees = len(self.roots_)
        node = np.tile(self.roots_, rows)
        row = np.repeat(np.arange(rows), trees)
        shorter = np.zeros(rows * width)
        alive = np.flatnonzero(self.feature_[node] >= 0)
        while len(alive):
            here, mine = node[alive], row[alive]
            feature = self.feature_[here]
            below = x[mine, feature] <= self.cut_[here]
            there = np.where(below, self.left_[here], self.right_[here])
            shorter += np.bincount(mine * width + feature, self.way_[here] - self.way_[there], minlength=rows * width)
            node[alive] = there
            alive = alive[self.feature_[there] >= 0]
        cuts: Floats = self.way_[node].reshape(rows, trees).mean(axis=1)
        return cuts, np.maximum(shorter.reshape(rows, width) / trees, 0.0)

    def arrays(self) -> saving.Arrays:
        """The nodes of all trees."""
        return {
            **{name: getattr(self, f"{name}_") for name in NODES},
            "cut": self.cut_,
            "way": self.way_,
            "roots": self.roots_,
            "usual": np.array([self.usual_]),
        }

    def restore(self, arrays: saving.Arrays) -> None:
        """Take the nodes; every way must lead on to later ones, so that each comes to an end."""
        count = len(arrays["feature"])
        self.feature_, self.left_, self.right_ = (self.held(arrays, name, count) for name in NODES)
        self.cut_, self.way_ = self.held(arrays, "cut", count), self.held(arrays, "way", count)
        self.roots_, self.usual_ = self.held(arrays, "roots", -1), float(self.held(arrays, "usual", 1)[0])
        inner = np.flatnonzero(self.feature_ >= 0)
        ways = np.concatenate([self.left_[inner], self.right_[inner]])
        later = (ways > np.tile(inner, 2)).all() and (ways < count).all()
        rooted = len(self.roots_) and self.roots_.min() >= 0 and self.roots_.max() < count
        if not (later and rooted and self.feature_.max() < len(self.gauges_.names) and self.usual_ > 0):
            raise ValueError(phrase("a tree's nodes do not fit together"))


def _line(tree: Any, start: int) -> tuple[Any, ...]:
    """A tree's nodes: feature (-1: a leaf), children, cut, and the cuts to be expected from the root on."""
    left, right, size = tree.children_left, tree.children_right, tree.n_node_samples
    leaf = left < 0
    depth = np.zeros(tree.node_count)
    for node in np.flatnonzero(~leaf):  # a child is always later than its parent
        depth[left[node]] = depth[right[node]] = depth[node] + 1
    way = depth + average_cuts(size)
    for node in np.flatnonzero(~leaf)[::-1]:
        one, other = left[node], right[node]
        way[node] = (size[one] * way[one] + size[other] * way[other]) / size[node]
    ahead = [np.where(leaf, 0, each + start) for each in (left, right)]
    return np.where(leaf, -1, tree.feature), *ahead, tree.threshold, way


def average_cuts(rows: npt.NDArray[Any]) -> Floats:
    """How many random cuts isolate one of so many rows, on average.

    >>> average_cuts(np.array([1, 2, 256])).round(2).tolist()
    [0.0, 1.0, 10.24]
    """
    size = np.maximum(np.asarray(rows, dtype=np.float64), 2.0)
    found = 2 * (np.log(size - 1) + EULER) - 2 * (size - 1) / size
    return np.where(np.asarray(rows) <= 1, 0.0, np.where(np.asarray(rows) == 2, 1.0, found))
