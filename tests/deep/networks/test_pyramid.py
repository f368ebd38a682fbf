"""Maps of several sizes: their shapes, and that what is far away reaches the finest."""

import pytest
import torch

from fathom.deep.networks.pyramid import Pyramid, PyramidNetwork, Stages


@pytest.mark.parametrize(("height", "width"), [(64, 96), (50, 70)])
def test_each_map_is_half_as_large_as_the_one_before(height, width):
    network = PyramidNetwork(3, widths=[4, 8, 16, 8], depths=[1, 2, 1, 1], stem=4, skip=1, width=6)
    maps = network(torch.zeros(2, 3, height, width, dtype=torch.uint8))
    assert network.strides == [8, 16, 32]
    assert [each.shape for each in maps] == [
        (2, 6, -(-height // stride), -(-width // stride)) for stride in network.strides
    ]


def test_the_finest_map_hears_of_what_the_coarsest_sees():
    torch.manual_seed(0)
    pyramid = Pyramid([4, 4], 4).eval()
    fine, coarse = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 4, 4)
    assert not torch.equal(pyramid([fine, coarse])[0], pyramid([fine, coarse + 1])[0])
    assert torch.equal(pyramid([fine, coarse])[1], pyramid([fine + 1, coarse])[1])


def test_blocks_begin_as_their_short_cuts():
    torch.manual_seed(0)
    stages = Stages(3, widths=[4, 4], depths=[1, 1], stem=2, skip=0)
    assert all(not each.second.weight.any() for each in stages.modules() if hasattr(each, "second"))
