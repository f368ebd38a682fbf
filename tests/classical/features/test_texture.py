import numpy as np
import pytest
from skimage.feature import local_binary_pattern

from fathom.classical.features import texture


@pytest.mark.filterwarnings("ignore:Applying:UserWarning")  # of equal neighbours, of which there are none here
def test_the_patterns_of_scikit_image():
    grey = np.random.default_rng(0).random((32, 32)).astype(np.float32)
    theirs = local_binary_pattern(grey.astype(np.float64), 8, 1, "nri_uniform")[1:-1, 1:-1].astype(int)
    ours = texture.KINDS[texture.codes(grey[None])[0]]
    pairs = set(zip(ours.ravel().tolist(), theirs.ravel().tolist(), strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
    assert texture.PATTERNS == 59


def test_textures_are_told_apart_wherever_they_are_and_however_bright():
    across, down = np.meshgrid(np.arange(64), np.arange(64))
    stripes, checks = np.sin(across), np.sin(across) * np.sin(down)
    moved = np.sin(across + 1.7) / 2 + 3
    found = texture.histograms(np.stack([stripes, moved, checks]).astype(np.float32))
    assert found.shape == (3, texture.length())
    assert np.abs(found[0] - found[1]).sum() < 0.5 * np.abs(found[0] - found[2]).sum()
    shares = (found**2).reshape(3, -1, texture.PATTERNS).sum(axis=2)
    assert np.allclose(shares, 1, atol=1e-5)
