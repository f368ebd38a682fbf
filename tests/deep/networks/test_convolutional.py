"""Convolutional networks: shapes from 8 to 224 pixels."""

from __future__ import annotations

import pytest
import torch

from fathom.deep.augment import turned
from fathom.deep.convolutional import size
from fathom.deep.networks.convolutional import ConvolutionalNetwork


@pytest.mark.parametrize("side", [8, 13, 28, 64, 224])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_picture_becomes_features(side, channels):
    network = ConvolutionalNetwork(channels, **size(side, side, 500, "cpu")).eval()
    with torch.inference_mode():
        features = network(torch.zeros(2, channels, side, side, dtype=torch.uint8))
    assert features.shape == (2, 1, network.features)


def test_pictures_that_are_not_square_become_features():
    network = ConvolutionalNetwork(3, **size(20, 64, 500, "cpu"))
    assert network(torch.zeros(2, 3, 20, 64, dtype=torch.uint8)).shape == (2, 1, network.features)


def test_a_block_begins_as_its_short_cut():
    network = ConvolutionalNetwork(1, widths=[8], depths=[1])
    maps = torch.randn(2, 8, 5, 5)
    kept = maps.clone()
    assert torch.equal(network.blocks[0](maps), kept)
    assert torch.equal(maps, kept)  # though it computes in place


def test_pictures_are_looked_at_from_both_sides_once_training_is_over():
    design = {"widths": [8, 16], "depths": [1, 1], "dropout": 0.0}
    network = ConvolutionalNetwork(1, **design, turn=0.3).eval()
    plain = ConvolutionalNetwork(1, **design).eval()
    plain.load_state_dict(network.state_dict())
    images = torch.rand(4, 1, 9, 9) * 255
    with torch.inference_mode():
        looks = torch.stack([plain(each) for each in (images, *turned(images, 0.3))])
        assert torch.allclose(network(images), looks.mean(dim=0), atol=1e-5)
        assert not torch.allclose(network(images), plain(images), atol=1e-3)
        assert network(images[:0]).shape == (0, 1, 16)
        assert torch.equal(network.train()(images), plain.train()(images))


def test_more_rows_and_more_pixels_make_a_larger_network():
    def weights(side: int, rows: int) -> int:
        network = ConvolutionalNetwork(1, **size(side, side, rows, "cuda"))
        return sum(each.numel() for each in network.parameters())

    assert weights(8, 1_000) < weights(28, 1_000) <= weights(28, 60_000)
    assert weights(8, 1_000) < weights(224, 1_000)
