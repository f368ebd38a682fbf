"""AdamW, held to torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from fathom.deep.optimizer import AdamW


def gradients(module: nn.Module, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    for weight in module.parameters():
        weight.grad = torch.randn(weight.shape, generator=chance)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Linear(4, 2))


def test_it_steps_as_torchs_does():
    mine, theirs = network(), network()
    optimizer = AdamW(mine, decay=0.1)
    matrices = [each for each in theirs.parameters() if each.ndim > 1]
    rest = [each for each in theirs.parameters() if each.ndim == 1]
    other = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}])
    for step in range(5):
        rate = 0.01 * (step + 1)
        gradients(mine, step)
        gradients(theirs, step)
        optimizer.step(rate)
        for group in other.param_groups:
            group["lr"] = rate
        other.step()
    for one, two in zip(mine.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(one, two, atol=1e-6)


def test_a_weight_without_gradient_stays():
    module = network()
    optimizer = AdamW(module, decay=0.1)
    gradients(module, 0)
    module[2].weight.grad = None
    before = module[2].weight.clone()
    optimizer.step(0.1)
    assert torch.equal(module[2].weight, before)


def test_its_memory_goes_on_where_it_stood():
    one, two = network(), network()
    first, second = AdamW(one, 0.1), AdamW(two, 0.1)
    gradients(one, 0)
    first.step(0.1)
    two.load_state_dict(one.state_dict())
    second.restore({name: each.clone() for name, each in first.tensors().items()})
    for optimizer, module in ((first, one), (second, two)):
        gradients(module, 1)
        optimizer.step(0.1)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_the_memory_of_another_network_is_refused():
    with pytest.raises((KeyError, RuntimeError)):
        AdamW(network(), 0.1).restore(AdamW(nn.Linear(1, 1), 0.1).tensors())
