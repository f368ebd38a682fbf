import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.model import Model
from fathom.protocol.insight.places import occlusion
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

CLASSES = ("dark", "bright")
IMAGE = (Column("image", Kind.IMAGE),)


class Corner:
    """Says "bright" where the upper left corner is."""

    def predict(self, dataset):
        pixels = np.stack(dataset.frame["image"].to_numpy())
        bright = pixels[:, :2, :2].mean(axis=(1, 2, 3)) > 100
        return Labels(CLASSES, np.where(bright[:, None], [0.1, 0.9], [0.9, 0.1]))


@pytest.fixture
def corners():
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 255, (120, 8, 16, 1), dtype=np.uint8)
    truth = generator.integers(0, 2, 120)
    pixels[:, :2, :2] = np.where(truth, 220, 10)[:, None, None, None]
    frame = pl.DataFrame({"image": pl.Series(pixels)})
    model = Model(Corner(), "corner", "classical", Problem("image-classification", "kind", IMAGE, CLASSES))
    return model, Dataset(frame, IMAGE), truth


def test_the_place_that_is_looked_at_matters_and_no_other(corners):
    found = occlusion(*corners, seconds=60.0)
    assert len(found) == 8 * 4  # places as wide as high
    top = max(found, key=lambda each: each["drop"])
    assert top["place"] == [0, 0, 0.25, 0.125]
    assert top["low"] > 0.2
    far = [each for each in found if each["place"][0] >= 0.5]
    assert all(each["drop"] == 0 for each in far)


def test_rows_without_truth_are_left_out(corners):
    model, test, truth = corners
    truth = truth.copy()
    truth[:60] = -1
    assert max(each["drop"] for each in occlusion(model, test, truth, seconds=60.0)) > 0.2


def test_no_time_is_no_map(corners):
    assert occlusion(*corners, seconds=0.0) == []


def test_one_picture_cannot_be_exchanged(corners):
    model, test, truth = corners
    assert occlusion(model, test.take(np.arange(1)), truth[:1], seconds=60.0) == []
