"""The estimators hold to scikit-learn's contract, in full, and fit into its pipelines and searches."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from fathom.errors import FathomError
from fathom.model import Model
from fathom.sklearn import FathomClassifier, FathomRegressor


@parametrize_with_checks([FathomClassifier(), FathomRegressor()])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def mixed(rows=160, seed=0):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "target": random.normal(size=rows),  # a name that the estimator would like for its own
            "colour": pd.Categorical(random.choice(["red", "푸른"], rows)),
            "word": random.choice(["yes", "no", None], rows),
            "day": pd.date_range("2024-01-01", periods=rows),
        }
    )
    y = np.where((frame["target"] > 0) ^ (frame["colour"] == "red"), "10", "9")
    frame.loc[::7, "target"] = np.nan
    frame.loc[3, "colour"] = None
    return frame, y


@pytest.mark.parametrize("form", ["pandas", "polars"])
def test_frames_with_categories_dates_and_holes(form):
    X, y = mixed()
    X = X if form == "pandas" else pl.from_pandas(X)
    estimator = FathomClassifier(random_state=0).fit(X, y)
    assert estimator.feature_names_in_.tolist() == ["target", "colour", "word", "day"]
    assert estimator.classes_.tolist() == ["10", "9"]
    probabilities = estimator.predict_proba(X)
    assert probabilities.shape == (160, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert estimator.score(X, y) > 0.8
    assert [str(column.kind) for column in estimator.model_.problem.inputs] == [
        "number",
        "category",
        "category",
        "time",
    ]


def test_an_array_of_objects_holds_numbers_and_words():
    X = np.array([[1, "a", None], [2, "b", 3.5]] * 30, dtype=object)
    estimator = FathomClassifier(random_state=0).fit(X, [0, 1] * 30)
    assert [str(column.kind) for column in estimator.model_.problem.inputs] == ["number", "category", "number"]
    assert estimator.predict(X[:2]).tolist() == [0, 1]


def test_the_order_of_columns_is_held_to_that_of_training():
    X, y = mixed()
    estimator = FathomClassifier(random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="feature names should match"):
        estimator.predict(X[["colour", "target", "word", "day"]])


def test_in_a_pipeline_and_a_search():
    random = np.random.default_rng(0)
    X = random.normal(size=(90, 3))
    y = X[:, 0] * 3 + 1
    pipeline = make_pipeline(StandardScaler(), FathomRegressor(random_state=0))
    search = GridSearchCV(pipeline, {"fathomregressor__learner": ["baseline", "ridge"]}, cv=2).fit(X, y)
    assert search.best_params_ == {"fathomregressor__learner": "ridge"}
    assert cross_val_score(search.best_estimator_, X, y, cv=2).min() > 0.9


def test_the_seed_decides():
    X, y = mixed()
    one, same = (FathomClassifier(random_state=7).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(one.predict_proba(X), same.predict_proba(X))
    assert one.scores_ == same.scores_


def test_the_best_on_validation_rows_is_kept():
    X, y = mixed()
    estimator = FathomClassifier(["baseline", "gradient-boosting"], random_state=0).fit(X, y)
    assert estimator.scores_.keys() == {"baseline", "gradient-boosting"}
    assert estimator.learner_ == "gradient-boosting"
    assert estimator.scores_["gradient-boosting"] > estimator.scores_["baseline"]


def test_its_model_can_be_saved_and_loaded(tmp_path):
    X, y = mixed()
    estimator = FathomClassifier("logistic-regression", random_state=0).fit(X, y)
    loaded = Model.load(estimator.model_.save(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.predict(X).probabilities, estimator.predict_proba(X))


@pytest.mark.parametrize(
    ("learner", "told"),
    [("ridge", "'ridge' cannot learn tabular-classification"), (["baseline", "tree"], "'tree' cannot learn")],
)
def test_an_unknown_learner_is_told(learner, told):
    with pytest.raises(FathomError, match=told):
        FathomClassifier(learner).fit([[0], [1], [0], [1]], [0, 1, 0, 1])


def test_infinity_is_refused_in_frames_as_in_arrays():
    X = pd.DataFrame({"a": [1.0, np.inf, 2.0, 3.0]})
    with pytest.raises(ValueError, match="infinity"):
        FathomRegressor().fit(X, [1.0, 2, 3, 4])
    with pytest.raises(ValueError, match="infinity"):
        FathomRegressor().fit(X.to_numpy(), [1.0, 2, 3, 4])


def test_deep_learners_learn_in_this_process():
    pytest.importorskip("torch")
    X = np.random.default_rng(0).normal(size=(200, 3))
    estimator = FathomRegressor("feedforward", minutes=0.05, random_state=0).fit(X, X[:, 0] * 2)
    assert estimator.model_.family == "deep"
    assert estimator.score(X, X[:, 0] * 2) > 0.5
