"""Learners that answer plain cells say what they say of a dataset, to the bit."""

import copy

import numpy as np
import pytest

from fathom.classical import single_row
from fathom.classical.boosting import GradientBoosting
from fathom.classical.single_row import SingleRow
from fathom.learner import RecordLearner, Run

LEARNERS = ("gradient-boosting", "logistic-regression", "ridge", "random-forest", "extra-trees")


def bits(predictions):
    return getattr(predictions, "probabilities", getattr(predictions, "values", None))


def asked(test, problem):
    """The test rows as records, one with nothing but strange and missing values at the end."""
    records = test.select([column.name for column in problem.inputs]).frame.to_dicts()
    return [*records, dict.fromkeys(records[0], None) | {"colour": "never seen", "n0": 10**15}]


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("name", LEARNERS)
def test_plain_cells_and_a_dataset(kit, name, classes):
    if (name == "ridge" and classes) or (name == "logistic-regression" and not classes):
        pytest.skip("another output")
    dataset, problem = kit["mixed"](300, classes=classes)
    train, valid, test = kit["parts"](dataset)
    learner = kit["learner"](name)
    learner.fit(problem, train, valid, Run.lasting(5, seed=1))
    assert isinstance(learner, RecordLearner)
    records = asked(test, problem)
    schema = {column.name: test.frame.schema[column.name] for column in problem.inputs}
    for some in (records[-1:], records[:1], records[-2:], records[-64:]):
        frame = type(test.frame)(some, schema=schema, strict=False)
        whole = bits(learner.predict(type(test)(frame, problem.inputs)))
        assert np.array_equal(bits(learner.predict_records(some)), whole)
        alone = np.concatenate([bits(learner.predict_records([record])) for record in some])
        assert np.array_equal(alone, whole)  # whoever is asked about beside it


@pytest.fixture(scope="module")
def trained(kit):
    dataset, problem = kit["mixed"](300, classes=3)
    train, valid, test = kit["parts"](dataset)
    learner = GradientBoosting(rounds=30, recipes=1)
    learner.fit(problem, train, valid, Run())
    return learner, learner.features_.matrix(test)


def test_a_single_row_has_the_bits_of_the_whole(trained):
    learner, matrix = trained
    single = SingleRow(learner.booster_)
    assert single.fast
    whole = learner.booster_.predict(matrix)
    assert np.array_equal(np.concatenate([single.predict(matrix[[row]]) for row in range(len(matrix))]), whole)


def test_a_library_with_other_names_answers_too(trained, monkeypatch):
    learner, matrix = trained
    expected = SingleRow(learner.booster_).predict(matrix[:1])
    monkeypatch.setattr(single_row, "FUNCTIONS", ("LGBM_ThatIsNotThere",) * 3)
    other = SingleRow(learner.booster_)
    assert not other.fast
    assert np.array_equal(other.predict(matrix[:1]), expected)


def test_a_copy_and_another_booster_answer_for_themselves(trained, kit):
    learner, matrix = trained
    before = learner._asked(learner.booster_, matrix[:1])
    assert np.array_equal(copy.deepcopy(learner)._asked(learner.booster_, matrix[:1]), before)
    dataset, problem = kit["mixed"](200, classes=3, seed=3)
    train, valid, _ = kit["parts"](dataset)
    again = copy.deepcopy(learner)
    again.fit(problem, train, valid, Run())
    assert np.array_equal(again._asked(again.booster_, matrix[:1]), again.booster_.predict(matrix[:1]))
