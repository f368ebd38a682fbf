import numpy as np
from skimage.color import rgb2lab

from fathom.classical.features import colour


def test_the_colours_of_scikit_image():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    assert np.abs(colour.perceived(pictures) - rgb2lab(pictures)).max() < 0.02


def test_where_a_colour_is_and_how_much_of_it():
    pictures = np.zeros((2, 32, 32, 3), dtype=np.uint8)
    pictures[0, :16, :, 0] = 255  # red above
    pictures[1, 16:, :, 0] = 255  # red below
    found = colour.features(colour.perceived(pictures))
    assert found.shape == (2, colour.length())
    placed, shares = found[:, : -colour.SHADES], found[:, -colour.SHADES :]
    assert np.allclose(shares[0], shares[1])
    assert np.allclose((shares**2).sum(axis=1), 1)
    assert np.abs(placed[0] - placed[1]).max() > 0.5
