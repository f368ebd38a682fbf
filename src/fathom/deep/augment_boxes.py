"""Pictures and their boxes moved together, a whole batch at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

GRAY = 114.0  # what surrounds a picture
VISIBLE = 0.3  # of a box must still be in the picture


@dataclass(frozen=True)
class Journey:
    """How pictures with boxes are changed: zoomed in or out, shifted, mirrored, coloured, and joined four to one.

    `zoom` times at most, in or out; `shift` as a share of the side; `colour` as a share of brightness, contrast and
    saturation; `joined`: the share of pictures that become a mosaic (Bochkovskiy et al. 2020).

    >>> pictures, truth = torch.zeros(2, 3, 8, 8, dtype=torch.uint8), torch.tensor([[[1.0, 2, 3, 6, 0]]] * 2)
    >>> moved, boxes = Journey(zoom=1.0, shift=0.0, mirror=False)(pictures, truth)
    >>> moved.dtype, boxes[0].tolist()
    (torch.float32, [[1.0, 2.0, 3.0, 6.0, 0.0]])
    """

    zoom: float = 1.4
    shift: float = 0.15
    mirror: bool = True
    flip: bool = False
    colour: float = 0.0
    joined: float = 0.0

    def __call__(self, pictures: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures [rows, channels, height, width] and boxes [rows, most, 5], each by a chance of its own."""
        pictures, truth = self._moved(pictures, truth)
        if self.joined and len(pictures) > 1:
            pictures, truth = self._joined(pictures, truth)
        return (self._coloured(pictures) if self.colour else pictures), truth

    def _moved(self, pictures: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        rows, _, height, width = pictures.shape
        chance = torch.rand(rows, 6, device=pictures.device) * 2 - 1
        times = torch.exp(math.log(self.zoom) * chance[:, 0])
        stretch = torch.exp(0.25 * math.log(self.zoom) * chance[:, 5])
        sign = torch.where(chance[:, 1] > 0, 1.0, -1.0) if self.mirror else torch.ones(rows, device=pictures.device)
        turned = torch.where(chance[:, 4] > 0, 1.0, -1.0) if self.flip else torch.ones(rows, device=pictures.device)
        # What is seen at place p of the new picture, both from -1 to 1, was at a * p + b of the old one.
        across, down = sign / (times * stretch), turned * stretch / times
        right, below = 2 * self.shift * chance[:, 2], 2 * self.shift * chance[:, 3]
        none = torch.zeros_like(across)
        matrix = torch.stack([across, none, right, none, down, below], dim=1).reshape(rows, 2, 3)
        grid = F.affine_grid(matrix, list(pictures.shape), align_corners=False)
        moved = F.grid_sample(pictures.float() - GRAY, grid, mode="bilinear", align_corners=False) + GRAY
        scale = torch.stack([across, down, across, down], dim=1)[:, None]
        ahead = torch.stack([right, below, right, below], dim=1)[:, None]
        size = truth.new_tensor([width, height, width, height])
        ends = ((2 * truth[..., :4] / size - 1 - ahead) / scale + 1) / 2 * size
        first, last = torch.minimum(ends[..., :2], ends[..., 2:]), torch.maximum(ends[..., :2], ends[..., 2:])
        boxes = torch.cat([first, last, truth[..., 4:]], dim=-1)
        return moved, clipped(boxes, truth.new_zeros(rows, 1, 2), size[:2].expand(rows, 1, 2))

    def _joined(self, pictures: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        rows, _, height, width = pictures.shape
        chance = torch.rand(rows, 3, device=pictures.device)
        middle = ((0.25 + 0.5 * chance[:, :2]) * truth.new_tensor([width, height])).round()
        mixed = chance[:, 2] < self.joined
        order = torch.randperm(rows, device=pictures.device)
        out = pictures
        x = torch.arange(width, device=pictures.device)[None, None, :] < middle[:, 0, None, None]
        y = torch.arange(height, device=pictures.device)[None, :, None] < middle[:, 1, None, None]
        size = truth.new_tensor([width, height]).expand(rows, 2)
        parts = ((x & y, (0, 0)), (~x & y, (1, 0)), (x & ~y, (0, 1)), (~x & ~y, (1, 1)))
        found = []
        for turn, (part, (after, under)) in enumerate(parts):
            picked = order.roll(turn)[order.argsort()]
            corner = torch.tensor([after, under], device=pictures.device, dtype=torch.bool)
            low, high = torch.where(corner, middle, 0.0), torch.where(corner, size, middle)
            whole = torch.full_like(low, 0.0), size
            low, high = (torch.where(mixed[:, None], one, other) for one, other in zip((low, high), whole, strict=True))
            boxes = clipped(truth[picked], low[:, None], high[:, None])
            if turn:
                out = torch.where((part & mixed[:, None, None])[:, None], pictures[picked], out)
                boxes[..., 4] = torch.where(mixed[:, None], boxes[..., 4], -1.0)
            found.append(boxes)
        boxes = torch.cat(found, dim=1)
        most = int((boxes[..., 4] >= 0).sum(dim=1).max())
        first = (boxes[..., 4] < 0).to(torch.int8).argsort(dim=1, stable=True)[:, : max(1, most)]
        return out, boxes.gather(1, first[..., None].expand(-1, -1, 5))

    def _coloured(self, pictures: Tensor) -> Tensor:
        chance = (torch.rand(len(pictures), 3, device=pictures.device) * 2 - 1) * self.colour
        mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
        gray = pictures.mean(dim=1, keepdim=True)
        bright, contrast, full = (1 + chance[:, one, None, None, None] for one in range(3))
        pictures = gray + full * (pictures - gray)
        return (mean * bright + bright * contrast * (pictures - mean)).clamp_(0, 255)


def clipped(truth: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Boxes [rows, most, 5] cut to what lies between two corners; class -1 where too little is left."""
    first, last = truth[..., :2].clamp(low, high), truth[..., 2:4].clamp(low, high)
    left = (last - first).prod(dim=-1)
    whole = (truth[..., 2:4] - truth[..., :2]).clamp_min(1e-6).prod(dim=-1)
    label = torch.where(left >= VISIBLE * whole, truth[..., 4], -1.0)
    return torch.cat([first, last, label[..., None]], dim=-1)
