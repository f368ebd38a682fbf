"""Detectors of anomalies: what each of them sees, and that odd tables do no harm."""

import numpy as np
import polars as pl
import pytest
from sklearn import ensemble

from fathom import catalog
from fathom.classical.isolation import IsolationForest
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import StoreError
from fathom.learner import Run
from fathom.tasks.problem import Problem

NAMES = [row.name for row in catalog.learners_for("anomaly-detection") if row.family == "classical"]


def posed(**columns):
    frame = pl.DataFrame(columns)
    kinds = {name: Kind.CATEGORY if frame[name].dtype == pl.String else Kind.NUMBER for name in frame.columns}
    inputs = tuple(Column(name, kind) for name, kind in kinds.items())
    return Problem("anomaly-detection", "anomaly", inputs, conditions=("usual", "odd")), Dataset(frame, inputs)


def fitted(name, problem, rows):
    learner = catalog.load(catalog.learner(name).path)()
    learner.fit(problem, rows, rows.take([]), Run())
    return learner


@pytest.fixture(scope="module")
def line():
    """Two columns that go together; the last row is within both ranges and off the line, the one before far out."""
    random = np.random.default_rng(0)
    x = random.normal(0, 1, 400)
    y = x + random.normal(0, 0.1, 400)
    return posed(x=[*x, 9.0, 1.5], y=[*y, 9.0, -1.5], z=[*random.normal(0, 1, 400), 0.0, 0.0])


@pytest.mark.parametrize("name", [name for name in NAMES if name != "linear-residuals"])  # it lies on the line
def test_what_lies_far_out_is_strange_to_most(name, line):
    problem, rows = line
    said = fitted(name, problem, rows.take(range(400))).predict(rows)
    assert (said.score[:400] < said.score[400]).mean() > 0.9
    assert said.reasons(400)[0][0] in ("x", "y")


@pytest.mark.parametrize(
    "name", ["principal-components", "linear-residuals", "neighbour-distance", "local-outlier-factor"]
)
def test_what_breaks_how_columns_go_together_is_strange_to_those_that_look_at_them_together(name, line):
    problem, rows = line
    said = fitted(name, problem, rows).predict(rows)  # strange rows are among those of training
    assert (said.score[:400] < said.score[401]).mean() > 0.98


@pytest.mark.parametrize("name", NAMES)
def test_odd_tables_do_no_harm(name):
    nothing = [None] * 30
    problem, rows = posed(
        empty=pl.Series(nothing, dtype=pl.Float64),
        same=[1.0] * 30,
        wild=[float("inf"), -1e308, 1e308, float("nan"), *[-3.0, 2.0] * 13],
        equal=["a"] * 29 + ["b"],
        none=pl.Series(nothing, dtype=pl.String),
    )
    said = fitted(name, problem, rows).predict(rows)
    assert np.isfinite(said.score).all()
    assert np.isfinite(said.parts).all()
    alone = fitted(name, problem, rows.take([5]))
    assert np.isfinite(alone.predict(rows).score).all()


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_are_all_equal_are_all_equally_strange(name):
    problem, rows = posed(a=[2.0] * 50, b=["x"] * 50)
    said = fitted(name, problem, rows).predict(rows)
    assert np.ptp(said.score) == 0


def test_trees_count_cuts_as_scikit_learn_does(line):
    problem, rows = line
    mine = fitted("isolation-forest", problem, rows)
    theirs = ensemble.IsolationForest(n_estimators=mine.trees, max_samples=256, random_state=0)
    x = mine.gauges_.matrix(rows).astype(np.float32)
    theirs.fit(x)
    assert np.allclose(mine.predict(rows).score, -theirs.score_samples(x), atol=1e-6)


def test_trees_that_lead_in_circles_are_refused(line, tmp_path):
    problem, rows = line
    learner = fitted("isolation-forest", problem, rows)
    learner.left_ = learner.left_.copy()
    learner.left_[0] = 0
    learner.save(tmp_path)
    with pytest.raises(StoreError, match="fit together"):
        IsolationForest.load(tmp_path)


def test_a_rare_level_is_a_reason():
    problem, rows = posed(a=["x"] * 99 + ["y"], b=np.arange(100.0) % 7)
    for name in ("ecod", "copod", "baseline"):
        said = fitted(name, problem, rows).predict(rows)
        assert said.reasons(99)[0][0] == "a"
        assert said.score.argmax() == 99
