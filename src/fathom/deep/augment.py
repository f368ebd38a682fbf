"""Pictures moved a little, a whole batch at a time, so that a network learns what does not matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

MANY_EPOCHS = 30
WEAKEST = 0.3  # of the movement of many epochs
FADED = 0.2  # parameter of the beta distribution of how much two pictures fade into one another: mostly little
GRAIN = 8  # pixels


@dataclass(frozen=True)
class Movement:
    """How far pictures are moved: shift as a share of the side, rotation in radians, zoom as a share, mirrored or not.

    `crop`: the smallest share of the sides that is seen, anywhere in the picture (Szegedy et al. 2015); 1: all of it.

    >>> moved = Movement(shift=0.1, turn=0.1, zoom=0.1)(torch.zeros(2, 1, 8, 8, dtype=torch.uint8))
    >>> moved.dtype, moved.shape
    (torch.float32, torch.Size([2, 1, 8, 8]))
    """

    shift: float = 0.0
    turn: float = 0.0
    zoom: float = 0.0
    mirror: bool = False
    crop: float = 1.0

    def __call__(self, images: Tensor) -> Tensor:
        """Images [rows, channels, height, width], each moved by a chance of its own; float32 of the same shape."""
        rows = len(images)
        chance = torch.rand(rows, 7, device=images.device) * 2 - 1
        turn, shear = self.turn * chance[:, 0], 0.5 * self.turn * chance[:, 5]
        zoom, stretch = 1 + self.zoom * chance[:, 1], 1 + 0.5 * self.zoom * chance[:, 2]
        flip = torch.where(chance[:, 6] > 0, 1.0, -1.0) if self.mirror else 1.0
        right, below = 2 * self.shift * chance[:, 3], 2 * self.shift * chance[:, 4]
        if self.crop < 1:
            where = torch.rand(rows, 3, device=images.device) * 2 - 1
            seen = 1 - (1 - self.crop) * where[:, 0].abs()
            zoom = zoom * seen
            right, below = right + (1 - seen) * where[:, 1], below + (1 - seen) * where[:, 2]
        cosine, sine = turn.cos(), turn.sin()
        # Grid coordinates run from -1 to 1, so a shift by a share of the side counts double.
        across = torch.stack([flip * zoom * stretch * cosine, -zoom * (sine + shear), right], dim=1)
        down = torch.stack([flip * zoom * sine, zoom / stretch * cosine, below], dim=1)
        grid = F.affine_grid(torch.stack([across, down], dim=1), list(images.shape), align_corners=False)
        return F.grid_sample(images.float(), grid, mode="bilinear", padding_mode="border", align_corners=False)


@dataclass(frozen=True)
class Mixture:
    """Batches of which a share becomes mixtures of two pictures, and their truth of two truths.

    Half of them fade into one another (mixup, Zhang et al. 2018), half have a part of the other (cutmix, Yun et al.
    2019). `classes`: of how many classes the truth, int64 [rows], names one; 0: it is a matrix [rows, labels] already.

    >>> pictures, truth = Mixture(1.0, 3)(torch.zeros(2, 1, 8, 8), torch.tensor([0, 2]))
    >>> pictures.shape, truth.shape, truth.sum(dim=1).tolist()
    (torch.Size([2, 1, 8, 8]), torch.Size([2, 3]), [1.0, 1.0])
    """

    share: float
    classes: int = 0

    def __call__(self, images: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        """Images float [rows, channels, height, width] and float truth [rows, classes] of a batch."""
        wanted = F.one_hot(truth, self.classes).float() if self.classes else truth.float()
        which, kept, across, down = torch.rand(4).tolist()
        if which >= self.share or len(images) < 2:
            return images, wanted
        order = torch.randperm(len(images)).to(images.device)
        if which < self.share / 2:
            one, other = torch._sample_dirichlet(torch.full((1, 2), FADED))[0].tolist()
            share = max(one, other)  # the picture's own truth is always the larger part
            return images.float().lerp(images[order].float(), 1 - share), wanted.lerp(wanted[order], 1 - share)
        height, width = images.shape[2:]
        tall, wide = (round(side * math.sqrt(1 - kept)) for side in (height, width))
        top, left = round(down * (height - tall)), round(across * (width - wide))
        mixed = images.float().clone()
        mixed[:, :, top : top + tall, left : left + wide] = images[
            order, :, top : top + tall, left : left + wide
        ].float()
        return mixed, wanted.lerp(wanted[order], tall * wide / (height * width))


def shrunk(images: Tensor, share: float) -> Tensor:
    """Images [rows, channels, height, width] at a share of their sides, float32; sides are whole multiples of eight.

    >>> shrunk(torch.zeros(2, 3, 48, 64, dtype=torch.uint8), 0.5).shape
    torch.Size([2, 3, 24, 32])
    """
    size = [max(GRAIN, round(side * share / GRAIN) * GRAIN) for side in images.shape[2:]]
    return F.interpolate(images.float(), size=size, mode="area")


def turned(images: Tensor, angle: float) -> tuple[Tensor, Tensor]:
    """Images [rows, channels, height, width] turned by an angle in radians to either side, float32 of the same shape.

    >>> [each.shape for each in turned(torch.zeros(2, 1, 8, 8), 0.1)]
    [torch.Size([2, 1, 8, 8]), torch.Size([2, 1, 8, 8])]
    """
    cosine, sine = math.cos(angle), math.sin(angle)
    sides = []
    for each in (sine, -sine):
        matrix = images.new_tensor([[cosine, -each, 0.0], [each, cosine, 0.0]], dtype=torch.float32)
        grid = F.affine_grid(matrix[None], [1, *images.shape[1:]], align_corners=False)
        grid = grid.expand(images.shape[0], -1, -1, -1)  # a trace would take len() for a constant
        sides.append(F.grid_sample(images.float(), grid, mode="bilinear", padding_mode="border", align_corners=False))
    return sides[0], sides[1]


def movement(epochs: int, mirror: bool, crop: float = 1.0) -> Movement:
    """How far pictures are moved: the more often each is seen, the more there is to protect from.

    >>> movement(1, mirror=False).shift < movement(100, mirror=False).shift
    True
    """
    strength = max(WEAKEST, min(1.0, epochs / MANY_EPOCHS))
    return Movement(shift=0.1 * strength, turn=0.25 * strength, zoom=0.15 * strength, mirror=mirror, crop=crop)


def mirrors(classes: Sequence[str], channels: int) -> bool:
    """Whether a mirrored picture is still one of its class: not so for digits, letters and other signs.

    >>> mirrors(["cat", "dog"], channels=3), mirrors(["b", "d"], channels=3)
    (True, False)
    """
    return channels == 3 and not all(len(name) == 1 for name in classes)
