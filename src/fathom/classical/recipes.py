"""How boosted trees are shaped: a few recipes to choose from on the validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

LARGE, WIDE = 20_000, 200  # rows, features


@dataclass(frozen=True)
class Recipe:
    """The size of trees, the rows a leaf needs, the share of features that a tree may ask for."""

    leaves: int
    rows_in_leaf: int
    feature_share: float


def recipes_for(rows: int, features: int, *, labelled: bool) -> tuple[Recipe, ...]:
    """A usual, a cautious and a bold recipe, in the order in which they are tried.

    >>> [recipe.leaves for recipe in recipes_for(1_000, 10, labelled=True)]
    [31, 16, 50]
    """
    larger = 2 if rows >= LARGE else 1
    share = 1.0 if features < WIDE else 0.3
    usual = Recipe(31 * larger, int(np.clip(rows // 50, 2, 20)), share)
    cautious = Recipe(16, int(np.clip(rows // 100, 2, 40)), 0.6 * share)
    bold = Recipe(50 * larger, 10, 0.5 * share) if labelled else Recipe(100, 3, share)
    return usual, cautious, bold


def parameters(recipe: Recipe, *, rows: int, classes: int, rate: float) -> dict[str, Any]:
    """LightGBM's parameters for a recipe; `classes` 0: a number is learned."""
    settings = {
        "objective": objective(classes),
        "metric": {"regression": "l2", "binary": "binary_logloss", "multiclass": "multi_logloss"}[objective(classes)],
        "learning_rate": rate,
        "num_leaves": recipe.leaves,
        "min_data_in_leaf": recipe.rows_in_leaf,
        "feature_fraction": recipe.feature_share,
        "min_sum_hessian_in_leaf": 1e-3 if classes else 1e-7,
        "bagging_freq": 1,
        "min_data_per_group": int(np.clip(rows // 100, 5, 100)),  # of a category's levels, asked for together
        "deterministic": True,
        "force_col_wise": True,  # with `deterministic`, the same trees on any number of threads
        "feature_pre_filter": False,
        "verbosity": -1,
    }
    return settings | ({"num_class": classes} if classes > 2 else {})


def objective(classes: int) -> str:
    """LightGBM's name for what is learned.

    >>> [objective(classes) for classes in (0, 2, 7)]
    ['regression', 'binary', 'multiclass']
    """
    return "regression" if classes == 0 else "binary" if classes == 2 else "multiclass"
