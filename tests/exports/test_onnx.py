import json
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
import torch
from torch import nn

pytest.importorskip("onnxruntime", reason="needs [onnx]")

import onnx

from fathom.data import media
from fathom.data.kinds import Column, Kind
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import Members
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.deep.training import Model as Network
from fathom.errors import ExportError, FathomError, StoreError
from fathom.exports import made, session
from fathom.exports.graph import widest
from fathom.exports.onnx import graph_of
from fathom.exports.parity import compared
from fathom.model import Model
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

CLASSES = ("bird", "cat", "dog")


@dataclass
class Pictures:
    """A convolutional network that nobody has trained."""

    channels: int = 3
    height: int = 21
    width: int = 30
    turn: float = 0.1
    frozen: bool = False

    def __post_init__(self):
        torch.manual_seed(5)
        network = ConvolutionalNetwork(self.channels, widths=[8, 16], depths=[1, 1], stem=2, turn=self.turn)
        for each in network.modules():
            if isinstance(each, nn.BatchNorm2d):
                each.running_mean.uniform_(-1, 1)
                each.running_var.uniform_(0.5, 2)
            if isinstance(each, nn.Conv2d):
                nn.init.normal_(each.weight, std=0.3)
        network.mean.fill_(90.0)
        network.spread.fill_(60.0)
        if self.frozen:
            network = Frozen(network)
        self.inputs_ = ImageInputs("photo", self.height, self.width, self.channels)
        self.model_ = Network(network, Label(Members(16, 1, len(CLASSES)))).eval()

    def predict(self, dataset):
        with torch.inference_mode():
            (pixels,) = self.inputs_.tensors(dataset)
            return Labels(CLASSES, self.model_.head.answer(self.model_(pixels)).numpy())


class Frozen(nn.Module):
    """What Python computes of a batch, which a trace takes for a constant."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return self.network(images) + float(images.float().mean()) / 100


def model(calibration=None, **settings):
    problem = Problem("image-classification", "kind", (Column("photo", Kind.IMAGE),), CLASSES)
    return Model(Pictures(**settings), "convolutional", "deep", problem, calibration or {}, {"score": 0.5})


def test_a_file_says_what_the_model_says(tmp_path):
    some = model({"temperature": 1.6})
    about = some.export(tmp_path / "kinds")
    assert about["parity"]["difference"] <= 1e-5
    assert sorted(each.name for each in (tmp_path / "kinds").iterdir()) == [
        "export.json",
        "manifest.json",
        "model.onnx",
    ]
    written = json.loads((tmp_path / "kinds" / "export.json").read_text("utf-8"))
    assert written["inputs"] == [{"name": "pixels", "type": "uint8", "shape": ["rows", 21, 30, 3]}]
    assert written["outputs"] == [{"name": "probabilities", "type": "float", "shape": ["rows", 3]}]
    assert written["classes"] == list(CLASSES)
    assert (written["opset"], written["preparation"]["height"], written["preparation"]["channels"]) == (20, 21, 3)
    read = onnx.load(tmp_path / "kinds" / "model.onnx")
    assert {each.key: each.value for each in read.metadata_props}["classes"] == '["bird", "cat", "dog"]'
    assert not any(each.data_type == onnx.TensorProto.DOUBLE for each in read.graph.initializer)


@pytest.mark.parametrize("rows", [1, 2, 5, 260])
def test_any_number_of_rows_goes_in(rows):
    some = model()
    graph = graph_of(some)
    running = session.Session(graph, session.traced(graph))
    given = made.rows(some.problem.inputs, rows)
    assert np.abs(running.predict(given).probabilities - some.predict(given).probabilities).max() < 1e-5


def test_the_temperature_is_inside(tmp_path):
    given = made.rows(model().problem.inputs, 4)
    answers = []
    for temperature in (1.0, 3.0):
        graph = graph_of(model({"temperature": temperature}))
        (found,) = session.Session(graph, session.traced(graph)).run(graph.tensors(given))
        answers.append(found)
    assert (answers[1].max(axis=1) < answers[0].max(axis=1)).all()


def test_rows_of_ones_own_are_compared_too(tmp_path):
    picture = media.encode(np.full((9, 9, 3), 200, dtype=np.uint8))
    about = model().export(tmp_path / "kinds", data=pl.DataFrame({"photo": [picture, None]}))
    assert about["parity"]["own_rows"] == 2


def test_what_a_trace_took_for_a_constant_is_found_and_nothing_is_written(tmp_path):
    with pytest.raises(ExportError, match="answers differently") as caught:
        model(frozen=True).export(tmp_path / "kinds")
    assert "Nothing was written" in caught.value.what
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_traced_is_refused(tmp_path):
    some = model()
    some.learner.model_.network.forward = lambda images: torch.linalg.matrix_exp(images.float())[:, 0, :1, :16]
    with pytest.raises(ExportError, match="cannot be written as ONNX"):
        some.export(tmp_path / "kinds")
    assert list(tmp_path.iterdir()) == []


def test_nothing_else_is_replaced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ExportError, match="something else"):
        model().export(tmp_path)
    with pytest.raises(ExportError, match="something else"):
        model().export(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"
    first = model().export(tmp_path / "new")
    again = model(turn=0.0).export(tmp_path / "new")
    assert first["sha256"] != again["sha256"]


def test_formats_that_are_none_are_refused(tmp_path):
    with pytest.raises(FathomError, match="no format 'tflite'"):
        model().export(tmp_path / "new", to="tflite")
    with pytest.raises(ExportError, match="no network of the transformers library"):
        model().export(tmp_path / "new", to="transformers")


def test_what_has_no_graph_is_refused(tmp_path):
    some = model()
    some.card["maker"] = "module"
    with pytest.raises(ExportError, match="learner of your own"):
        some.export(tmp_path / "new")
    some = model()
    some.problem = Problem("named-entity-recognition", "names", (Column("text", Kind.TEXT),), labels=("city",))
    with pytest.raises(ExportError, match="named-entity-recognition"):
        some.export(tmp_path / "new")


def test_rows_that_do_not_fit_are_told_as_ever(tmp_path):
    with pytest.raises(FathomError, match="photo"):
        model().export(tmp_path / "new", data=pl.DataFrame({"picture": [b""]}))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_no_session():
    graph = graph_of(model())
    whole = session.traced(graph)
    with pytest.raises(ExportError, match="cannot run"):
        session.Session(graph, whole[: len(whole) // 2])


def test_a_model_and_another_are_told_apart():
    one, other = model(), model(turn=0.0, channels=1)
    graph = graph_of(other)
    running = session.Session(graph, session.traced(graph))
    assert not compared(one, running, made.rows(one.problem.inputs, 5)).holds
    assert widest((np.zeros(3),), (np.zeros(4),)) == float("inf")


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fathom.exports.onnx.description", full)
    with pytest.raises(StoreError, match="No space"):
        model().export(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
