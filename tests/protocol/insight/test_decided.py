from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fathom.data import media
from fathom.data.boxes import Mark
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.errors import DataError
from fathom.model import Model
from fathom.protocol.insight import decided as module
from fathom.protocol.insight.asking import OfBox, OfLabel, OfPerson
from fathom.protocol.insight.decided import COVERED, GRADIENT, decided, reading
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.gallery import unit
from fathom.tasks.identities import Identities
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
    assert learner.asked == 3  # what it says itself, what that is worth on the picture, and all covered ones at once


def test_another_label_can_be_asked_about(lit):
    (found,) = decided(Model(Corner(), "corner", "classical", PROBLEM), lit.take(np.array([0])), [OfLabel("dark", 0)])
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
    assert sizes == [(256, 171, 3)] * 3  # itself, covered, and once more in grey, as nothing was lost
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


BOXED = Problem("object-detection", "things", IMAGE, boxes=("disc", "square"))
THING = (30, 12, 54, 36)  # left, top, right, bottom


class Finder:
    """Finds a bright disc where enough of its place is left, the surer the more; and a square beside it."""

    def __init__(self):
        self.asked = []

    def predict(self, dataset):
        rows = []
        for cell in dataset["image"].to_numpy():
            left, top, right, bottom = (round(side * cell.shape[0] / 60) for side in THING)
            bright = float(cell[top:bottom, left:right].mean()) / 255
            found = Box(left, top, right, bottom, "disc", bright)
            rows.append([found, Box(0, 40, 20, 60, "square", 0.4)] if bright > 0.5 else [])
        self.asked.append(len(rows))
        return Boxes.of(rows)


@pytest.fixture
def planted():
    """One grey picture, 60 pixels high and 90 wide, in which a bright thing stands; and one in which none does."""
    pixels = np.full((2, 60, 90, 3), 110, dtype=np.uint8)
    left, top, right, bottom = THING
    pixels[0, top:bottom, left:right] = 230
    return Dataset(pl.DataFrame({"image": pl.Series(pixels)}), IMAGE)


def test_a_box_is_decided_by_its_own_place(planted):
    learner = Finder()
    (found,) = decided(Model(learner, "finder", "classical", BOXED), planted.take(np.array([0])))
    assert (found.label, found.method) == ("disc", COVERED)
    assert found.to_json()["box"]["left"] == 30
    down, across = (np.arange(side) + 0.5 for side in found.places.shape)
    down, across = down * 60 / len(down), across * 90 / len(across)
    left, top, right, bottom = THING
    inside = np.outer((down > top) & (down < bottom), (across > left) & (across < right))
    far = np.outer((down < top - 6) | (down > bottom + 6), np.ones(len(across), dtype=bool))
    assert found.places[inside].min() > 0.02
    assert found.places[far].max() < 0.05  # what is covered beside the box reaches a little into it
    assert inside.ravel()[found.places.argmax()]
    assert sum(learner.asked) < 120


def test_another_box_can_be_asked_about_and_one_that_is_not_there_has_no_map(planted):
    model = Model(Finder(), "finder", "classical", BOXED)
    row = planted.take(np.array([0]))
    (found,) = decided(model, row, [OfBox(Box(0, 40, 20, 60, "square", 0.4))])
    assert found.label == "square"
    (nowhere,) = decided(model, row, [OfBox(Box(60, 40, 80, 60, "disc", 0.4))])
    assert not nowhere.places.any()
    with pytest.raises(DataError, match="Nothing was found"):
        decided(model, planted.take(np.array([1])))


def test_what_is_not_found_on_a_smaller_picture_is_looked_for_around_its_place(planted):
    pixels = np.full((1, 1200, 1800, 3), 110, dtype=np.uint8)
    pixels[0, 300:340, 900:940] = 230
    sizes = []

    class Small:
        """Finds the one square of 40 x 40 bright pixels, by as many of them as there are."""

        def predict(self, dataset):
            sizes.append(dataset["image"].dtype.shape[:2])
            rows = []
            for cell in dataset["image"].to_numpy():
                down, across = np.nonzero(cell[..., 0] > 200)
                there = len(down) > 700 and np.ptp(down) == np.ptp(across) == 39
                rows.append([Box(across.min(), down.min(), 1 + across.max(), 1 + down.max(), "disc", len(down) / 1600)]
                            if there else [])  # fmt: skip
            return Boxes.of(rows)

    rows = Dataset(pl.DataFrame({"image": pl.Series(pixels)}), IMAGE)
    (found,) = decided(Model(Small(), "small", "classical", BOXED), rows, [OfBox(Box(900, 300, 940, 340, "disc", 1.0))])
    assert set(sizes) == {(683, 1024), (200, 200)}  # the thing and twice as much on each side
    down, across = (np.arange(side) + 0.5 for side in found.places.shape)
    down, across = down * 1200 / len(down), across * 1800 / len(across)
    inside = np.outer((down > 300) & (down < 340), (across > 900) & (across < 940))
    assert max(found.places.shape) <= 112
    assert found.places[inside].min() > 0.02
    assert found.places[~inside].mean() < 0.01


def test_wrong_boxes_are_looked_at(planted):
    truth = np.empty(2, dtype=object)
    truth[:] = [(Mark(0, 40, 20, 60, "square"),), ()]
    model = Model(Finder(), "finder", "classical", BOXED, {"threshold": 0.3})
    (told,) = reading(model, planted, truth, 60.0)
    assert (told["row"], told["label"], told["box"]["top"]) == (0, "disc", 12)
    assert reading(model, planted, truth, 0.0) == []


PERSONS = ("Ada", "Bo")
KNOWN = Problem("face-recognition", "person", IMAGE, persons=PERSONS)


class Eyes:
    """Like Ada by how bright the upper left is, like Bo by the upper right."""

    def predict(self, dataset):
        pixels = media.images(dataset["image"], dataset.folder, size=(28, 28), channels=1)[..., 0] / 255
        sides = np.column_stack([pixels[:, :14, :14].mean(axis=(1, 2)), pixels[:, :14, 14:].mean(axis=(1, 2))])
        return Identities(PERSONS, sides, unit(sides))


def test_what_makes_somebody_like_a_person_is_told_of_whoever_is_asked_about(lit):
    model = Model(Eyes(), "eyes", "deep", KNOWN, {"threshold": 0.5, "pair_threshold": 0.5})
    (found,) = decided(model, lit.take(np.array([0])))
    assert (found.label, found.method, found.face) == ("Ada", COVERED, None)
    assert found.to_json()["person"] == "Ada"
    assert found.places[:2, :3].min() > 0.01
    assert np.allclose(found.places[3:], 0)
    (other,) = decided(model, lit.take(np.array([0])), [OfPerson("Bo", 1)])
    assert other.label == "Bo"
    wrong = reading(model, lit, np.array([1, 0, 2, 0, 0, 0]), 60.0)
    assert [(each["row"], each["person"]) for each in wrong] == [(0, "Ada"), (2, "Ada")]


def test_faces_are_cut_out_before_anything_is_covered(lit, monkeypatch):
    looked = []

    def ready(dataset, column, way):
        looked.append(len(dataset))
        face = np.full((len(dataset), 96, 96, 3), 20, dtype=np.uint8)
        face[:, :48, :48] = 240
        return replace(dataset, frame=dataset.frame.with_columns(pl.Series(column, face))), np.ones(len(dataset))

    monkeypatch.setattr(module.cutting, "ready", ready)
    model = Model(Eyes(), "eyes", "classical", replace(KNOWN, cut="upright"), {"threshold": 0.5})
    (found,) = decided(model, lit.take(np.array([0])))
    assert looked == [1]
    assert found.face.shape == (96, 96, 3)
    assert found.places.shape == (7, 7)


def test_a_picture_without_a_face_is_told_so(lit, monkeypatch):
    monkeypatch.setattr(module.cutting, "ready", lambda rows, column, way: (rows, np.zeros(len(rows), dtype=np.int64)))
    model = Model(Eyes(), "eyes", "classical", replace(KNOWN, cut="upright"))
    with pytest.raises(DataError, match="No face was found"):
        decided(model, lit.take(np.array([0])))


def test_of_a_slow_detector_mistakes_are_looked_for_among_some_rows(planted, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])

    class Slow(Finder):
        def predict(self, dataset):
            clock[0] += 0.01 * len(dataset)
            return super().predict(dataset)

    rows = planted.take(np.zeros(200, dtype=np.intp))
    truth = np.empty(200, dtype=object)
    truth[:] = [()] * 200
    learner = Slow()
    told = reading(Model(learner, "slow", "classical", BOXED, {"threshold": 0.3}), rows, truth, 2.0)
    assert learner.asked[:8] == [16] * 7 + [1]  # a second of two, then the first map
    assert 0 < len(told) < 5
    assert clock[0] < 3.0
