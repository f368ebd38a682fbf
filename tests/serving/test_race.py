"""Which of a network and its graph answers, what the server says of it, and what becomes of trouble."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

pytest.importorskip("onnxruntime", reason="needs [onnx]")

from fathom import catalog
from fathom.data.kinds import Column, Kind
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import Members
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.networks.feedforward import PixelNetwork
from fathom.deep.training import Model as Network
from fathom.exports import race
from fathom.exports.parity import Parity
from fathom.model import Model
from fathom.serving.models import Models, Served
from fathom.serving.rows import Rows
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem


@dataclass
class Tones:
    """A small network that nobody has trained, and how often it was asked."""

    asked: int = 0
    noisy: bool = False

    def __post_init__(self):
        torch.manual_seed(3)
        self.inputs_ = ImageInputs("image", 8, 8, 1)
        network = Noisy() if self.noisy else PixelNetwork(1, 8, 8, members=2, size=16)
        self.model_ = Network(network, Label(Members(16, 2, 2))).eval()

    def predict(self, dataset):
        self.asked += 1
        with torch.inference_mode():
            return Labels(
                ("dark", "light"), self.model_.head.answer(self.model_(*self.inputs_.tensors(dataset))).numpy()
            )


class Noisy(nn.Module):
    """Never says the same twice, as no graph can copy."""

    def forward(self, images):
        return torch.zeros(len(images), 2, 16) + float(torch.rand(1)) * 100


def model(family="deep", **settings):
    problem = Problem("image-classification", "tone", (Column("image", Kind.IMAGE),), ("dark", "light"))
    return Model(Tones(**settings), "feedforward", family, problem, {"temperature": 2.0})


@pytest.fixture
def timed(monkeypatch):
    """The times that the race reads: of the model and of the graph, for one row and for many."""

    def say(one, batch):
        answers = iter((one, batch))
        monkeypatch.setattr(race, "timed", lambda *_: next(answers))

    return say


def test_a_graph_that_is_quicker_answers_and_says_the_same(timed, make):
    timed((2.0, 1.0), (5.0, 5.4))
    some = model()
    served = Models(Served(some, "tones", "1")).current
    before = some.learner.asked
    rows = [{"image": make.png(level)} for level in (0, 90, 255)]
    answers = served.predict(Rows([dict(row) for row in rows]))
    assert some.learner.asked == before
    assert np.abs(answers.probabilities - some.predict(rows).probabilities).max() < 1e-5
    assert "ONNX Runtime" in str(served.race).partition(":")[0]


@pytest.mark.parametrize(("one", "batch"), [((1.0, 1.2), (5.0, 3.0)), ((2.0, 1.0), (5.0, 5.6))])
def test_a_graph_that_is_slower_does_not(timed, make, one, batch):
    timed(one, batch)
    some = model()
    served = Models(Served(some, "tones", "1")).current
    before = some.learner.asked
    served.predict(Rows([{"image": make.png()}]))
    assert some.learner.asked == before + 1
    assert str(served.race).startswith("PyTorch")


def test_a_graph_that_answers_differently_does_not():
    some = model(noisy=True)
    served = Models(Served(some, "tones", "1")).current
    assert served.race.session is None
    assert "differently" in str(served.race)


def test_nothing_is_raced_without_the_runtime_nor_for_classical_models(monkeypatch):
    assert Models(Served(model("classical"), "tones", "1")).current.race is None
    monkeypatch.setitem(catalog.EXTRAS, "onnx", ("no_such_module",))
    assert Models(Served(model(), "tones", "1")).current.race is None


def test_a_race_that_fails_leaves_the_model_answering(monkeypatch, caplog):
    def broken(model):
        raise ZeroDivisionError

    monkeypatch.setattr(race, "race", broken)
    served = Models(Served(model(), "tones", "1")).current
    assert served.race is None
    assert "its graph failed" in caplog.text


def test_times_are_taken_in_turns():
    asked = []
    rows = [1]
    some, other = race.timed(lambda rows: asked.append("some"), lambda rows: asked.append("other"), rows)
    assert asked[:4] == ["some", "other", "some", "other"]
    assert 0 <= min(some, other) < 0.1


def test_the_server_tells_what_it_runs_on(serving, make, timed, capsys):
    timed((2.0, 1.0), (5.0, 5.0))
    with serving(model()) as client:
        told = client.get("/model").json()["runtime"]
        assert told["name"] == "onnxruntime"
        assert told["milliseconds"]["torch"]["one"] == 2000.0
        assert told["difference"] <= Parity(0.0, 1e-4, 1).tolerance
        answer = client.post("/predict", content=make.png(), headers={"content-type": "image/png"}).json()
        assert answer["predictions"][0]["prediction"] in ("dark", "light")


def test_the_start_says_what_it_runs_on(timed, capsys):
    from fathom.serving.app import create_app
    from fathom.serving.serve import announce

    timed((2.0, 1.0), (5.0, 5.0))
    app = create_app(model(), name="tones")
    announce("127.0.0.1", 8000, None, app.state.serving)
    assert "runs on: ONNX Runtime" in capsys.readouterr().err
