import numpy as np
import polars as pl
import pytest
import torch
from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.gradcam import maps
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.networks.convolutional import ConvolutionalNetwork

COLUMNS = (Column("image", Kind.IMAGE),)


class Fitted:
    """What `maps` asks of a learner."""

    def __init__(self, network, side=16):
        self.inputs_ = ImageInputs("image", side, side, 3)
        self.model_ = network.eval()


class Corner(nn.Module):
    """Filters that see brightness; the second label is what they say of the picture's lower right quarter."""

    def __init__(self):
        super().__init__()
        self.filters = nn.Conv2d(3, 1, 4, 4, bias=False)
        nn.init.ones_(self.filters.weight)

    def forward(self, images):
        seen = self.filters(images.float() / 255)
        return torch.stack([-seen.sum(dim=(1, 2, 3)), seen[:, :, 2:, 2:].sum(dim=(1, 2, 3))], dim=1)[:, None]


class Tokens(nn.Module):
    """A token for the whole and sixteen of places; only the first is read, after one look at the others."""

    def __init__(self):
        super().__init__()
        self.patches, self.last = nn.Conv2d(3, 4, 4, 4), nn.Identity()
        self.spread = nn.Identity()

    def forward(self, images):
        places = self.spread(self.patches(images.float() / 255).flatten(2).transpose(1, 2))
        whole = (places[:, 10:11] * 3 + places[:, :1]).abs()
        return self.last(torch.cat([whole, places], dim=1))[:, :1, :2]


@pytest.fixture
def pictures():
    pixels = np.random.default_rng(0).integers(0, 60, (20, 16, 16, 3), dtype=np.uint8)
    pixels[:, 8:, 8:] = 250
    return Dataset(pl.DataFrame({"image": pl.Series(pixels)}), COLUMNS)


def test_the_place_that_the_label_comes_from_is_warm(pictures):
    network = Corner()
    found = maps(Fitted(network), pictures, np.ones(20, dtype=np.int64))
    assert found.shape == (20, 4, 4)
    assert np.isclose(found.max(axis=(1, 2)), 1).all()
    assert found[:, 2:, 2:].min() > found[:, :2, :2].max()
    against = maps(Fitted(network), pictures, np.zeros(20, dtype=np.int64))
    assert not against.any()  # brightness speaks against the first label everywhere


def test_tokens_stand_in_their_grid(pictures):
    torch.manual_seed(0)
    found = maps(Fitted(Tokens()), pictures, np.zeros(20, dtype=np.int64))
    assert found.shape == (20, 4, 4)
    asked = np.zeros((4, 4), dtype=bool)
    asked[0, 0] = asked[2, 2] = True  # the first and the eleventh place
    assert not found[:, ~asked].any()


def test_a_network_that_learns_nothing_any_more_and_looks_three_times_has_maps_too(pictures):
    network = ConvolutionalNetwork(channels=3, widths=[4, 8], depths=[1, 1], turn=0.1)
    model = nn.Sequential(network, nn.Linear(8, 3)).requires_grad_(False)
    before = [each.clone() for each in model.parameters()]
    found = maps(Fitted(model), pictures, np.arange(20) % 3)
    assert found.shape == (20, 8, 8)
    assert np.isfinite(found).all()
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))
    assert not [hook for module in model.modules() for hook in module._forward_hooks]


def test_coarse_maps_give_way_to_finer_ones_before_them(pictures):
    class Deeper(Corner):
        def forward(self, images):
            seen = self.filters(images.float() / 255)
            whole = self.pool(seen)
            light = whole[:, :, 1:, 1:].sum(dim=(1, 2, 3)) + 0.01 * whole.sum(dim=(1, 2, 3))
            return torch.stack([-light, light], dim=1)[:, None]

    network = Deeper()
    network.filters, network.pool = nn.Conv2d(3, 1, 2, 2, bias=False), nn.AvgPool2d(4)
    nn.init.ones_(network.filters.weight)
    found = maps(Fitted(network), pictures, np.ones(20, dtype=np.int64))
    assert found.shape == (20, 8, 8)
    assert found[:, 5:, 5:].min() > 0.5
    assert found[:, :3, :3].max() < 0.05


def test_what_has_no_places_has_no_map(pictures):
    flat = nn.Sequential(nn.Flatten(), nn.Linear(16 * 16 * 3, 3), nn.Unflatten(1, (1, 3)))

    class Floats(nn.Module):
        def forward(self, images):
            return flat(images.float())

    network = Floats()
    network.flat = flat
    assert maps(Fitted(network), pictures, np.zeros(20, dtype=np.int64)) is None
    assert maps(object(), pictures, np.zeros(20, dtype=np.int64)) is None
