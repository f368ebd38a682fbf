"""Attention between patches: shapes, places, sizes."""

import pytest
import torch

from fathom.deep.networks.patches import PatchNetwork
from fathom.deep.patches import halvings, settings
from fathom.deep.transformer import Transformer
from fathom.learner import Run


@pytest.mark.parametrize(("channels", "height", "width"), [(1, 8, 8), (3, 17, 40), (3, 64, 48)])
def test_pictures_of_any_shape_become_features(channels, height, width):
    times = halvings(height, width)
    network = PatchNetwork(channels, height, width, halvings=times, width=16, depth=1, heads=2).eval()
    pixels = torch.randint(0, 255, (3, channels, height, width)).byte()
    assert network(pixels).shape == (3, 1, 16)
    assert network.tall * network.wide == network.stem(pixels.float()).flatten(2).shape[2]


def test_where_a_thing_stands_counts():
    torch.manual_seed(0)
    network = PatchNetwork(1, 16, 16, halvings=1, width=16, depth=1, heads=2).eval()
    one, other = torch.zeros(1, 1, 16, 16), torch.zeros(1, 1, 16, 16)
    one[..., 4:6, 4:6], other[..., 4:6, 10:12] = 255, 255
    assert not torch.allclose(network(one), network(other), atol=1e-4)


def test_rows_and_columns_turn_features_apart():
    network = PatchNetwork(1, 16, 16, halvings=1, width=16, depth=1, heads=2)
    cosine, sine = network._turns(torch.zeros(1))
    assert cosine.shape == sine.shape == (64, 4)
    known = torch.cat([cosine, sine], dim=1)
    assert len({tuple(row.tolist()) for row in known}) == 64
    assert torch.equal(cosine[0:8, :2], cosine[0:1, :2].expand(8, 2))  # one row of patches


def test_it_learns_pictures(make_pictures, pose):
    rows = make_pictures(240)
    learner = Transformer(epochs=25, width=32, depth=2, mirror=False)
    learner.fit(pose(rows, "label"), rows.take(range(160)), rows.take(range(160, 200)), Run(seed=1))
    held = rows.take(range(200, 240))
    assert (learner.predict(held).codes == pose(rows, "label").truth(held)).mean() > 0.8


@pytest.mark.parametrize(("side", "times"), [(8, 1), (27, 1), (28, 2), (56, 3), (112, 4), (500, 4)])
def test_patches_stay_few_and_enough(side, times):
    assert halvings(side, side) == times


def test_what_was_asked_for_holds_and_else_what_suits_pictures():
    assert settings(Transformer())["batch"] == 128
    assert settings(Transformer(batch=32, depth=2)) == {**settings(Transformer()), "batch": 32, "depth": 2}
