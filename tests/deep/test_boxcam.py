import numpy as np
import polars as pl
import pytest
import torch
from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.boxcam import maps
from fathom.deep.heads.boxes import FIRST, Boxes
from fathom.deep.inputs.letterbox import LetterboxInputs
from fathom.deep.networks.pyramid import PyramidNetwork
from fathom.deep.training import Model
from fathom.tasks.boxes import Box
from fathom.tasks.problem import Problem

COLUMNS = (Column("image", Kind.IMAGE),)
SIDE = 64


class Fitted:
    """What `maps` asks of a learner."""

    def __init__(self, model, height=SIDE, width=SIDE):
        self.inputs_ = LetterboxInputs("image", height, width)
        self.model_ = model.eval()
        self.problem_ = Problem("object-detection", "boxes", COLUMNS, boxes=("light", "dark"))


class Bright(nn.Module):
    """A layer of places 4 pixels wide that sees brightness."""

    def __init__(self):
        super().__init__()
        self.see = nn.Conv2d(3, 1, 4, 4, bias=False)
        nn.init.constant_(self.see.weight, 1 / 48)

    def forward(self, images):
        return self.see(images.float() / 255)


class Found(Boxes):
    """Each place finds a box of 20 pixels around it, by what 3 x 3 places say: light things, and dark ones."""

    def __init__(self):
        super().__init__(1, 2, [4])
        self.shared = nn.Identity()

    def forward(self, seen):
        down, across = torch.meshgrid(*(torch.arange(n) * 4.0 + 2 for n in seen.shape[2:]), indexing="ij")
        middle = torch.stack([across, down], dim=-1).reshape(1, -1, 2)
        surety = nn.functional.avg_pool2d(self.shared(seen), 3, 1, 1).flatten(2).transpose(1, 2)
        return torch.cat([middle - 10, middle + 10, middle, middle[..., :1], surety, -surety], dim=-1)


@pytest.fixture
def two():
    """A dark picture with two bright patches of 12 pixels, and both boxes around them."""
    pixels = np.full((1, SIDE, SIDE, 3), 10, dtype=np.uint8)
    pixels[:, 12:24, 12:24] = 250
    pixels[:, 44:56, 40:52] = 250
    rows = Dataset(pl.DataFrame({"image": pl.Series(pixels)}), COLUMNS)
    return rows, Box(8, 8, 28, 28, "light", 0.9), Box(36, 40, 56, 60, "light", 0.9)


def test_a_box_is_decided_by_its_own_patch_and_not_by_another_like_it(two):
    rows, one, other = two
    learner = Fitted(Model(Bright(), Found()))
    for box in (one, other):
        (heat,) = maps(learner, rows, [box])
        assert heat.shape == (16, 16)
        middle = (np.arange(16) + 0.5) * 4
        inside = np.outer((middle > box.top) & (middle < box.bottom), (middle > box.left) & (middle < box.right))
        assert heat[inside].sum() > 0.8 * heat.sum()
        assert heat[~inside].max() < 0.5
        assert np.argmax(heat) in np.flatnonzero(inside)
        assert heat.max() == 1.0


def test_a_map_lies_over_the_picture_and_not_over_what_fills_its_canvas(two):
    rows, one, _ = two
    learner = Fitted(Model(Bright(), Found()), height=SIDE, width=2 * SIDE)  # the right half of the canvas is gray
    (heat,) = maps(learner, rows, [one])
    assert heat.shape == (16, 16)
    down, across = np.unravel_index(heat.argmax(), heat.shape)
    assert 12 <= (down + 0.5) * 4 < 24
    assert 12 <= (across + 0.5) * 4 < 24


def test_a_box_that_the_network_does_not_find_has_no_map(two):
    rows, one, _ = two
    learner = Fitted(Model(Bright(), Found()))
    assert not maps(learner, rows, [Box(0, 0, 64, 64, "light", 0.9)])[0].any()
    missing = Dataset(pl.DataFrame({"image": pl.Series([None], dtype=pl.Binary)}), COLUMNS)
    assert not maps(learner, missing, [one])[0].any()
    assert maps(object(), rows, [one]) is None


def test_a_real_detector_has_fine_maps_and_is_left_as_it_was(two):
    torch.manual_seed(0)
    network = PyramidNetwork(3, widths=[8, 8, 16], depths=[1, 1, 1], stem=2, skip=1, width=8)
    model = Model(network, Boxes(8, 2, network.strides))
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, std=0.1)
    learner = Fitted(model.requires_grad_(False))
    before = [each.clone() for each in model.parameters()]
    outputs = model.eval()(torch.from_numpy(np.stack(two[0].frame["image"].to_numpy())).permute(0, 3, 1, 2))
    place = outputs[0, 60, :4].tolist()
    box = Box(*place, "light", float(outputs[0, 60, FIRST].sigmoid()))
    (heat,) = maps(learner, two[0], [box])
    assert np.isfinite(heat).all()
    assert heat.min() >= 0
    assert max(heat.shape) >= 4
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))
    assert not [hook for module in model.modules() for hook in module._forward_hooks]
