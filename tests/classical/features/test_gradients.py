import numpy as np
import pytest
from skimage.feature import hog

from fathom.classical.features import gradients


@pytest.mark.parametrize(("side", "channels"), [(8, 1), (28, 1), (30, 3), (64, 3)])
def test_same_figures_as_scikit_image(side, channels):
    pictures = np.random.default_rng(side).integers(0, 256, (3, side, side, channels)).astype(np.float32) / 255
    size = gradients.cell_size(side)
    expected = [hog(each, 9, (size, size), (2, 2), block_norm="L2-Hys", channel_axis=2) for each in pictures]
    found = gradients.histograms(pictures)
    assert found.shape[1] == gradients.length(side)
    assert np.abs(found - expected).max() < 2e-4


def test_a_blank_picture_has_no_gradients():
    assert not gradients.histograms(np.zeros((1, 8, 8, 1), dtype=np.float32)).any()
