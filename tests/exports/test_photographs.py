"""Features of photographs and of faces are the same inside a file as they are in the learners."""

import numpy as np
import polars as pl
import pytest

pytest.importorskip("onnxruntime", reason="needs [onnx]")

import torch

from fathom import catalog
from fathom.classical.features import photograph, visual_words
from fathom.classical.features.photograph import GROUPS, Photograph
from fathom.classical.features.visual_words import VisualWords
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.exports import photographs
from fathom.exports.graph import Graph
from fathom.exports.session import Session, traced
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks.problem import Problem


def scenes(rows, side, channels, seed=0):
    """Coarse patches under noise: borders, flat places, gray ones among coloured ones."""
    chance = np.random.default_rng(seed)
    coarse = chance.integers(0, 256, (rows, 6, 6, channels)).repeat(side // 6 + 1, axis=1).repeat(side // 6 + 1, axis=2)
    pixels = coarse[:, :side, :side] + chance.integers(-9, 10, (rows, side, side, channels)) * (
        np.arange(rows) % 3 > 0
    ).reshape(-1, 1, 1, 1)
    pixels[0] = pixels[0, ..., :1]
    return np.clip(pixels, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("side", "channels"), [(64, 1), (128, 3)])
@pytest.mark.parametrize("group", GROUPS)
def test_features_are_those_of_the_learners(group, side, channels):
    if group == photograph.COLOURS and channels == 1:
        pytest.skip("grey pictures have no colours")
    pixels = scenes(6, side, channels)
    words = VisualWords.learn(pixels.mean(axis=3, dtype=np.float32) / np.float32(255))
    nothing = np.zeros(0, dtype=np.float32)
    plain = Photograph("photo", side, channels, (group,), words, nothing, nothing)._features(pixels)
    width = np.zeros(plain.shape[1], dtype=np.float32)
    told = photographs.PhotographFeatures(Photograph("photo", side, channels, (group,), words, width, width + 1))
    given = torch.tensor(pixels)
    with torch.no_grad():
        mine = told(given).numpy()
    graph = Graph(told, (given[:2],), ("pixels",), ("features",), lambda rows: (given,), lambda run, rows: None, {})
    (filed,) = Session(graph, traced(graph)).run((given,))
    assert mine.shape == filed.shape == plain.shape
    assert np.abs(mine - plain).max() < 2e-6
    assert np.abs(filed - plain).max() < 2e-6
    assert np.abs(plain).max() > 0.1


def test_a_gradient_of_any_direction_is_shared_by_the_same_two():
    angles = np.concatenate([np.arange(-8, 9) * np.pi / 4, np.linspace(-np.pi, np.pi, 175)])
    field = np.zeros((len(angles), 8, 8))
    ramp = np.arange(8.0)
    for place, angle in enumerate(angles):
        field[place] = np.sin(angle) * ramp[:, None] + np.cos(angle) * ramp
    down, right = np.zeros_like(field), np.zeros_like(field)
    down[:, 1:-1], right[:, :, 1:-1] = field[:, 2:] - field[:, :-2], field[:, :, 2:] - field[:, :, :-2]
    mine = photographs.cells(torch.tensor(field)).numpy()
    assert np.abs(mine - visual_words._cells(down, right)).max() < 1e-5


def test_flat_places_have_no_direction_in_a_file_either():
    class Cells(torch.nn.Module):
        def forward(self, pictures):
            return photographs.cells(pictures)

    field = torch.tensor(np.random.default_rng(0).integers(0, 3, (4, 16, 16)) / 2)
    field[0] = 0.5
    graph = Graph(Cells(), (field,), ("pictures",), ("cells",), None, None, {}, {})
    (said,) = Session(graph, traced(graph)).run((field,))
    assert np.abs(said - photographs.cells(field).numpy()).max() < 1e-5


def dataset(pixels, labels, kind):
    cells = pl.Series("photo", [media.encode(each) for each in pixels], dtype=pl.Binary)
    return Dataset(
        pl.DataFrame([cells, pl.Series("label", labels)]), (Column("photo", Kind.IMAGE), Column("label", kind))
    )


@pytest.mark.parametrize("name", ["logistic-regression", "support-vectors"])
def test_models_of_photographs_leave_as_files_that_say_the_same(name, tmp_path):
    labels = np.arange(32) % 3
    pixels = scenes(32, 72, 3)
    pixels[labels == 1, ::4] = 20
    pixels[labels == 2, :, ::3] = 230
    rows = dataset(pixels, [f"kind {each}" for each in labels], Kind.CATEGORY)
    problem = Problem("image-classification", "label", rows.columns[:1], ("kind 0", "kind 1", "kind 2"))
    learner = catalog.load(catalog.learner(name).path)()
    learner.fit(problem, rows.take(range(24)), rows.take(range(24, 32)), Run.lasting(5, seed=1))
    assert isinstance(learner.features_, Photograph)
    about = Model(learner, name, "classical", problem, {"temperature": 1.3}).export(tmp_path / "out", data=rows)
    assert about["parity"]["own_difference"] <= 1e-4
