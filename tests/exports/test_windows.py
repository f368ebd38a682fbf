import pytest
import torch

pytest.importorskip("onnxruntime", reason="needs [onnx]")

import numpy as np
from PIL import Image

from fathom.classical import windows
from fathom.classical.features import cells
from fathom.exports.windows import Level, overlaps, resized


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


SIZES = [((40, 56), (29, 41)), ((33, 20), (66, 40)), ((17, 90), (17, 90)), ((93, 22), (59, 14)), ((31, 12), (24, 9))]


@pytest.mark.parametrize(("size", "wanted"), SIZES)
def test_a_picture_is_resized_to_the_byte_as_the_learner_does_it(size, wanted):
    pixels = picture(*size)
    expected = windows.scaled(Image.fromarray(pixels), *wanted[::-1])
    found = torch.from_numpy(pixels).permute(2, 0, 1)[None].double()
    for axis in (1, 0):
        old, new = (torch.tensor([float(each[axis])], dtype=torch.float64) for each in (size, wanted))
        found = resized(found, old, new, torch.tensor(wanted[axis]), axis)
    assert np.array_equal(found[0].permute(1, 2, 0).numpy(), expected)


def test_boxes_share_what_both_cover():
    boxes = torch.tensor([[[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 3.0, 3.0], [5.0, 5.0, 6.0, 6.0]]], dtype=torch.float64)
    shared = overlaps(boxes)[0]
    assert shared.diagonal().tolist() == pytest.approx([1.0] * 3)
    assert shared[0, 1].item() == pytest.approx(1 / 7)
    assert shared[0, 2].item() == 0


@pytest.mark.parametrize("size", [(61, 83), (90, 24)])
@pytest.mark.parametrize("step", [-2, 0, 2])
def test_a_scale_of_a_picture_has_the_cells_that_the_learner_sees(step, size):
    pixels = picture(*size)
    told = cells.Cells.learn(pixels.reshape(-1, 3), seed=0)
    (expected,) = windows.levels(pixels, told, [step])
    with torch.no_grad():
        found, *_, there = Level(told, 0, 0)(torch.from_numpy(pixels)[None], torch.tensor(size).double(), step)
    assert bool(there)
    assert np.abs(found[0].permute(1, 2, 0).numpy() - expected.cells).max() < 1e-4
