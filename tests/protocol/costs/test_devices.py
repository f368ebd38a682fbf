import time

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.learner import Run
from fathom.protocol.costs import devices
from fathom.tasks.problem import Problem

torch = pytest.importorskip("torch")

COLUMNS = (Column("x", Kind.NUMBER), Column("y", Kind.NUMBER))
PROBLEM = Problem("tabular-classification", "kind", COLUMNS, ("no", "yes"))


def rows(count, seed):
    x, y = np.random.default_rng(seed).normal(size=(2, count))
    kind = ["yes" if each else "no" for each in x + y > 0]
    columns = (*COLUMNS, Column("kind", Kind.CATEGORY, categories=("no", "yes")))
    return Dataset(pl.DataFrame({"x": x, "y": y, "kind": kind}), columns)


PARTS = rows(300, 0), rows(60, 1), rows(50, 2)


@pytest.fixture(scope="module")
def trained():
    from fathom.deep.feedforward import Feedforward

    learner, run = Feedforward(), Run.lasting(2.0)
    learner.fit(PROBLEM, *PARTS[:2], run)
    return learner, run


def elsewhere(trained, parts=PARTS, left=10.0):
    learner, run = trained
    return devices.elsewhere(learner, PROBLEM, parts, run, 20.0, time.monotonic() + left)


@pytest.fixture
def two_devices(monkeypatch):
    """Another name of the processor stands for another device."""
    monkeypatch.setattr(devices, "others", lambda device: ["cpu:0"])


def test_what_was_trained_on_the_processor_is_not_measured_again(trained):
    assert elsewhere(trained) == {}


def test_latency_is_measured_and_training_extrapolated(trained, two_devices):
    before = trained[0].predict(PARTS[2]).probabilities
    found = elsewhere(trained)["cpu:0"]
    assert found["latency_ms"]["row"]["p50"] > 0
    assert found["latency_ms"]["batch"]["calls"] >= 1
    assert found["fit_source"] == "extrapolated"
    assert found["fit_steps"] >= devices.LEAST_STEPS
    assert found["fit_seconds"] > 0
    assert np.array_equal(trained[0].predict(PARTS[2]).probabilities, before)


def test_the_network_comes_home(trained, two_devices, monkeypatch):
    model = trained[0].model_
    moves = []
    monkeypatch.setattr(type(model), "to", lambda _, device: moves.append(str(device)))
    with devices._moved(trained[0], "cpu:0") as moved:
        assert moved
        moves.append("measured")
    assert moves == ["cpu:0", "measured", "cpu"]


def test_a_device_without_room_is_left_out(trained, monkeypatch, two_devices):
    home = next(trained[0].model_.parameters()).device
    move = type(trained[0].model_).to

    def full(model, device):
        if str(device) == "cpu:0":
            raise torch.cuda.OutOfMemoryError("no room")
        return move(model, device)

    monkeypatch.setattr(type(trained[0].model_), "to", full)
    assert elsewhere(trained) == {}
    assert next(trained[0].model_.parameters()).device == home


def test_without_time_nothing_is_begun(trained, two_devices):
    assert elsewhere(trained, left=-1.0) == {}


def test_a_short_training_that_fails_leaves_the_latency(trained, two_devices, monkeypatch):
    def fail(*_):
        raise RuntimeError("no kernel")

    monkeypatch.setattr(type(trained[0]), "fit", fail)
    found = elsewhere(trained)["cpu:0"]
    assert set(found) == {"latency_ms"}


def test_learners_without_a_network_are_left_alone(two_devices):
    class Plain:
        pass

    assert elsewhere((Plain(), Run())) == {}


def test_the_graphics_processor_is_named(monkeypatch):
    monkeypatch.setattr("torch.cuda.get_device_name", lambda device: f"a card, {device}")
    assert devices.used("cuda:0", 4) == {"device": "cuda:0", "name": "a card, cuda:0", "threads": 4}
    assert devices.others("cuda:0") == ["cpu"]
