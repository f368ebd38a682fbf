"""Pictures moved a little."""

from __future__ import annotations

import math

import pytest
import torch

from fathom.deep.augment import Mixture, Movement, turned


def test_no_movement_leaves_pictures_as_they_are():
    images = torch.randint(0, 256, (3, 2, 8, 9), dtype=torch.uint8)
    assert torch.allclose(Movement()(images), images.float(), atol=0.01)


def test_pictures_move_each_by_a_chance_of_its_own():
    torch.manual_seed(0)
    images = torch.zeros(20, 1, 16, 16, dtype=torch.uint8)
    images[:, :, 6:10, 6:10] = 255
    moved = Movement(shift=0.2)(images)
    assert len({tuple(each.flatten().tolist()) for each in moved}) == 20
    assert moved.sum() == pytest.approx(float(images.sum()), rel=0.05)


def test_only_a_mirror_mirrors():
    torch.manual_seed(0)
    images = torch.zeros(50, 1, 8, 8, dtype=torch.uint8)
    images[..., :2] = 255
    still = Movement(shift=0.05, turn=0.1, zoom=0.1)(images)
    assert (still[..., 4:].amax(dim=(1, 2, 3)) < 128).all()
    mirrored = Movement(mirror=True)(images)
    right = (mirrored[..., 6:].amin(dim=(1, 2, 3)) > 250).sum()
    assert 10 < right < 40


def test_a_turn_turns_by_as_much_as_was_said():
    torch.manual_seed(0)
    images = torch.zeros(200, 1, 33, 33, dtype=torch.uint8)
    images[:, :, 16, :] = 255
    moved = Movement(turn=0.3)(images)
    height = (moved[:, 0, :, 28] * torch.arange(33)[None]).sum(1) / moved[:, 0, :, 28].sum(1).clamp_min(1)
    angle = torch.atan((height - 16) / 12)
    assert 0.25 < angle.abs().max() < 0.5
    assert angle.mean().abs() < 0.05


def test_a_quarter_turn_to_either_side():
    images = torch.arange(18, dtype=torch.uint8).reshape(1, 2, 3, 3)
    one, other = turned(images, math.pi / 2)
    assert torch.allclose(one, images.rot90(1, (2, 3)).float(), atol=1e-4)
    assert torch.allclose(other, images.rot90(-1, (2, 3)).float(), atol=1e-4)


def test_a_crop_shows_a_part_of_the_picture_and_nothing_beyond():
    torch.manual_seed(0)
    ramp = torch.arange(64.0)[None, None, None, :].expand(80, 1, 64, 64)
    seen = Movement(crop=0.5)(ramp)[:, 0, 32]
    share = (seen[:, -1] - seen[:, 0]) / 63
    assert 0.49 <= share.min() < 0.6
    assert 0.9 < share.max() <= 1.0
    assert seen[:, 0].min() < 5
    assert seen[:, 0].max() > 20
    assert torch.equal(Movement(crop=1.0)(ramp[:1]), Movement()(ramp[:1]))


def test_a_mixture_has_as_much_of_each_truth_as_of_each_picture():
    torch.manual_seed(1)
    truth = torch.arange(8)
    images = (truth * 10.0)[:, None, None, None].expand(8, 1, 24, 24)
    faded = cut = 0
    for _ in range(60):
        mixed, wanted = Mixture(1.0, 8)(images, truth)
        assert torch.allclose(wanted.sum(dim=1), torch.ones(8))
        # each class is one brightness, so that the mean brightness tells the shares
        assert torch.allclose(mixed.mean(dim=(1, 2, 3)), (wanted * truth * 10.0).sum(dim=1), atol=1e-3)
        several = (mixed.amax(dim=(1, 2, 3)) - mixed.amin(dim=(1, 2, 3))).max() > 1
        cut, faded = cut + bool(several), faded + bool(not several)
    assert cut > 15
    assert faded > 15


def test_what_is_not_mixed_is_left_as_it_is():
    images, truth = torch.rand(4, 3, 8, 8), torch.tensor([0, 1, 1, 0])
    same, wanted = Mixture(0.0, 2)(images, truth)
    assert same is images
    assert wanted.argmax(dim=1).tolist() == truth.tolist()
    several = torch.tensor([[1, 0], [1, 1]], dtype=torch.int8)
    assert Mixture(0.0)(images[:2], several)[1].tolist() == [[1.0, 0.0], [1.0, 1.0]]
