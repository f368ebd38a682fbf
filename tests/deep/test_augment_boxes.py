"""Boxes stay on their things wherever pictures are moved."""

import pytest
import torch

from fathom.deep.augment_boxes import GRAY, VISIBLE, Journey, clipped

SIDE = 64


def scene(rows, seed=0):
    """Pictures with one to three bright rectangles that do not touch, each of a value of its own, and their boxes."""
    chance = torch.Generator().manual_seed(seed)
    pictures = torch.zeros(rows, 3, SIDE, SIDE, dtype=torch.uint8)
    truth = torch.zeros(rows, 3, 5)
    truth[..., 4] = -1
    for row in range(rows):
        for place in range(row % 3 + 1):
            x, y = place * 22 + 2, int(torch.randint(0, 40, (), generator=chance))
            wide, tall = (int(each) for each in torch.randint(10, 18, (2,), generator=chance))
            pictures[row, :, y : y + tall, x : x + wide] = 200
            truth[row, place] = torch.tensor([x, y, x + wide, y + tall, place])
    return pictures, truth


@pytest.mark.parametrize("joined", [0.0, 1.0])
def test_what_is_in_a_box_is_bright_and_what_is_around_it_is_not(joined):
    torch.manual_seed(1)
    moved, boxes = Journey(zoom=1.5, shift=0.2, joined=joined)(*scene(40))
    assert moved.shape == (40, 3, SIDE, SIDE)
    seen = 0
    for picture, its in zip(moved, boxes, strict=True):
        for left, top, right, bottom, label in its.tolist():
            if label < 0 or min(right - left, bottom - top) < 5:
                continue
            seen += 1
            inner = picture[0, round(top) + 1 : round(bottom) - 1, round(left) + 1 : round(right) - 1]
            assert (inner > 150).float().mean() > 0.9
            beside = picture[0, round(top) + 1 : round(bottom) - 1, max(0, round(left) - 3) : max(0, round(left) - 1)]
            assert not len(beside.flatten()) or beside.float().median() < 150
    assert seen > 30


def test_nothing_bright_is_left_without_a_box_but_remnants():
    torch.manual_seed(2)
    moved, boxes = Journey(zoom=1.3, shift=0.1)(*scene(40))
    for picture, its in zip(moved, boxes, strict=True):
        for left, top, right, bottom, label in its.tolist():
            if label >= 0:
                picture[:, max(0, int(top) - 1) : int(bottom) + 2, max(0, int(left) - 1) : int(right) + 2] = 0
        assert (picture[0] > 150).sum() < VISIBLE * 18 * 18 * 1.3**3 * 2


def test_a_mirrored_picture_has_mirrored_boxes():
    pictures, truth = scene(1)
    torch.manual_seed(0)
    looks = [Journey(zoom=1.0, shift=0.0, mirror=True)(pictures, truth) for _ in range(8)]
    x = {round(boxes[0, 0, 0].item(), 3) for _, boxes in looks}
    left, _, right, _, _ = truth[0, 0].tolist()
    assert x == {left, SIDE - right}


def test_it_leaves_alone_what_it_is_not_told_to_move():
    pictures, truth = scene(6)
    moved, boxes = Journey(zoom=1.0, shift=0.0, mirror=False)(pictures, truth)
    torch.testing.assert_close(moved, pictures.float(), atol=1e-3, rtol=0)
    torch.testing.assert_close(boxes, truth)


def test_gray_comes_in_at_the_sides_and_colours_change_evenly():
    torch.manual_seed(0)
    still = Journey(zoom=1.0, shift=0.5, mirror=False)
    moved, _ = still(torch.zeros(4, 3, SIDE, SIDE, dtype=torch.uint8), torch.full((4, 1, 5), -1.0))
    assert ((moved.abs() < 1) | ((moved - GRAY).abs() < 1)).float().mean() > 0.9
    coloured, _ = Journey(zoom=1.0, shift=0.0, colour=0.4)(*scene(8))
    assert coloured.min() >= 0
    assert coloured.max() <= 255


def test_a_box_of_which_little_is_left_is_none():
    edge = torch.tensor([10 * (1 - VISIBLE)])
    truth = torch.tensor([[[-edge + step, 0, 10 - edge + step, 10, 1] for step in (-0.5, 0.5)]])
    found = clipped(truth, torch.zeros(1, 1, 2), torch.full((1, 1, 2), 20.0))
    assert found[..., 4].tolist() == [[-1.0, 1.0]]
    assert found[0, 1, 0] == 0
