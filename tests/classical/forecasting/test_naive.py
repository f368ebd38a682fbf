"""The baseline of series: the last season over again, with bands that a random walk of seasons would have."""

import numpy as np

from fathom.classical.baseline import Baseline
from fathom.learner import Run
from fathom.tasks.forecast_measures import COVERAGE, MASE, SKILL


def test_it_says_what_the_measures_call_naive(sales, tmp_path):
    learner = Baseline()
    learner.fit(sales.problem, sales.train, sales.valid, Run())
    said, truth = learner.predict(sales.test), sales.problem.truth(sales.test)
    assert np.allclose(said.values, truth["naive"])
    assert abs(SKILL.score(truth, said, None)) < 1e-12
    assert 0.5 < MASE.score(truth, said, None) < 2
    assert 0.8 < COVERAGE.score(truth, said, None) <= 1
    learner.save(tmp_path)
    again = Baseline.load(tmp_path).predict(sales.test)
    assert np.array_equal(again.quantiles, said.quantiles)
