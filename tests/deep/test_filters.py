import numpy as np
import polars as pl
import pytest
import torch
from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.filters import MOST_FILTERS, MOST_PATCHES, first_filters
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.networks.feedforward import PixelNetwork


class Fitted:
    """What a fitted deep learner shows of itself."""

    def __init__(self, network, inputs):
        self.model_, self.inputs_ = network.eval(), inputs


def pictures(pixels):
    columns = (Column("image", Kind.IMAGE),)
    return Dataset(pl.DataFrame({"image": pl.Series(pixels)}), columns)


def spotted(rows=100, side=12):
    """Black pictures with one white spot, at a place of its own; the last row has none."""
    pixels = np.zeros((rows, side, side, 1), dtype=np.uint8)
    at = [(3 + row % (side - 6), 3 + row // 10 % (side - 6)) for row in range(rows)]
    for row, (y, x) in enumerate(at[:-1]):
        pixels[row, y, x] = 255
    return pixels


def convolution(weights):
    layer = nn.Conv2d(1, len(weights), 3, 1, 1, bias=False)
    layer.weight.data = torch.tensor(np.array(weights), dtype=torch.float32)[:, None]
    return nn.Sequential(Float(), layer, nn.Flatten())


class Float(nn.Module):
    def forward(self, images):
        return images.float()


def test_a_filter_that_looks_for_a_spot_is_shown_with_spots():
    spot, silent = np.zeros((3, 3)), np.zeros((3, 3))
    spot[1, 1] = 1.0
    learner = Fitted(convolution([silent, spot]), ImageInputs("image", 12, 12, 1))
    first, second = first_filters(learner, pictures(spotted()), 5.0)
    assert first.weights[1, 1, 0] == 255
    assert first.weights[0, 0, 0] == second.weights[1, 1, 0] == 127  # weighs nothing
    assert len(first.patches) == MOST_PATCHES
    for patch in first.patches:
        middle = patch.shape[0] // 2
        assert patch[middle, middle, 0] == 255


def test_further_looks_at_turned_pictures_are_not_pictures_of_their_own():
    class Twice(nn.Module):
        def forward(self, images):
            return torch.cat([images.float(), images.float().flip(3)])

    spot = np.zeros((3, 3))
    spot[1, 1] = 1.0
    network = nn.Sequential(Twice(), *convolution([spot])[1:])
    pixels = spotted(20)
    (found,) = first_filters(Fitted(network, ImageInputs("image", 12, 12, 1)), pictures(pixels), 5.0)
    assert all(patch.max() == 255 for patch in found.patches)


def test_no_more_filters_than_can_be_looked_at_and_two_are_not_one():
    generator = np.random.default_rng(0)
    learner = Fitted(convolution(generator.normal(size=(40, 3, 3))), ImageInputs("image", 12, 12, 1))
    found = first_filters(learner, pictures(spotted()), 5.0)
    assert len(found) == MOST_FILTERS
    assert len({one.weights.tobytes() for one in found}) == MOST_FILTERS


def test_a_layer_on_whole_pictures_shows_what_excites_it():
    network = PixelNetwork(channels=1, height=4, width=4, members=2, size=3)
    layer = network.layers[0]
    layer.reading.data.fill_(1.0)
    layer.weight.data.zero_()
    layer.weight.data[1, 0] = 1.0  # the second unit looks at the first pixel
    pixels = np.zeros((80, 4, 4, 1), dtype=np.uint8)
    pixels[::4, 0, 0] = 200
    found = first_filters(Fitted(network, ImageInputs("image", 4, 4, 1)), pictures(pixels), 5.0)
    assert found[0].average
    assert found[0].weights[0, 0, 0] == 255
    assert found[0].patches[0][0, 0, 0] == 200


@pytest.mark.parametrize("rows", [0, 1])
def test_few_pictures(rows):
    learner = Fitted(convolution([np.ones((3, 3))]), ImageInputs("image", 12, 12, 1))
    found = first_filters(learner, pictures(spotted(2)[:rows]), 5.0)
    assert [len(one.patches) for one in found] == [1] * rows


def test_tables_have_no_filters():
    class Inputs:
        pass

    assert first_filters(Fitted(nn.Linear(2, 2), Inputs()), pictures(spotted(3)), 5.0) == []
