"""LightGBM's text, checked before LightGBM reads it: its own reader aborts the process on a damaged file."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase

HEADER = ("version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "objective")
LISTS = ("feature_names", "feature_infos", "tree_sizes")
END = "end of trees"
BLOCK = re.compile(r"(?=^Tree=\d+$)", re.MULTILINE)
INNER = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child")
INNER_NOTES = ("internal_value", "internal_weight", "internal_count")
LEAVES = ("leaf_value", "leaf_weight", "leaf_count")


def checked(text: str, *, features: int, answers: int, objective: str) -> str:
    """The model's header and trees; a ValueError unless each is whole and every walk through a tree ends in a leaf.

    `answers`: trees a round; `objective` as LightGBM names it ("binary", "multiclass", "regression").
    """
    head, found, rest = text.partition("\n\n")
    body, ended, _ = rest.lstrip("\n").partition(END)
    if not found or not ended:
        raise ValueError(phrase("it is cut short"))
    settings = _header(head)
    expected = {
        "num_class": str(answers),
        "num_tree_per_iteration": str(answers),
        "label_index": "0",
        "max_feature_idx": str(features - 1),
    }
    if any(settings[name] != value for name, value in expected.items()):
        raise ValueError(phrase("the trees don't fit the features or the answers"))
    if settings["objective"].split(" ")[0] != objective:
        raise ValueError(phrase("its objective is '{objective}'", objective=settings["objective"]))
    blocks = [block for block in BLOCK.split(body) if block]
    if settings["tree_sizes"] != " ".join(str(len(block.encode())) for block in blocks) or len(blocks) % answers:
        raise ValueError(phrase("the trees differ from their listed sizes"))
    if any(len(settings[name].split(" ")) != features for name in ("feature_names", "feature_infos")):
        raise ValueError(phrase("the features differ in number"))
    for block in blocks:
        _check_tree(block, features)
    return f"{head}\n\n{body}{END}\n"


def _header(head: str) -> dict[str, str]:
    lines = head.splitlines()
    settings = dict(line.split("=", 1) for line in lines[1:])
    if lines[0] != "tree" or len(settings) != len(lines) - 1 or settings.keys() != {*HEADER, *LISTS}:
        raise ValueError(phrase("its header is not LightGBM's"))
    return settings


def _check_tree(block: str, features: int) -> None:
    lines = [line for line in block.splitlines() if line]
    parts = dict(line.split("=", 1) for line in lines)
    leaves, categorical = int(parts["num_leaves"]), int(parts["num_cat"])
    if len(parts) != len(lines) or leaves < 1 or categorical < 0 or parts.get("is_linear", "0") != "0":
        raise ValueError(phrase("a tree is malformed"))
    inner = leaves - 1
    lengths = dict.fromkeys((*INNER, *INNER_NOTES), inner) | dict.fromkeys(LEAVES, leaves)
    values = {name: _floats(parts[name]) for name in lengths if name in parts}
    if leaves == 1:  # no split: LightGBM writes a single value and, of some lists, nothing
        if len(values["leaf_value"]) != 1:
            raise ValueError(phrase("a tree is malformed"))
        return
    if any(len(values.get(name, ())) != length for name, length in lengths.items()):
        raise ValueError(phrase("a tree's lists differ in length"))
    _check_walks(values, inner, leaves, features)
    _check_categories(values, parts, categorical)


def _check_walks(values: dict[str, npt.NDArray[np.float64]], inner: int, leaves: int, features: int) -> None:
    here = np.arange(inner)
    for child in (values["left_child"], values["right_child"]):
        down = (child > here) & (child < inner)  # forward only: a walk must end
        out = (child < 0) & (child >= -leaves)
        if not np.all(down | out) or np.any(child % 1):
            raise ValueError(phrase("a node points outside its tree"))
    if values["split_feature"].min() < 0 or values["split_feature"].max() >= features:
        raise ValueError(phrase("a node asks for a feature that is not there"))


def _check_categories(values: dict[str, npt.NDArray[np.float64]], parts: dict[str, str], categorical: int) -> None:
    by_category = values["decision_type"].astype(np.int64) & 1 == 1
    if not by_category.any() and categorical == 0:
        return
    bounds, table = _floats(parts["cat_boundaries"]), _floats(parts["cat_threshold"])
    asked = values["threshold"][by_category]
    sound = (
        len(bounds) == categorical + 1
        and bounds[0] == 0
        and bounds[-1] == len(table)
        and np.all(np.diff(bounds) >= 0)
        and np.all((asked >= 0) & (asked < categorical))
    )
    if not sound:
        raise ValueError(phrase("a tree's categories are malformed"))


def _floats(text: str) -> npt.NDArray[np.float64]:
    return np.array([float(each) for each in text.split()], dtype=np.float64)
