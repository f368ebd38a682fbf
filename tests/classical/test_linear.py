import numpy as np
import pytest
from sklearn import linear_model
from sklearn.datasets import load_breast_cancer, load_wine

from fathom.classical.descent import Descent
from fathom.classical.linear import LogisticRegression, Ridge, _paths
from fathom.learner import Run


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine])
def test_the_solution_of_scikit_learn(load):
    x, y = load(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    task = Descent(x, y, y.max() + 1, Run())
    weights = task.solve(task.start(np.bincount(y) / len(y)), 0.1, 500)
    reference = linear_model.LogisticRegression(C=0.1, tol=1e-8, max_iter=2_000).fit(x, y)
    assert np.allclose(weights[:-1].T, reference.coef_, atol=5e-3)


@pytest.mark.parametrize("rows", [20, 150])
def test_ridge_is_exact_for_every_penalty(rows):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(rows, 40)) + 3, rng.normal(size=rows)
    for penalty, weights in _paths(x, y, (0.1, 10.0)):
        reference = linear_model.Ridge(alpha=penalty).fit(x, y)
        assert np.allclose(weights[:-1, 0], reference.coef_)
        assert np.isclose(weights[-1, 0], reference.intercept_)


def test_no_weaker_than_plain_logistic_regression(kit):
    x, y = load_breast_cancer(return_X_y=True)
    dataset, problem = kit["table"](x, y)
    train, valid, test = kit["parts"](dataset)
    learner = LogisticRegression()
    learner.fit(problem, train, valid, Run.lasting(20))
    assert np.mean(learner.predict(test).codes == problem.truth(test)) > 0.96


def test_finds_a_line(kit):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    dataset, problem = kit["table"](x, x @ [3.0, -2.0, 0.5] + 7, classes=False)
    train, valid, test = kit["parts"](dataset)
    learner = Ridge()
    learner.fit(problem, train, valid, Run.lasting(20))
    assert np.abs(learner.predict(test).values - problem.truth(test)).max() < 0.05


def test_stops_amid_a_descent():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20_000, 200)), rng.integers(0, 20, 20_000)
    run = Run.lasting(0.5)
    task = Descent(x, y, 20, run)
    assert task.x.rows < 20_000
    task.solve(task.start(np.full(20, 0.05)), 1e6, 100_000)
    assert run.remaining() > -0.3
