"""Faces that lean are told by their symmetry."""

import numpy as np
from PIL import Image

from fathom.data import upright
from fathom.data.samples.faces import a_person, a_view, drawn


def leaning(seed, degrees):
    chance = np.random.default_rng(seed)
    face = Image.fromarray(drawn(a_person("adult", chance), a_view(chance), chance, 144))
    return np.asarray(face.rotate(degrees, Image.Resampling.BICUBIC).crop((15, 18, 129, 132)))


def test_angles_of_drawn_faces_are_found():
    for degrees in (-16, 0, 16):
        errors = [abs(upright.lean(leaning(seed, degrees)) - degrees) for seed in range(12)]
        assert np.median(errors) <= 5


def test_what_has_no_axis_stays_as_it_is():
    assert upright.lean(np.full((96, 96, 3), 90, np.uint8)) == 0.0
