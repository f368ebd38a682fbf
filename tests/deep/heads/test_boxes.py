"""The detection head: what it answers, what it is punished for, and that it learns."""

import torch

from fathom.deep.heads.boxes import FIRST, MOST, Boxes

TRUTH = torch.tensor([[[4.0, 4, 20, 20, 0], [30, 8, 46, 30, 1]], [[0.0, 0, 0, 0, -1], [0, 0, 0, 0, -1]]])


def head_and_maps():
    torch.manual_seed(0)
    return Boxes(width=8, classes=2, strides=[8, 16]), [torch.randn(2, 8, 5, 6), torch.randn(2, 8, 3, 3)]


def perfect(outputs):
    """Outputs in which the places in the middle of the true boxes know them."""
    outputs = outputs.detach().clone()
    outputs[..., FIRST:] = -12.0
    for *sides, label in TRUTH[0].tolist():
        middle = torch.tensor([(sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2])
        place = (outputs[0, :30, 4:6] - middle).square().sum(dim=1).argmin()
        outputs[0, place, :4] = torch.tensor(sides)
        outputs[0, place, FIRST + int(label)] = 12.0
    return outputs


def test_at_first_it_is_sure_of_nothing():
    head, maps = head_and_maps()
    outputs = head(maps)
    assert outputs.shape == (2, 30 + 9, FIRST + 2)
    assert (outputs[..., FIRST:].sigmoid() < 0.05).all()
    assert (outputs[..., 2:4] > outputs[..., :2]).all()
    assert torch.equal(outputs[0, :, 6], torch.tensor([8.0] * 30 + [16.0] * 9))


def test_what_is_right_is_said_once_and_scores_best():
    head, maps = head_and_maps()
    outputs = head(maps)
    right = perfect(outputs)
    said = head.answer(right)
    assert said.shape[1] <= MOST
    assert (said[0, :2, 5] > 0.99).all()
    assert sorted(said[0, :2, :5].tolist()) == TRUTH[0].tolist()
    assert (said[0, 2:, 5] < 0.01).all()
    assert (said[:, :-1, 5] >= said[:, 1:, 5]).all()
    assert head.score(right, TRUTH)[0] == 0 < head.score(outputs, TRUTH)[0]


def test_a_wrong_label_a_wrong_box_and_a_box_too_many_cost_more():
    head, maps = head_and_maps()
    right = perfect(head(maps))
    moved, called, more = right.clone(), right.clone(), right.clone()
    moved[0, :, :2] -= 6
    called[0, :, FIRST:] = right[0, :, FIRST:].flip(1)
    more[1, 3, FIRST] = 12.0
    least = head.loss(right, TRUTH)
    assert all(head.loss(each, TRUTH) > least + 0.05 for each in (moved, called, more))


def test_pictures_with_nothing_in_them_are_learned_from():
    head, maps = head_and_maps()
    loss = head.loss(head(maps), torch.full((2, 1, 5), -1.0))
    loss.backward()
    assert torch.isfinite(loss)
    assert head.surety.bias.grad.abs().sum() > 0


def test_it_learns_what_the_maps_tell():
    torch.manual_seed(0)
    head = Boxes(width=8, classes=2, strides=[8, 16])
    maps = [torch.zeros(2, 8, 5, 6), torch.zeros(2, 8, 3, 3)]
    maps[0][0, 0, 1:2, 1:2] = 3.0
    maps[0][0, 1, 2, 4] = 3.0
    step = torch.optim.SGD(head.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(60):
        loss = head.loss(head(maps), TRUTH)
        step.zero_grad()
        loss.backward()
        step.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]
