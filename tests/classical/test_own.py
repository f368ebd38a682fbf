import importlib.util

import numpy as np
import pytest
from sklearn import ensemble, linear_model, naive_bayes, neighbors, neural_network, svm, tree
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from fathom.classical import own
from fathom.classical.own import OwnEstimator
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run

ESTIMATORS = [
    linear_model.LogisticRegression(max_iter=500),
    linear_model.RidgeClassifier(),
    ensemble.RandomForestClassifier(10, random_state=0),
    ensemble.HistGradientBoostingClassifier(max_iter=5),
    ensemble.GradientBoostingClassifier(n_estimators=5),
    neighbors.KNeighborsClassifier(),
    neural_network.MLPClassifier((5,), max_iter=300, tol=0.1, random_state=0),
    svm.SVC(),
    naive_bayes.GaussianNB(),
    tree.DecisionTreeClassifier(),
    make_pipeline(StandardScaler(), linear_model.LogisticRegression()),
    linear_model.Ridge(),
    ensemble.RandomForestRegressor(5),
]


class Doubled(TransformerMixin, BaseEstimator):
    """A transformer from outside scikit-learn."""

    def fit(self, x, y=None):
        self.n_features_in_ = x.shape[1]
        return self

    def transform(self, x):
        return 2 * x


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda each: type(each).__name__)
def test_any_estimator_is_a_learner(kit, tmp_path, estimator):
    numbers = estimator._estimator_type == "regressor" if hasattr(estimator, "_estimator_type") else False
    numbers = numbers or isinstance(estimator, linear_model.Ridge | ensemble.RandomForestRegressor)
    dataset, problem = kit["mixed"](250, classes=0 if numbers else 3)
    train, valid, test = kit["parts"](dataset)
    learner = OwnEstimator(estimator)
    learner.fit(problem, train, valid, Run())
    predictions = kit["values"](learner.predict(test))
    assert np.isfinite(predictions).all()
    assert numbers or np.allclose(predictions.sum(axis=1), 1)
    assert "n0" in learner.features()
    learner.save(tmp_path)
    assert np.array_equal(kit["values"](OwnEstimator.load(tmp_path).predict(test)), predictions)


@pytest.mark.parametrize("pandas", [True, False])
def test_a_column_transformer_gets_columns_by_name(kit, tmp_path, monkeypatch, pandas):
    if pandas and importlib.util.find_spec("pandas") is None:
        pytest.skip("pandas is not installed")
    monkeypatch.setattr(own.frames, "pandas_here", lambda: pandas)
    columns = ColumnTransformer(
        [("numbers", SimpleImputer(), ["n0", "n1"]), ("colours", OneHotEncoder(handle_unknown="ignore"), ["colour"])]
    )
    dataset, problem = kit["mixed"](250)
    train, valid, test = kit["parts"](dataset)
    learner = OwnEstimator(make_pipeline(columns, linear_model.LogisticRegression(max_iter=5_000)))
    learner.fit(problem, train, valid, Run())
    learner.save(tmp_path)
    again = OwnEstimator.load(tmp_path)
    assert np.array_equal(again.predict(test).probabilities, learner.predict(test).probabilities)
    assert np.mean(learner.predict(test).codes == problem.truth(test)) > 0.5


def test_pictures_come_as_pixels(kit):
    dataset, problem = kit["digits"](300)
    train, valid, test = kit["parts"](dataset)
    learner = OwnEstimator(neighbors.KNeighborsClassifier(3))
    learner.fit(problem, train, valid, Run())
    assert np.mean(learner.predict(test).codes == problem.truth(test)) > 0.85


def test_the_given_estimator_stays_unfitted(kit):
    dataset, problem = kit["mixed"](100)
    estimator = linear_model.LogisticRegression()
    OwnEstimator(estimator).fit(problem, dataset, dataset, Run())
    assert not hasattr(estimator, "coef_")


def test_a_type_from_outside_must_be_named(kit, tmp_path):
    dataset, problem = kit["mixed"](100)
    learner = OwnEstimator(make_pipeline(Doubled(), linear_model.LogisticRegression()))
    learner.fit(problem, dataset, dataset, Run())
    learner.save(tmp_path)
    with pytest.raises(StoreError, match=r"not trusted: .*Doubled"):
        OwnEstimator.load(tmp_path)


def test_what_cannot_be_learned_is_a_clear_error(kit):
    dataset, problem = kit["mixed"](100)
    with pytest.raises(TrainingError, match="MultinomialNB"):
        OwnEstimator(naive_bayes.MultinomialNB()).fit(problem, dataset, dataset, Run())
