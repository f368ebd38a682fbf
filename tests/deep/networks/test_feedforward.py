"""Feedforward networks: shapes, and what their parts promise."""

from __future__ import annotations

import pytest
import torch

from fathom.deep.networks.feedforward import Categories, FeedforwardNetwork, PiecewiseLinear, PixelNetwork, SharedLinear
from fathom.deep.optimizer import AdamW


@pytest.mark.parametrize("numbers", [0, 1, 7])
@pytest.mark.parametrize("counts", [[], [3], [2, 500]])
@pytest.mark.parametrize("members", [1, 4])
def test_any_table_becomes_features(numbers, counts, members):
    network = FeedforwardNetwork(numbers, counts, members=members, width=16)
    for rows in (1, 5):
        codes = torch.zeros(rows, len(counts), dtype=torch.int64)
        features = network(torch.randn(rows, numbers), codes)
        assert features.shape == (rows, 1 if not numbers and not counts and members == 1 else members, 16)


@pytest.mark.parametrize(("side", "channels"), [(8, 1), (28, 3), (64, 3)])
def test_any_small_picture_becomes_features(side, channels):
    network = PixelNetwork(channels, side, side, members=2, size=16)
    assert network(torch.zeros(3, channels, side, side, dtype=torch.uint8)).shape == (3, 2, 16)


def test_intervals_fill_one_after_the_other():
    embed = PiecewiseLinear(1, 2, 2)
    embed.set_edges(torch.tensor([[0.0, 1.0, 3.0]]))
    with torch.no_grad():
        embed.linear.zero_()
        embed.bias.zero_()
        embed.weight.copy_(torch.eye(2)[None])
    values = torch.tensor([[-1.0], [0.5], [1.0], [2.0], [9.0]])
    assert embed(values).tolist() == [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1]]


def test_an_unseen_category_says_nothing_before_and_after_learning():
    table = Categories([3, 30], 8)
    optimizer = AdamW(table, decay=0.1)
    table(torch.tensor([[0, 0], [1, 7]])).sum().backward()
    optimizer.step(rate=0.1)
    assert not table(torch.zeros(1, 2, dtype=torch.int64)).any()
    assert table.size == 3 + 8


def test_members_share_their_matrix_and_differ_from_the_start():
    layer = SharedLinear(6, 5, 4, first=True)
    outputs = layer(torch.randn(3, 1, 6))
    assert outputs.shape == (3, 4, 5)
    assert not torch.allclose(outputs[:, 0], outputs[:, 1])
    assert sum(each.numel() for each in layer.parameters()) < 2 * (6 * 5 + 4 * 6 + 2 * 4 * 5)


def test_a_member_alone_answers_as_it_does_among_the_others():
    torch.manual_seed(0)
    layer = SharedLinear(6, 5, 4, first=True)
    inputs = torch.randn(3, 1, 6)
    alone = torch.nn.functional.linear(inputs[:, 0] * layer.reading[2], layer.weight) * layer.writing[2] + layer.bias[2]
    assert torch.allclose(layer(inputs)[:, 2], alone, atol=1e-6)
