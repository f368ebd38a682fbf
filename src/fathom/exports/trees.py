"""Fitted trees as tensors: every row walks down all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from fathom.classical.grove import LEAF, Grove

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Nodes:
    """The nodes of all trees, one after the other; a leaf leads to itself.

    `root`: the first node of each tree; `depth`: how many steps lead to the lowest leaf; `value`: [nodes, answers].
    """

    root: Places
    feature: Places
    threshold: Floats
    left: Places
    right: Places
    value: Floats
    depth: int


class Trees(nn.Module):
    """What each tree says of rows of features float32 [rows, features]: [rows, trees, answers]."""

    def __init__(self, nodes: Nodes) -> None:
        super().__init__()
        self.depth = nodes.depth
        for name in ("root", "feature", "left", "right"):
            self.register_buffer(name, torch.tensor(getattr(nodes, name)))
        self.register_buffer("threshold", torch.tensor(rounded_down(nodes.threshold)))
        self.register_buffer("value", torch.tensor(nodes.value.astype(np.float32)))

    def forward(self, features: Tensor) -> Tensor:
        """The values of the leaves where rows end."""
        tables: Any = self
        node = tables.root.expand(features.shape[0], -1)
        for _ in range(self.depth):
            found = features.gather(1, tables.feature[node])
            node = torch.where(found <= tables.threshold[node], tables.left[node], tables.right[node])
        leaves: Tensor = tables.value[node]
        return leaves


def rounded_down(thresholds: Floats) -> npt.NDArray[np.float32]:
    """The largest float32 that is not above each number: a float32 feature is on the same side of both.

    >>> bool(rounded_down(np.array([0.1]))[0] <= 0.1)
    True
    """
    single = thresholds.astype(np.float32)
    return np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)


def of_grove(grove: Grove) -> Nodes:
    """The nodes of scikit-learn's trees."""
    parts = [tree.__getstate__()["nodes"] for tree in grove.trees]
    sizes = np.array([len(each) for each in parts])
    root = np.cumsum(sizes) - sizes
    whole, own = np.concatenate(parts), np.arange(sizes.sum())
    start = np.repeat(root, sizes)
    leaf = whole["left_child"] == LEAF
    return Nodes(
        root,
        np.where(leaf, 0, whole["feature"]).astype(np.int64),
        np.where(leaf, 0.0, whole["threshold"]),
        np.where(leaf, own, whole["left_child"] + start),
        np.where(leaf, own, whole["right_child"] + start),
        np.concatenate([tree.value.reshape(tree.node_count, grove.answers) for tree in grove.trees]),
        max(int(tree.max_depth) if tree.max_depth < tree.node_count else _depth(tree) for tree in grove.trees),
    )


def of_booster(booster: lightgbm.Booster) -> Nodes:
    """The nodes of LightGBM's trees, which ask for numbers alone; inner nodes of each first, then its leaves."""
    lists: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    root, depth, start = [], 0, 0
    for tree in booster.dump_model()["tree_info"]:
        inner, leaves, deepest = _walked(tree["tree_structure"])
        count = len(inner)
        places = {**{each["split_index"]: place for place, each in enumerate(inner)}}
        ends = {each.get("leaf_index", 0): count + place for place, each in enumerate(leaves)}

        def at(child: dict[str, Any], places: Any = places, ends: Any = ends, start: int = start) -> int:
            found = places[child["split_index"]] if "split_index" in child else ends[child.get("leaf_index", 0)]
            return int(start + found)

        own = start + count + np.arange(len(leaves))
        lists["feature"].append(np.array([each["split_feature"] for each in inner] + [0] * len(leaves)))
        lists["threshold"].append(np.array([each["threshold"] for each in inner] + [0.0] * len(leaves)))
        lists["left"].append(np.array([at(each["left_child"]) for each in inner] + own.tolist()))
        lists["right"].append(np.array([at(each["right_child"]) for each in inner] + own.tolist()))
        lists["value"].append(np.array([0.0] * count + [each["leaf_value"] for each in leaves]))
        root.append(start)
        depth, start = max(depth, deepest), start + count + len(leaves)
    joined = {name: np.concatenate(each) for name, each in lists.items()}
    whole = {name: joined[name].astype(np.int64) for name in ("feature", "left", "right")}
    value = joined["value"].astype(np.float64)[:, None]
    return Nodes(np.array(root, dtype=np.int64), threshold=joined["threshold"], value=value, depth=depth, **whole)


def _walked(top: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Inner nodes from the root on, leaves, and the depth of a tree."""
    inner: list[dict[str, Any]] = []
    leaves: list[dict[str, Any]] = []
    deepest, waiting = 0, [(top, 0)]
    while waiting:
        node, level = waiting.pop(0)
        deepest = max(deepest, level)
        if "split_index" not in node:
            leaves.append(node)
            continue
        inner.append(node)
        waiting += [(node["left_child"], level + 1), (node["right_child"], level + 1)]
    return inner, leaves, deepest


def _depth(tree: Any) -> int:
    """The steps to the lowest leaf, of a tree whose children stand behind their parents."""
    level = np.zeros(tree.node_count, dtype=np.int64)
    for node, (left, right) in enumerate(zip(tree.children_left.tolist(), tree.children_right.tolist(), strict=True)):
        if left != LEAF:
            level[left] = level[right] = level[node] + 1
    return int(level.max())
