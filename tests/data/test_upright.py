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


def test_the_angle_hardly_changes_when_the_square_is_moved_a_little():
    spreads = []
    for seed in range(13, 25):
        chance = np.random.default_rng(seed)
        face = np.pad(
            drawn(a_person("adult", chance), a_view(chance), chance, 144), ((36, 36), (36, 36), (0, 0)), "edge"
        )
        leans = Image.fromarray(face).rotate(8, Image.Resampling.BICUBIC)
        moved = [(22 + x, 22 + y, 194 + x, 194 + y) for x, y in ((0, 0), (4, 0), (0, 5), (-3, -4))]
        spreads.append(np.ptp([upright.lean(np.asarray(leans.crop(square))) for square in moved]))
    assert np.median(spreads) < 3
