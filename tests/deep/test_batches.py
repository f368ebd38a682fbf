"""Batches of rows of similar length, and outputs put together."""

from __future__ import annotations

import torch

from fathom.deep.batches import order_of, stacked


def order(lengths=None, rows=1_000, seed=0):
    return order_of(rows, 16, torch.Generator().manual_seed(seed), lengths)


def test_every_row_comes_once_in_an_order_of_chance():
    lengths = torch.randint(1, 100, (1_000,))
    for each in (order(), order(lengths)):
        assert each.sort().values.equal(torch.arange(1_000))
    assert order(lengths).equal(order(lengths))
    assert not order(lengths).equal(order(lengths, seed=1))


def test_little_of_a_batch_is_padding():
    lengths = torch.randint(1, 100, (1_000,), generator=torch.Generator().manual_seed(5))

    def padded(found):
        batches = lengths[found[:992]].reshape(-1, 16)
        return (batches.amax(dim=1, keepdim=True) - batches).sum() / batches.sum()

    assert padded(order(lengths)) < 0.1 < padded(order())


def test_short_and_long_batches_are_mixed():
    lengths = torch.arange(1_000)
    means = lengths[order(lengths)[:992]].reshape(-1, 16).float().mean(dim=1)
    assert (means.diff() < 0).sum() > 15


def test_outputs_of_one_shape_are_joined_as_they_are():
    parts = [torch.randn(2, 3), torch.randn(1, 3)]
    assert stacked(parts).equal(torch.cat(parts))
