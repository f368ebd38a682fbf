"""Labels come out."""

from __future__ import annotations

import math

import pytest
import torch

from fathom.deep.heads.label import Label, sharpened_losses
from fathom.deep.heads.members import AsItIs, Members


def test_probabilities_are_the_mean_of_the_members():
    logits = torch.tensor([[[10.0, -10.0], [-10.0, 10.0]]])
    assert Label(AsItIs()).answer(logits).tolist() == [[pytest.approx(0.5), pytest.approx(0.5)]]


def test_the_head_begins_at_the_frequencies_of_the_classes():
    head = Label(Members(width=4, members=3, outputs=3))
    head.start_from(torch.tensor([0] * 90 + [1] * 9))
    answer = head.answer(head(torch.zeros(1, 3, 4)))[0]
    assert answer.tolist() == pytest.approx([90.5 / 100.5, 9.5 / 100.5, 0.5 / 100.5], rel=1e-5)


def test_each_member_has_a_loss_of_its_own():
    head = Label(AsItIs())
    logits = torch.tensor([[[5.0, -5.0], [-5.0, 5.0]]])
    assert head.loss(logits, torch.tensor([0])).item() == pytest.approx(5.0, abs=1e-3)


def test_smoothing_makes_certainty_cost():
    sure = torch.tensor([[[20.0, -20.0]]])
    truth = torch.tensor([0])
    assert Label(AsItIs()).loss(sure, truth) < 1e-6
    assert Label(AsItIs(), smoothing=0.1).loss(sure, truth) > 1


def test_overconfidence_alone_does_not_worsen_the_score():
    torch.manual_seed(0)
    truth = torch.randint(0, 3, (500,))
    logits = torch.nn.functional.one_hot(truth, 3).double() + torch.randn(500, 3)
    logs, sharper = logits.log_softmax(1), (2 * logits).log_softmax(1)
    sharpened = sharpened_losses(sharper, truth).mean().item()
    assert sharpened == pytest.approx(sharpened_losses(logs, truth).mean().item(), abs=1e-4)
    plain = torch.nn.functional.cross_entropy(sharper, truth).item()
    assert sharpened < plain


def test_the_score_stays_finite_where_all_is_right_and_where_all_is_wrong():
    head = Label(AsItIs())
    logits = torch.tensor([[[200.0, -200.0]], [[-200.0, 200.0]]])
    assert head.score(logits, torch.tensor([0, 1]))[0] < 0.01
    assert math.isfinite(head.score(logits, torch.tensor([1, 0]))[0])


def test_rows_that_are_all_right_are_no_proof():
    head = Label(Members(width=2, members=1, outputs=2))
    sure = torch.tensor([[[9.0, 0.0]], [[0.0, 9.0]]]).repeat(50, 1, 1)
    truth = torch.tensor([0, 1]).repeat(50)
    score, error = head.score(sure, truth)
    assert score < 0.01 < error
    assert error == pytest.approx(0.023, rel=0.01)


def test_a_truth_of_shares_weighs_the_labels():
    head = Label(AsItIs(), smoothing=0.1)
    logits, truth = torch.randn(6, 2, 3), torch.tensor([0, 2, 1, 1, 0, 2])
    shares = torch.nn.functional.one_hot(truth, 3).float()
    assert head.loss(logits, shares).item() == pytest.approx(head.loss(logits, truth).item(), rel=1e-6)
    half = 0.5 * shares + 0.5 * shares[[1, 0, 3, 2, 5, 4]]
    swapped = head.loss(logits, truth[[1, 0, 3, 2, 5, 4]])
    assert head.loss(logits, half).item() == pytest.approx((head.loss(logits, truth) + swapped).item() / 2, rel=1e-5)
