"""Convolutional networks: shapes from 8 to 224 pixels."""

from __future__ import annotations

import pytest
import torch

from fathom.deep.convolutional import size
from fathom.deep.networks.convolutional import ConvolutionalNetwork


@pytest.mark.parametrize("side", [8, 13, 28, 64, 224])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_picture_becomes_features(side, channels):
    network = ConvolutionalNetwork(channels, **size(side, side, 500, "cpu")).eval()
    with torch.inference_mode():
        features = network(torch.zeros(2, channels, side, side, dtype=torch.uint8))
    assert features.shape == (2, network.members, network.features)


def test_pictures_that_are_not_square_become_features():
    network = ConvolutionalNetwork(3, **size(20, 64, 500, "cpu"))
    assert network(torch.zeros(2, 3, 20, 64, dtype=torch.uint8)).shape == (2, network.members, network.features)


def test_a_block_begins_as_its_short_cut():
    network = ConvolutionalNetwork(1, widths=[8], depths=[1])
    maps = torch.randn(2, 8, 5, 5)
    kept = maps.clone()
    assert torch.equal(network.blocks[0](maps), kept)
    assert torch.equal(maps, kept)  # though it computes in place


def test_members_share_nothing():
    network = ConvolutionalNetwork(1, widths=[8, 16], depths=[1, 1], members=3, dropout=0.0)
    for block in network.blocks:
        torch.nn.init.normal_(block.second.weight)  # blocks begin as their short cuts
    images = torch.rand(4, 1, 8, 8) * 255
    features = network(images)
    features[:, 1].sum().backward()
    for weight in network.parameters():
        touched = weight.grad.unflatten(0, (3, -1)).flatten(1).ne(0).any(dim=1).tolist()
        assert touched == [False, True, False]


def test_each_member_begins_like_a_network_of_its_own():
    torch.manual_seed(0)
    design = {"widths": [16, 32], "depths": [1, 1], "stem": 2, "dropout": 0.0}
    alone, four = ConvolutionalNetwork(1, **design), ConvolutionalNetwork(1, **design, members=4)
    for one, other in zip(alone.state_dict().values(), four.state_dict().values(), strict=True):
        if one.ndim == 4 and one.ne(0).any():
            assert float(other.abs().max()) == pytest.approx(float(one.abs().max()), rel=0.05)


def test_more_rows_and_more_pixels_make_a_larger_network():
    def weights(side: int, rows: int) -> int:
        network = ConvolutionalNetwork(1, **size(side, side, rows, "cuda"))
        return sum(each.numel() for each in network.parameters())

    assert weights(8, 1_000) < weights(28, 1_000) <= weights(28, 60_000)
    assert weights(8, 1_000) < weights(224, 1_000)
