"""Faces are found where they lean too, and told with a square and an angle that hardly depend on where they stand."""

import numpy as np
import pytest
from PIL import Image

from fathom.data import cutting, detecting
from fathom.data.cuts import SQUARE
from fathom.data.detecting import Face


@pytest.fixture(scope="module")
def photograph():
    """A real photograph with one face, which scikit-image ships; the public domain."""
    return pytest.importorskip("skimage.data").astronaut()


def alike(one, other):
    return np.corrcoef(one.ravel(), other.ravel())[0, 1]


@pytest.mark.parametrize("degrees", [-20, -10, 10, 25])
def test_a_face_that_leans_is_found_and_set_upright(photograph, degrees):
    (upright,) = detecting.detector()(photograph)
    turned = np.asarray(Image.fromarray(photograph).rotate(degrees, Image.Resampling.BICUBIC))
    (face,) = detecting.detector()(turned)
    assert upright.sure
    assert face.sure
    assert face.lean - upright.lean == pytest.approx(degrees, abs=3)
    assert face.side == pytest.approx(upright.side, rel=0.2)
    assert alike(cutting.cut(photograph)[0], cutting.cut(turned)[0]) > 0.9
    as_before, _ = cutting.cut(turned, SQUARE)
    assert alike(cutting.cut(photograph, SQUARE)[0], as_before) < 0.8


def test_moving_a_picture_hardly_moves_its_face(photograph):
    cut = [cutting.cut(np.roll(photograph, by, axis=(0, 1)))[0] for by in ((0, 0), (20, 10), (7, 3), (-8, 11))]
    assert min(alike(cut[0], other) for other in cut[1:]) > 0.93


@pytest.mark.parametrize("by", [18, 66, 114])
def test_a_clear_face_between_the_steps_of_the_first_look_is_found(photograph, by):
    moved = np.roll(photograph, by, axis=1)
    assert detecting.detector(closely=False)(moved) == []
    (face,) = detecting.detector()(moved)
    assert face.sure
    assert alike(cutting.cut(photograph)[0], cutting.cut(moved)[0]) > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_seen_in_noise_and_patches(seed):
    chance = np.random.default_rng(seed)
    noise = chance.integers(0, 255, (20, 27, 3), np.uint8)
    assert detecting.detector()(noise.repeat(10, axis=0).repeat(10, axis=1)) == []
    assert detecting.detector()(chance.integers(0, 255, (200, 270, 3), np.uint8)) == []


def test_older_models_get_faces_as_the_first_look_has_them(photograph):
    (first,) = detecting.detector(closely=False)(photograph)
    assert (first.lean, first.sure) == (0.0, False)
    turned = np.asarray(Image.fromarray(photograph).rotate(25))
    assert detecting.detector(closely=False)(turned) == []
    assert cutting.cut(turned, SQUARE)[1] == 0


def test_portraits_are_turned_about_the_face():
    pixels = np.zeros((80, 120, 3), np.uint8)
    pixels[20:60, 58:62] = 255  # a bar that stands, right of a face's middle
    face = Face(50 / 120, 40 / 120, 40 / 120)
    bar = detecting.portrait(pixels, face, 1.0, 40)[..., 0]
    leaning = np.asarray(Image.fromarray(pixels).rotate(15, Image.Resampling.BICUBIC, center=(50, 40)))
    again = detecting.portrait(leaning, Face(face.x, face.y, face.side, 15.0), 1.0, 40)[..., 0]
    assert bar[:, 29].min() > 200
    assert alike(bar.astype(float), again.astype(float)) > 0.95


@pytest.mark.parametrize(("x", "y"), [(0, 0), (120, 80), (119.6, 3)])
def test_squares_may_leave_the_picture(x, y):
    pixels = np.full((80, 120, 3), 7, np.uint8)
    assert (detecting.square(pixels, x, y, 50.0, 16) == 7).all()
    assert (detecting.square(pixels, x, y, 500.0, 16) == 7).all()


def test_pictures_too_small_for_any_face_have_none():
    for shape in ((1, 1, 3), (10, 300, 3), (23, 23, 3)):
        assert detecting.detector()(np.zeros(shape, np.uint8)) == []
