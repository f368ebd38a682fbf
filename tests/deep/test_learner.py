"""What every deep learner promises: the contract, on small problems."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest
import torch

from fathom.data.dataset import Dataset
from fathom.deep.convolutional import Convolutional
from fathom.deep.feedforward import Feedforward
from fathom.errors import StoreError, TrainingError
from fathom.learner import Learner, Run

SMALL = {"members": 4, "width": 32}
CASES = {
    "labels of tables": ("people", "label", lambda: Feedforward(**SMALL, epochs=8)),
    "numbers of tables": ("people", "number", lambda: Feedforward(**SMALL, epochs=30)),
    "labels of small pictures": ("halves", "label", lambda: Feedforward(**SMALL, epochs=8)),
    "labels of pictures": ("halves", "label", lambda: Convolutional(epochs=8)),
}


@pytest.fixture(scope="module", params=CASES)
def case(request, pose):
    """A fitted learner, its problem and its data."""
    name, target, make = CASES[request.param]
    data = request.getfixturevalue(name)
    problem = pose(data, target)
    learner = make()
    size = len(data) * 3 // 4
    learner.fit(problem, data.take(range(size)), data.take(range(size, len(data))), Run(seed=1))
    return learner, problem, data


def values(learner: Learner, data: Dataset) -> np.ndarray:
    found = learner.predict(data)
    return found.probabilities if hasattr(found, "probabilities") else found.values


def test_it_is_a_learner_that_found_its_own_features(case):
    learner, _, _ = case
    assert isinstance(learner, Learner)
    assert learner.features() is None


def test_it_beats_the_baseline(case):
    learner, problem, data = case
    truth, found = problem.truth(data), learner.predict(data)
    if problem.classes:
        assert (found.codes == truth).mean() > 0.8
        assert found.classes == problem.classes
        assert np.allclose(found.probabilities.sum(axis=1), 1)
        assert found.probabilities.dtype == np.float64
    else:
        assert np.abs(found.values - truth).mean() < 0.4 * np.abs(np.median(truth) - truth).mean()


def test_a_batch_equals_single_rows_and_the_order_does_not_matter(case):
    learner, _, data = case
    some = data.take(range(40))
    together = values(learner, some)
    alone = np.concatenate([values(learner, some.take([row])) for row in range(40)])
    assert np.allclose(together, alone, rtol=0, atol=1e-5 * np.abs(together).max())
    order = np.random.default_rng(0).permutation(40)
    assert np.allclose(values(learner, some.take(order)), together[order], rtol=0, atol=1e-5 * np.abs(together).max())


def test_no_rows_give_no_predictions(case):
    learner, _, data = case
    assert len(learner.predict(data.take([]))) == 0


def test_the_target_is_not_needed(case):
    learner, problem, data = case
    without = data.select([column.name for column in problem.inputs])
    assert np.array_equal(values(learner, without), values(learner, data))


def test_what_was_saved_is_loaded(case, tmp_path):
    learner, problem, data = case
    learner.save(tmp_path)
    again = type(learner).load(tmp_path)
    assert again == learner
    assert again.problem_ == problem
    assert np.array_equal(values(again, data), values(learner, data))
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors", ".json"}


def test_the_same_seed_gives_the_same_model(case):
    learner, problem, data = case
    size = len(data) * 3 // 4
    again = type(learner)(**{name: getattr(learner, name) for name in learner.parameters()})
    again.fit(problem, data.take(range(size)), data.take(range(size, len(data))), Run(seed=1))
    mine, other = learner.model_.state_dict(), again.model_.state_dict()
    assert all(torch.equal(mine[name], other[name]) for name in mine)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("format", 99),
        ("kind", "gradient-boosting"),
        ("design", {"width": 10**12}),
        ("design", {"numbers": 3, "counts": [10**9]}),
        ("design", {"depth": 10**6}),
        ("design", None),
        ("inputs", {}),
        ("inputs", []),
        ("problem", "no"),
        ("parameters", []),
        ("smoothing", "x"),
    ],
)
def test_a_hostile_description_is_refused(case, tmp_path, name, change):
    learner, _, _ = case
    learner.save(tmp_path)
    path = tmp_path / "learner.json"
    data = json.loads(path.read_text())
    data[name] = {**data[name], **change} if isinstance(change, dict) and change else change
    path.write_text(json.dumps(data))
    with pytest.raises(StoreError):
        type(learner).load(tmp_path)


def test_weights_of_another_model_are_refused(case, tmp_path):
    learner, problem, data = case
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    learner.save(tmp_path / "one")
    other = type(learner)(**{**learner.parameters(), **({"width": 16} if "width" in learner.parameters() else {})})
    other.fit(problem, data.take(range(50)), data.take(range(50, 60)), Run.lasting(0.01))
    torch.nn.init.zeros_(other.model_.head.outputs.bias)
    other.model_.register_buffer("more", torch.zeros(1))
    other.save(tmp_path / "two")
    (tmp_path / "two" / "weights.safetensors").replace(tmp_path / "one" / "weights.safetensors")
    with pytest.raises(StoreError, match="tensor"):
        type(learner).load(tmp_path / "one")


@pytest.mark.parametrize("seconds", [0.05, 1.0])
def test_the_deadline_is_kept(case, seconds):
    learner, problem, data = case
    endless = type(learner)(**{**learner.parameters(), "epochs": 1_000_000})
    started = time.monotonic()
    endless.fit(problem, data.take(range(200)), data.take(range(200, 240)), Run.lasting(seconds))
    assert time.monotonic() - started < seconds + 1.0
    assert np.isfinite(values(endless, data)).all()


def test_unseen_and_missing_values_are_answered(people, pose):
    learner = Feedforward(**SMALL, epochs=2)
    learner.fit(pose(people, "label"), people.take(range(300)), people.take(range(300, 400)), Run())
    blank = pl.DataFrame({name: pl.Series([None], dtype=kind) for name, kind in people.frame.schema.items()})
    odd = people.frame.head(1).with_columns(color=pl.lit("mauve"), one=pl.lit(1e300), two=pl.lit(-math.inf))
    for frame in (blank, odd):
        assert np.isfinite(values(learner, Dataset(frame, people.columns))).all()


def test_a_class_with_one_row_and_a_class_without_are_learned_around(people, pose):
    frame = people.frame.with_columns(label=pl.concat([pl.Series(["rare", None]), people.frame["label"][2:]]))
    data = Dataset(frame, people.columns)
    problem = pose(Dataset(frame.drop_nulls("label"), people.columns), "label")
    learner = Feedforward(**SMALL, epochs=2)
    learner.fit(problem, data.take(range(300)), data.take(range(300, 400)), Run())
    found = learner.predict(data)
    assert found.classes == ("no", "rare", "yes")
    assert (found.probabilities > 0).all()


def test_a_rare_class_is_not_forgotten(make_table, pose):
    data = make_table(1500)
    rare = (data.frame["one"].fill_null(0) > 1.7).to_numpy()
    frame = data.frame.with_columns(label=pl.Series(np.where(rare, "rare", "common")))
    data = Dataset(frame, data.columns)
    problem = pose(data, "label")
    learner = Feedforward(**SMALL, epochs=25)
    learner.fit(problem, data.take(range(1000)), data.take(range(1000, 1250)), Run())
    found = learner.predict(data.take(range(1250, 1500)))
    assert rare.mean() < 0.08
    assert (found.codes == rare[1250:])[rare[1250:]].mean() > 0.6


def test_columns_that_say_nothing_leave_the_frequencies(pose):
    from fathom.data.kinds import Column, Kind

    frame = pl.DataFrame({"same": [1.0] * 40, "label": ["a"] * 30 + ["b"] * 10})
    data = Dataset(frame, (Column("same", Kind.NUMBER), Column("label", Kind.CATEGORY)))
    learner = Feedforward(**SMALL, epochs=5)
    learner.fit(pose(data, "label"), data, data, Run())
    assert learner.predict(data.take([0])).probabilities[0].tolist() == pytest.approx([0.75, 0.25], abs=0.1)


def test_no_training_row_with_a_target_is_a_clear_error(people, pose):
    empty = Dataset(people.frame.with_columns(label=pl.lit(None, pl.String)), people.columns)
    with pytest.raises(TrainingError, match="No training row"):
        Feedforward(epochs=1).fit(pose(people, "label"), empty, empty, Run())


def test_colours_may_be_mirrored_and_signs_never(pose, make_pictures):
    from fathom.deep.inputs.image import ImageInputs

    problem = pose(make_pictures(20), "label")
    digits = type(problem)(problem.task, problem.target, problem.inputs, ("0", "1"))
    learner = Convolutional()
    assert learner._mirrored(problem, ImageInputs("image", 8, 8, 3))
    assert not learner._mirrored(problem, ImageInputs("image", 8, 8, 1))
    assert not learner._mirrored(digits, ImageInputs("image", 8, 8, 3))
    assert Convolutional(mirror=True)._mirrored(digits, ImageInputs("image", 8, 8, 1))


COMPILER = """
import sys
from pathlib import Path
import polars as pl
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.feedforward import Feedforward
from fathom.learner import Run
from fathom.tasks.problem import Problem
columns = (Column("x", Kind.NUMBER), Column("c", Kind.CATEGORY))
data = Dataset(pl.DataFrame({"x": [1.0, 2.0] * 20, "c": ["a", "b"] * 20, "y": ["a", "b"] * 20}),
               (*columns, Column("y", Kind.CATEGORY)))
learner = Feedforward(epochs=1)
learner.fit(Problem("tabular-classification", "y", columns, ("a", "b")), data, data, Run())
learner.save(Path(sys.argv[1]))
Feedforward.load(Path(sys.argv[1])).predict(data)
print("torch._dynamo" in sys.modules)
"""


def test_learning_loading_and_answering_import_no_compiler(tmp_path):
    """It would take a second of every trial and of every start of a server."""
    found = subprocess.run([sys.executable, "-c", COMPILER, str(tmp_path)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
