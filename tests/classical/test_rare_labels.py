"""Where one row in a thousand has the label, trees find it rather than leap past it."""

import numpy as np
import polars as pl

from fathom.classical.boosting import GradientBoosting
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.learner import Run
from fathom.tasks import measures
from fathom.tasks.problem import Problem

INPUTS = tuple(Column(f"x{place}", Kind.NUMBER) for place in range(5))
PROBLEM = Problem("tabular-classification", "y", INPUTS, ("no", "yes"))


def test_a_rare_label_is_found():
    random = np.random.default_rng(0)
    x = random.normal(size=(12_000, 5))
    rare = (x[:, 0] > 2.2) & (x[:, 1] > 1.2)
    frame = pl.DataFrame({f"x{place}": x[:, place] for place in range(5)} | {"y": np.where(rare, "yes", "no")})
    data = Dataset(frame, (*INPUTS, Column("y", Kind.CATEGORY)))
    learner = GradientBoosting(rounds=200, recipes=1)
    learner.fit(PROBLEM, data.take(range(7_000)), data.take(range(7_000, 9_000)), Run())
    test = data.take(range(9_000, 12_000))
    assert 0.0005 < rare.mean() < 0.005
    assert measures.AVERAGE_PRECISION.score(PROBLEM.truth(test), learner.predict(test), None) > 0.6
    trees = learner.booster_.dump_model()["tree_info"][1:]  # the first holds the share of the label as well
    assert max(abs(value) for tree in trees for value in leaves(tree["tree_structure"])) <= 4.0 * 0.04 + 1e-9


def leaves(node):
    if "leaf_value" in node:
        return [node["leaf_value"]]
    return [*leaves(node["left_child"]), *leaves(node["right_child"])]
