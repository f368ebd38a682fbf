import time

import lightgbm
import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes

from fathom.classical import boosted_text, rounds
from fathom.classical.boosting import GradientBoosting
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.learner import Run
from fathom.tasks.problem import Problem


class _Killed(BaseException):
    """Stands for a kill in the middle."""


@pytest.fixture
def eager(monkeypatch):
    """Checkpoints after every round."""
    monkeypatch.setattr(rounds, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)


def _interrupted(kit, folder, after):
    dataset, problem = kit["mixed"](400, classes=2)
    train, valid, test = kit["parts"](dataset)
    told = []

    def progress(done, note):
        told.append(note)
        if len(told) == after:
            raise _Killed

    with pytest.raises(_Killed):
        GradientBoosting(rounds=40, recipes=1).fit(problem, train, valid, Run(folder=folder, progress=progress))
    return problem, train, valid, test


def test_resumes_after_a_kill(kit, tmp_path, eager):
    problem, train, valid, test = _interrupted(kit, tmp_path, 25)
    told = []
    learner = GradientBoosting(rounds=40, recipes=1)
    learner.fit(problem, train, valid, Run(folder=tmp_path, progress=lambda done, note: told.append(note)))
    assert told[0].startswith("round 25,")
    assert told[-2].startswith("round 40,")
    whole = GradientBoosting(rounds=40, recipes=1)
    whole.fit(problem, train, valid, Run())
    assert np.abs(learner.predict(test).probabilities - whole.predict(test).probabilities).mean() < 0.05


@pytest.mark.parametrize("damage", ["half", "empty", "other"])
def test_a_damaged_checkpoint_is_passed_over(kit, tmp_path, eager, damage):
    problem, train, valid, test = _interrupted(kit, tmp_path, 10)
    path = tmp_path / "recipe-1.txt"
    whole = path.read_text()
    path.write_text({"half": whole[: len(whole) // 2], "empty": "", "other": whole.replace("=", ":")}[damage])
    told = []
    learner = GradientBoosting(rounds=12, recipes=1)
    learner.fit(problem, train, valid, Run(folder=tmp_path, progress=lambda done, note: told.append(note)))
    assert told[0].startswith("round 1,")
    assert len(learner.predict(test)) == len(test)


def test_any_number_of_threads_grows_the_same_trees(kit):
    dataset, problem = kit["mixed"](300, classes=2)
    train, valid, test = kit["parts"](dataset)
    answers = []
    for threads in (1, 2):
        learner = GradientBoosting(rounds=5)
        learner.fit(problem, train, valid, Run(threads=threads))
        answers.append(learner.predict(test).probabilities)
    assert np.array_equal(*answers)


def test_stops_early(kit):
    rng = np.random.default_rng(0)
    dataset, problem = kit["table"](rng.normal(size=(400, 4)), rng.integers(0, 2, 400))
    train, valid, _ = kit["parts"](dataset)
    told = []
    learner = GradientBoosting(patience=20, recipes=1)
    learner.fit(problem, train, valid, Run(progress=lambda done, note: told.append(note)))
    assert len(told) < 100
    assert learner.booster_.current_iteration() < len(told) - 10


def test_categories_are_asked_as_such(kit):
    rng = np.random.default_rng(0)
    level = rng.integers(0, 40, 3_000)
    inputs = (Column("c", Kind.CATEGORY),)
    labels = np.where((level * 7919) % 40 < 20, "low", "high")
    frame = pl.DataFrame({"c": [f"level {each}" for each in level], "y": labels.tolist()})
    dataset = Dataset(frame, (*inputs, Column("y", Kind.CATEGORY)))
    problem = Problem("tabular-classification", "y", inputs, ("high", "low"))
    train, valid, test = kit["parts"](dataset)
    learner = GradientBoosting(rounds=100)
    learner.fit(problem, train, valid, Run.lasting(30))
    assert np.mean(learner.predict(test).codes == problem.truth(test)) == 1.0
    assert "num_cat=1" in learner.booster_.model_to_string()


@pytest.mark.parametrize(("load", "classes"), [(load_breast_cancer, True), (load_diabetes, False)])
def test_no_weaker_than_plain_lightgbm(kit, load, classes):
    x, y = load(return_X_y=True)
    dataset, problem = kit["table"](x, y, classes=classes)
    train, valid, test = kit["parts"](dataset)
    learner = GradientBoosting()
    learner.fit(problem, train, valid, Run.lasting(30))
    names = [column.name for column in problem.inputs]
    plain = (lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor)(verbose=-1, n_jobs=1)
    plain.fit(train.frame.select(names).to_numpy(), problem.truth(train))
    truth, cells = problem.truth(test), test.frame.select(names).to_numpy()
    if classes:
        own = np.mean(learner.predict(test).codes == truth)
        assert own >= np.mean(plain.predict_proba(cells).argmax(axis=1) == truth) - 0.02
    else:
        own = np.sqrt(np.mean((learner.predict(test).values - truth) ** 2))
        assert own <= 1.02 * np.sqrt(np.mean((plain.predict(cells) - truth) ** 2))


def test_one_row_is_answered_quickly(kit):
    dataset, problem = kit["mixed"](600, classes=2, numbers=18)
    train, valid, _ = kit["parts"](dataset)
    learner = GradientBoosting(rounds=100)
    learner.fit(problem, train, valid, Run.lasting(30))
    row = train.take([0])
    times = []
    for _ in range(50):
        start = time.perf_counter()
        learner.predict(row)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001


def _text(objective="binary", answers=1):
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=300), rng.integers(0, 30, 300)])
    y = rng.integers(0, max(answers, 2), 300)
    parameters = {"objective": objective, "verbosity": -1, "num_leaves": 5, "min_data_per_group": 3, "num_threads": 1}
    parameters |= {"num_class": answers} if answers > 1 else {}
    return lightgbm.train(parameters, lightgbm.Dataset(x, y, categorical_feature=[1]), 4).model_to_string()


def test_whole_trees_pass():
    for objective, answers in (("binary", 1), ("multiclass", 3), ("regression", 1)):
        text = boosted_text.checked(_text(objective, answers), features=2, answers=answers, objective=objective)
        assert lightgbm.Booster(model_str=text).num_feature() == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("left_child=", "left_child=9"),
        ("split_feature=", "split_feature=7"),
        ("num_leaves=5", "num_leaves=50000"),
        ("leaf_value=", "leaf_value=nonsense "),
        ("cat_boundaries=0", "cat_boundaries=9"),
        ("max_feature_idx=1", "max_feature_idx=99999999"),
        ("num_class=1", "num_class=1000000000"),
        ("tree_sizes=", "tree_sizes=9"),
        ("objective=binary", "objective=multiclass num_class:99"),
        ("Tree=1", "Tree=1\nis_linear=1"),
        ("end of trees", ""),
        ("version=v4", "version=v4\nforced=1"),
    ],
)
def test_damaged_trees_never_reach_lightgbm(old, new):
    text = _text()
    assert old in text
    with pytest.raises((ValueError, KeyError)):
        boosted_text.checked(text.replace(old, new), features=2, answers=1, objective="binary")


def test_every_cut_is_noticed():
    text = _text()
    end = text.index("end of trees") + len("end of trees")
    for place in range(0, end, 41):
        with pytest.raises((ValueError, KeyError)):
            boosted_text.checked(text[:place], features=2, answers=1, objective="binary")
