import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.model import Model
from fathom.protocol.insight import decided as module
from fathom.protocol.insight.decided import COVERED, GRADIENT, decided, reading
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

CLASSES = ("dark", "light")
IMAGE = (Column("image", Kind.IMAGE),)
PROBLEM = Problem("image-classification", "kind", IMAGE, CLASSES)


class Corner:
    """Says "light" by how bright the upper left quarter is."""

    asked = 0

    def predict(self, dataset):
        self.asked += 1
        pixels = np.stack(dataset.frame["image"].to_numpy())
        height, width = pixels.shape[1:3]
        bright = pixels[:, : height // 2, : width // 2].mean(axis=(1, 2, 3)) / 255
        return Labels(CLASSES, np.column_stack([1 - bright, bright]))


@pytest.fixture
def lit():
    """Dark pictures with light in the upper left quarter."""
    pixels = np.full((6, 28, 42, 3), 20, dtype=np.uint8)
    pixels[:, :14, :21] = 240
    return Dataset(pl.DataFrame({"image": pl.Series(pixels)}), IMAGE)


def test_the_place_that_decides_costs_most(lit):
    learner = Corner()
    (found,) = decided(Model(learner, "corner", "classical", PROBLEM), lit.take(np.array([0])))
    assert (found.label, found.method) == ("light", COVERED)
    assert found.places.shape == (5, 7)
    assert found.places[0, 0] > 0.03
    assert np.allclose(found.places[3:, 4:], 0)
    assert learner.asked == 2  # the row itself, and all covered pictures at once


def test_another_label_can_be_asked_about(lit):
    (found,) = decided(Model(Corner(), "corner", "classical", PROBLEM), lit.take(np.array([0])), [0])
    assert found.label == "dark"
    assert found.places[0, 0] < -0.03


def test_networks_are_asked_by_their_gradient_and_covered_where_it_says_nothing(lit, monkeypatch):
    heat = np.zeros((6, 4, 4))
    heat[0, 1, 2] = 1.0
    monkeypatch.setattr(module.catalog, "load", lambda path: lambda learner, rows, codes: heat)
    found = decided(Model(Corner(), "corner", "deep", PROBLEM), lit)
    assert [each.method for each in found] == [GRADIENT] + [COVERED] * 5
    assert found[0].to_json()["places"][1][2] == 1.0


def test_large_pictures_are_covered_small(tmp_path):
    (tmp_path / "one.png").write_bytes(encode(np.full((900, 600, 3), 200, dtype=np.uint8)))
    sizes = []

    class Sized(Corner):
        def predict(self, dataset):
            cells = dataset["image"]
            if cells.dtype == pl.String:
                return Labels(CLASSES, np.full((len(dataset), 2), 0.5))
            sizes.append(cells.dtype.shape)
            return Labels(CLASSES, np.full((len(dataset), 2), 0.5))

    rows = Dataset(pl.DataFrame({"image": ["one.png"]}), IMAGE, folder=tmp_path)
    (found,) = decided(Model(Sized(), "sized", "classical", PROBLEM), rows)
    assert sizes == [(256, 171, 3)] * 2  # once more in grey, as nothing was lost
    assert found.places.shape == (7, 5)


def test_the_surest_mistakes_are_looked_at_first(lit):
    truth = np.array([1, 0, 0, 1, -1, 0])
    found = reading(Model(Corner(), "corner", "classical", PROBLEM), lit, truth, 60.0)
    assert sorted(each["row"] for each in found) == [1, 2, 5]
    assert {each["label"] for each in found} == {"light"}
    assert reading(Model(Corner(), "corner", "classical", PROBLEM), lit, truth, -1.0) == []


def test_of_several_labels_the_most_probable_is_asked_about(lit):
    class Both(Corner):
        def predict(self, dataset):
            return LabelSets.of(CLASSES, super().predict(dataset).probabilities)

    problem = Problem("multi-label-image-classification", "kinds", IMAGE, sets=CLASSES)
    truth = np.array([[1, 0]] * 6, dtype=np.int8)
    found = reading(Model(Both(), "both", "classical", problem), lit, truth, 60.0)
    assert [each["label"] for each in found] == ["light"] * 6
