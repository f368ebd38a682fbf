"""Quantiles never cross, and are learned to be what they are called."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fathom.deep.heads.quantiles import FIGURES, MEDIAN, Quantiles
from fathom.tasks.forecasts import LEVELS


@given(st.integers(0, 1_000), st.floats(0.1, 50))
def test_quantiles_never_cross(seed, size):
    figures = size * torch.randn(4, 3, FIGURES, generator=torch.Generator().manual_seed(seed))
    quantiles = Quantiles()(figures)[..., :-1]
    assert (quantiles.diff(dim=-1) >= 0).all()


def test_it_learns_the_quantiles_and_the_mean_of_what_it_sees():
    head, chance = Quantiles(), torch.Generator().manual_seed(0)
    draws = torch.empty(20_000, 1).exponential_(generator=chance)  # its mean is not its median
    truth = torch.cat([draws, torch.ones_like(draws)], dim=1)
    figures = torch.zeros(1, 1, FIGURES, requires_grad=True)
    optimizer = torch.optim.Adam([figures], lr=0.03)
    for _ in range(300):
        optimizer.zero_grad()
        head.loss(head(figures.expand(len(truth), -1, -1)), truth).backward()
        optimizer.step()
    said = head(figures)[0, 0].detach()
    wanted = torch.quantile(draws[:, 0], torch.tensor(LEVELS))
    assert torch.allclose(said[:-1], wanted, atol=0.06)
    assert float(said[-1]) == pytest.approx(1.0, abs=0.05)


def test_what_nobody_knows_costs_nothing():
    head = Quantiles()
    outputs = head(torch.randn(2, 3, FIGURES))
    truth = torch.full((2, 4), float("nan"))
    truth[:, -1] = 1.0
    assert float(head.loss(outputs, truth)) == 0
    truth[:, 0] = outputs[:, 0, MEDIAN]
    short, whole = head.loss(outputs, truth), head.loss(outputs[:, :1], truth[:, [0, -1]])
    assert float(short) == pytest.approx(float(whole))


def test_worth_is_what_a_window_weighs():
    head = Quantiles(square=0.0)
    outputs = head(torch.randn(2, 1, FIGURES))
    truth = torch.tensor([[0.5, 1.0], [0.5, 3.0]])
    light = head.loss(outputs[1:], torch.tensor([[0.5, 1.0]]))
    assert float(head.loss(outputs[1:], truth[1:])) == pytest.approx(3 * float(light), rel=1e-5)
