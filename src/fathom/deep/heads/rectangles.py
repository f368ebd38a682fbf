"""Arithmetic on rectangles: float [..., 4] as left, top, right, bottom."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

SMALLEST = 1e-9


def areas(boxes: Tensor) -> Tensor:
    """Width times height [...]; 0 where a side is negative.

    >>> areas(torch.tensor([[0.0, 0.0, 2.0, 3.0], [5.0, 0.0, 4.0, 9.0]])).tolist()
    [6.0, 0.0]
    """
    return (boxes[..., 2] - boxes[..., 0]).clamp_min(0) * (boxes[..., 3] - boxes[..., 1]).clamp_min(0)


def overlaps(some: Tensor, others: Tensor) -> Tensor:
    """The shared area over the area of both together [..., n, m], of boxes [..., n, 4] and [..., m, 4].

    >>> overlaps(torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([[1.0, 0.0, 3.0, 2.0]])).tolist()
    [[0.3333333432674408]]
    """
    some, others = some[..., :, None, :], others[..., None, :, :]
    shared = _shared(some, others)
    return shared / (areas(some) + areas(others) - shared).clamp_min(SMALLEST)


def generous_overlaps(some: Tensor, others: Tensor) -> Tensor:
    """Of each pair the overlap, less the empty share of the box around both [...]: 1 where they agree, to -1.

    Unlike the overlap it tells boxes apart that do not touch, and so it has a gradient there (Rezatofighi et al. 2019).

    >>> generous_overlaps(torch.tensor([0.0, 0.0, 1.0, 1.0]), torch.tensor([2.0, 0.0, 3.0, 1.0])).item()
    -0.3333333432674408
    """
    shared = _shared(some, others)
    both = areas(some) + areas(others) - shared
    around = torch.cat(
        [torch.minimum(some[..., :2], others[..., :2]), torch.maximum(some[..., 2:4], others[..., 2:4])], dim=-1
    )
    whole = areas(around).clamp_min(SMALLEST)
    return shared / both.clamp_min(SMALLEST) - (whole - both) / whole


def _shared(some: Tensor, others: Tensor) -> Tensor:
    wide = torch.minimum(some[..., 2], others[..., 2]) - torch.maximum(some[..., 0], others[..., 0])
    tall = torch.minimum(some[..., 3], others[..., 3]) - torch.maximum(some[..., 1], others[..., 1])
    return wide.clamp_min(0) * tall.clamp_min(0)


def places(shapes: Sequence[tuple[int, int]], strides: Sequence[int], where: torch.device) -> tuple[Tensor, Tensor]:
    """The middles [places, 2] (x, y) of the places of maps (height, width), in pixels of the picture; their strides.

    >>> places([(1, 2)], [8], torch.device("cpu"))[0].tolist()
    [[4.0, 4.0], [12.0, 4.0]]
    """
    middles, steps = [], []
    for (height, width), stride in zip(shapes, strides, strict=True):
        down = (torch.arange(height, device=where, dtype=torch.float32) + 0.5) * stride
        across = (torch.arange(width, device=where, dtype=torch.float32) + 0.5) * stride
        grid = torch.stack([across.expand(height, width), down[:, None].expand(height, width)], dim=-1)
        middles.append(grid.reshape(-1, 2))
        steps.append(torch.full((height * width,), float(stride), device=where))
    return torch.cat(middles), torch.cat(steps)
