"""What decided, asked from Python: of a path, of pixels, of a row; of a label, a box, a person."""

import numpy as np
import pytest

import fathom
from fathom.data import media
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.predictions import Numbers
from fathom.tasks.problem import Problem

IMAGE = (Column("image", Kind.IMAGE),)
LAMP = Box(8, 8, 24, 24, "lamp", 0.8)


class Lamps:
    """A lamp in the upper left, as sure as it is bright."""

    def predict(self, data):
        pixels = media.images(data["image"], data.folder, size=(64, 64), channels=1)[..., 0] / 255
        return Boxes.of([LAMP._replace(probability=float(each[8:24, 8:24].mean()))] for each in pixels)


@pytest.fixture
def model():
    return Model(Lamps(), "lamps", "classical", Problem("object-detection", "lamps", IMAGE, boxes=("lamp",)))


@pytest.fixture
def pixels():
    found = np.zeros((64, 64, 3), dtype=np.uint8)
    found[8:24, 8:24] = 200
    return found


def test_a_picture_is_taken_as_a_path_as_pixels_and_as_a_row(model, pixels, tmp_path):
    (tmp_path / "a.png").write_bytes(media.encode(pixels))
    path = tmp_path / "a.png"
    told = [fathom.explain(model, each) for each in (path, str(path), pixels, {"image": path.read_bytes()})]
    assert told[0].label == "lamp"
    assert told[0].places.max() > 0.1
    assert all(np.array_equal(told[0].places, each.places) for each in told)
    down, across = np.unravel_index(told[0].places.argmax(), told[0].places.shape)
    assert 8 <= (down + 0.5) * 64 / told[0].places.shape[0] < 24
    assert 8 <= (across + 0.5) * 64 / told[0].places.shape[1] < 24
    named = fathom.explain(model, path, model.predict([str(path)]).rows[0][0])
    assert np.array_equal(told[0].places, named.places)
    assert fathom.explain(model, path, [8, 8, 24, 24, "lamp"], seconds=0.0).places.shape < told[0].places.shape


def test_what_cannot_be_explained_is_said(model, pixels, tmp_path):
    with pytest.raises(DataError, match="no label 'cow'"):
        fathom.explain(model, pixels, [8, 8, 24, 24, "cow"])
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(media.encode(pixels))
    with pytest.raises(DataError, match="not 2"):
        fathom.explain(model, tmp_path)

    class Bright:
        def predict(self, data):
            return Numbers(np.zeros(len(data)))

    numbers = Model(Bright(), "bright", "classical", Problem("image-regression", "how much", IMAGE))
    with pytest.raises(DataError, match="labels, boxes and persons"):
        fathom.explain(numbers, pixels)
