import numpy as np
import pytest
from sklearn import ensemble
from sklearn.datasets import load_breast_cancer, load_diabetes

from fathom.classical.grove import Grove
from fathom.classical.trees import ExtraTrees, RandomForest
from fathom.learner import Run


@pytest.fixture(scope="module")
def cancer(kit):
    x, y = load_breast_cancer(return_X_y=True)
    dataset, problem = kit["table"](x, y)
    return kit["parts"](dataset), problem


@pytest.mark.parametrize("kind", [RandomForest, ExtraTrees])
def test_units_don_t_matter(kit, kind):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 200, (300, 4)).astype(float)
    y = (x[:, 0] + x[:, 1] > 200).astype(int)
    answers = []
    for unit, shift in ((1.0, 0.0), (1e-9, 0.0), (4e12, 1e13)):
        dataset, problem = kit["table"](x * unit + shift, y)
        train, valid, test = kit["parts"](dataset)
        learner = kind(trees=15)
        learner.fit(problem, train, valid, Run())
        answers.append(learner.predict(test).codes)
    assert all(np.mean(answers[0] == each) > 0.97 for each in answers)


def test_no_weaker_than_scikit_learn(kit, cancer):
    (train, valid, test), problem = cancer
    learner = RandomForest(trees=100)
    learner.fit(problem, train, valid, Run.lasting(30))
    reference = ensemble.RandomForestClassifier(100, random_state=0)
    names = [column.name for column in problem.inputs]
    reference.fit(train.frame.select(names).to_numpy(), problem.truth(train))
    plain = reference.score(test.frame.select(names).to_numpy(), problem.truth(test))
    assert np.mean(learner.predict(test).codes == problem.truth(test)) > plain - 0.02


def test_numbers_no_weaker_than_scikit_learn(kit):
    x, y = load_diabetes(return_X_y=True)
    dataset, problem = kit["table"](x, y, classes=False)
    train, valid, test = kit["parts"](dataset)
    learner = RandomForest(trees=100)
    learner.fit(problem, train, valid, Run.lasting(30))
    names = [column.name for column in problem.inputs]
    reference = ensemble.RandomForestRegressor(100, random_state=0)
    reference.fit(train.frame.select(names).to_numpy(), problem.truth(train))
    errors = [
        np.sqrt(np.mean((each - problem.truth(test)) ** 2))
        for each in (learner.predict(test).values, reference.predict(test.frame.select(names).to_numpy()))
    ]
    assert errors[0] < 1.05 * errors[1]


def test_no_probability_is_zero(cancer):
    (train, valid, test), problem = cancer
    learner = RandomForest(trees=20)
    learner.fit(problem, train, valid, Run())
    assert learner.predict(test).probabilities.min() > 0


def test_restored_trees_are_the_fitted_ones():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    x[rng.random(x.shape) < 0.1] = np.nan
    y = rng.integers(0, 3, 200)
    grove = Grove.over(x)
    forest = ensemble.RandomForestClassifier(10, random_state=0).fit(grove.singles(x), y)
    planted = grove.planted([tree.tree_ for tree in forest.estimators_], labelled=True)
    again = Grove.from_arrays(planted.to_arrays(), features=3, answers=3)
    expected = forest.predict_proba(grove.singles(x))
    assert np.allclose(planted.answer(grove.singles(x)), expected)
    assert np.array_equal(again.answer(grove.singles(x)), planted.answer(grove.singles(x)))


@pytest.mark.parametrize(
    ("name", "place", "value"), [("left", 0, 0), ("left", 0, 999), ("right", 0, -7), ("feature", 0, 3)]
)
def test_a_walk_that_would_go_astray_is_refused(name, place, value):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
    grove = Grove.over(x)
    forest = ensemble.RandomForestClassifier(3, random_state=0).fit(grove.singles(x), y)
    arrays = grove.planted([tree.tree_ for tree in forest.estimators_], labelled=True).to_arrays()
    arrays[name] = arrays[name].copy()
    arrays[name][place] = value
    with pytest.raises(ValueError, match="outside"):
        Grove.from_arrays(arrays, features=3, answers=2)
