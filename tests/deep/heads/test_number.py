"""Numbers come out."""

from __future__ import annotations

import pytest
import torch

from fathom.deep.heads.members import Members
from fathom.deep.heads.number import Number


def test_answers_are_in_the_targets_unit_and_within_its_range():
    head = Number(Members(2, 2, 1))
    head.start_from(torch.tensor([1e6, 2e6, 3e6], dtype=torch.float64))
    outputs = torch.tensor([[[0.0], [0.0]], [[50.0], [50.0]], [[-1.0], [1.0]]])
    assert head.answer(outputs).tolist() == [2e6, 3e6, 2e6]


def test_the_score_is_the_error_in_units_of_the_spread():
    head = Number(Members(2, 1, 1))
    truth = torch.tensor([0.0, 10.0], dtype=torch.float64)
    head.start_from(truth)
    assert head.score(torch.zeros(2, 1, 1), truth) == (pytest.approx(1.0), pytest.approx(0.0))
    assert head.loss(torch.zeros(2, 1, 1), truth).item() == pytest.approx(1.0)


def test_a_target_that_does_not_vary_is_answered():
    head = Number(Members(2, 1, 1))
    head.start_from(torch.tensor([7.0, 7.0], dtype=torch.float64))
    assert head.answer(torch.zeros(1, 1, 1)).tolist() == [7.0]
