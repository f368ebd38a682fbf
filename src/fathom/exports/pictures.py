"""Features of pictures as tensors: what `classical.features.image` computes of pixels, in a form that can be traced."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.classical.features import gradients
from fathom.classical.features.image import COLOUR_STEPS, COLOURS, GRADIENTS, PIXELS, Picture

SMALLEST = 1e-10  # beside the squares of a block, so that an empty one is divided by something


class PictureFeatures(nn.Module):
    """The matrix of features float32 [rows, features] of pixels uint8 [rows, side, side, channels]."""

    centre: Tensor
    scale: Tensor

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.groups = [group for group in picture.groups if group != COLOURS or picture.channels == 3]
        self.register_buffer("centre", torch.tensor(picture.centre, dtype=torch.float32))
        self.register_buffer("scale", torch.tensor(picture.scale, dtype=torch.float32))

    def forward(self, pixels: Tensor) -> Tensor:
        """Groups of features side by side, centred and scaled."""
        bright = pixels.float() / 255.0
        found = torch.cat([MADE[group](bright) for group in self.groups], dim=1)
        return (found - self.centre) / self.scale


def small_copy(bright: Tensor) -> Tensor:
    """Pixels of a small grey copy."""
    step = -(-int(bright.shape[1]) // COPY)
    return F.avg_pool2d(bright.mean(dim=3)[:, None], step).flatten(1)


def oriented(bright: Tensor) -> Tensor:
    """Histograms of oriented gradients, by the same rules as `gradients.histograms`.

    An orientation is told by on which side of eight directions a gradient points: there is no angle to be rounded.
    """
    side = int(bright.shape[1])
    size = gradients.cell_size(side)
    if not gradients.length(side):
        return bright.flatten(1)[:, :0]
    down, right = slopes(bright)
    strength = (down.square() + right.square()).sqrt()
    flip = torch.where((down < 0) | ((down == 0) & (right < 0)), -1.0, 1.0)
    down, right = down * flip, right * flip
    borders = [math.pi * each / gradients.ORIENTATIONS for each in range(1, gradients.ORIENTATIONS)]
    beyond = [(down * math.cos(angle) >= right * math.sin(angle)).float() for angle in borders]
    which = torch.stack(beyond, dim=0).sum(dim=0)
    maps = torch.stack([strength * (which == each).float() for each in range(gradients.ORIENTATIONS)], dim=1)
    cells = F.avg_pool2d(maps, size)
    count = side // size
    last = count - gradients.BLOCK + 1
    places = [(row, column) for row in range(gradients.BLOCK) for column in range(gradients.BLOCK)]
    blocks = [cells[:, :, row : row + last, column : column + last].permute(0, 2, 3, 1) for row, column in places]
    joined = torch.cat(blocks, dim=3).flatten(1, 2)
    return unit(unit(joined).clamp_max(gradients.LARGEST)).flatten(1)


def slopes(bright: Tensor) -> tuple[Tensor, Tensor]:
    """Each pixel's gradient down and right [rows, side, side], of the channel where it is strongest."""
    rows = bright.permute(0, 3, 1, 2)
    down = F.pad(rows[:, :, 2:] - rows[:, :, :-2], (0, 0, 1, 1))
    right = F.pad(rows[:, :, :, 2:] - rows[:, :, :, :-2], (1, 1, 0, 0))
    if int(bright.shape[3]) == 1:
        return down[:, 0], right[:, 0]
    strongest = (down * down + right * right).argmax(dim=1, keepdim=True)
    return down.gather(1, strongest)[:, 0], right.gather(1, strongest)[:, 0]


def unit(blocks: Tensor) -> Tensor:
    """Blocks [rows, blocks, features] at length one."""
    return blocks / (blocks.square().sum(dim=2, keepdim=True) + SMALLEST).sqrt()


def colours(bright: Tensor) -> Tensor:
    """The share of pixels of each of 64 colours."""
    steps = (bright * 255.0).round().div(256 // COLOUR_STEPS).floor()
    colour = (steps[..., 0] * COLOUR_STEPS + steps[..., 1]) * COLOUR_STEPS + steps[..., 2]
    shares = [(colour == each).float().mean(dim=(1, 2)) for each in range(COLOUR_STEPS**3)]
    return torch.stack(shares, dim=1)


COPY = 16  # the side of the small copy, as the features have it
MADE: dict[str, Callable[[Tensor], Tensor]] = {PIXELS: small_copy, GRADIENTS: oriented, COLOURS: colours}
