from dataclasses import dataclass

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from fathom import catalog
from fathom.errors import FathomError
from fathom.protocol.contenders import BASELINE, bring, choose, families, stocked


class Ridge(RidgeClassifier):
    """Called like a learner of the catalog."""


@dataclass
class Own:
    """A learner that follows the contract."""

    def fit(self, problem, train, valid, run):
        pass

    def predict(self, dataset):
        pass

    def save(self, folder):
        pass

    @classmethod
    def load(cls, folder):
        return cls()

    def features(self):
        return None


@pytest.mark.parametrize("task", [row.name for row in catalog.TASKS])
def test_all_that_fit_compete_by_default_and_the_baseline_is_first(task):
    names = [each.name for each in choose(task)]
    assert names[0] == BASELINE
    assert set(names) == {row.name for row in catalog.learners_for(task) if row.contender}


def test_the_baseline_always_competes_and_nobody_twice():
    names = [each.name for each in choose("tabular-regression", ["gradient-boosting", "ridge", "ridge"])]
    assert names == [BASELINE, "ridge", "gradient-boosting"]


def test_own_objects_get_names_of_their_own():
    brought = bring(["ridge", DummyClassifier(), DummyClassifier(), Ridge(), Own()])
    assert [each.name for each in brought] == ["DummyClassifier", "DummyClassifier-2", "Ridge-2", "Own"]
    assert [each.maker for each in brought] == ["estimator", "estimator", "estimator", "own"]
    assert [each.family for each in brought] == ["classical", "classical", "classical", "deep"]
    assert [each.parcel is None for each in brought] == [False, False, False, True]
    assert [bool(each.bound) for each in brought] == [False, False, False, True]
    chosen = choose("tabular-classification", ["support-vectors", *brought], brought)
    assert [each.name for each in chosen] == [BASELINE, "support-vectors", *(each.name for each in brought)]


def test_a_description_is_the_same_in_every_process():
    (brought,) = bring([make_pipeline(FunctionTransformer(catalog.load), DummyClassifier())])
    assert "FunctionTransformer(func=<function load>)" in brought.parameters["own"]


def test_only_families_that_are_wanted_are_loaded():
    assert families(["ridge"]) == {"classical": [BASELINE, "ridge"]}
    assert set(families(None)) == {"classical", "deep"}
    assert set(families([Own()])) == {"classical"}


@pytest.mark.parametrize("wrong", ["xgboost", ["feedforward", "crf"], 7, [None], []])
def test_what_cannot_compete_is_refused(wrong):
    with pytest.raises(FathomError):
        choose("tabular-classification", wrong, bring(wrong))


def test_a_trained_network_brings_the_learner_that_starts_from_it():
    named = choose("text-classification", ["recurrent"], backbone="some/network")
    assert [each.name for each in named] == [BASELINE, "recurrent", "pretrained"]
    assert named[-1].missing or named[-1].parameters == {"backbone": "some/network"}
    everyone = {each.name for each in choose("text-classification", backbone="some/network")}
    assert everyone - {each.name for each in choose("text-classification")} == {"pretrained"}


@pytest.mark.parametrize(
    ("task", "asked", "said"),
    [
        ("text-classification", {"learners": ["pretrained"]}, "none is named"),
        ("tabular-regression", {"backbone": "some/network"}, "trained network"),
    ],
)
def test_a_trained_network_must_be_named_and_be_of_use(task, asked, said):
    with pytest.raises(FathomError, match=said) as raised:
        choose(task, **asked)
    assert raised.value.remedy


def test_a_trained_network_wants_a_host_of_its_family():
    assert families(["logistic-regression"]).keys() == {"classical"}
    assert families(["logistic-regression"], backbone=True).get("deep", ["pretrained"]) == ["pretrained"]


def test_what_a_trained_network_needs_is_imported_beside_what_all_others_need():
    deep = families(None, backbone=True)["deep"]
    assert {"pretrained", "convolutional"} <= set(deep)
    assert families(None)["deep"] == []


def test_texts_without_labels_reach_those_who_can_learn_from_them():
    told = stocked(choose("text-classification", ["transformer", "convolutional"]), "stock.parquet")
    assert {each.name: each.parameters for each in told} == {
        BASELINE: {},
        "convolutional": {},
        "transformer": {"pretrain": "stock.parquet"},
    }
    with pytest.raises(FathomError, match="without labels"):
        stocked(choose("text-classification", ["convolutional"]), "stock.parquet")
