"""Which places of a picture learn which box: those that would find it best as things stand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fathom.deep.heads.rectangles import overlaps

BEST = 10  # places that learn a box, at most
SCORE_POWER, OVERLAP_POWER = 0.5, 6.0
LEAST = 1e-3  # overlap that counts at least: the powers of less are no numbers any more
NEAR = 0.75  # strides from the middle of a box too small for a place of its own


@dataclass(frozen=True)
class Assigned:
    """What each place learns: `box` int64 [rows, places], the position of its box or -1; `goal` float [rows, places].

    The goal is how sure a place should be: 0 where it learns that there is nothing.
    """

    box: Tensor
    goal: Tensor


@torch.no_grad()
def assigned(boxes: Tensor, scores: Tensor, middles: Tensor, strides: Tensor, truth: Tensor) -> Assigned:
    """Task-aligned assignment (Feng et al. 2021, TOOD), of all pictures of a batch at once.

    `boxes` [rows, places, 4] and `scores` [rows, places, classes] are what the network says; `middles` [places, 2] and
    `strides` [places] of the places; `truth` [rows, most, 5]: boxes and their class, -1 where there is none.
    A place can learn a box that its middle lies in, or whose middle it is next to where a box is too small to hold one.
    Of these the ten learn it with the greatest score^0.5 * overlap^6; a place wanted by several boxes learns the one it
    overlaps most. How sure it should be is this product, scaled so that a box's best place is as sure as it overlaps.

    >>> middles, strides = torch.tensor([[4.0, 4.0], [12.0, 4.0]]), torch.tensor([8.0, 8.0])
    >>> said = torch.tensor([[[0.0, 0.0, 8.0, 8.0], [8.0, 0.0, 16.0, 8.0]]])
    >>> truth = torch.tensor([[[0.0, 0.0, 8.0, 8.0, 0.0]]])
    >>> found = assigned(said, torch.full((1, 2, 1), 0.5), middles, strides, truth)
    >>> found.box.tolist(), found.goal.round(decimals=3).tolist()
    ([[0, -1]], [[1.0, 0.0]])
    """
    wanted = truth[..., 4] >= 0
    overlap = overlaps(truth[..., :4], boxes).clamp(0, 1)  # [rows, most, places]
    classes = truth[..., 4].long().clamp_min(0)
    score = scores.transpose(1, 2).gather(1, classes[..., None].expand(-1, -1, scores.shape[1]))
    allowed = inside(truth, middles, strides) & wanted[..., None]
    fit = score.clamp_min(LEAST) ** SCORE_POWER * overlap.clamp_min(LEAST) ** OVERLAP_POWER * allowed
    few = min(BEST, fit.shape[2])
    top, at = fit.topk(few, dim=2)
    chosen = torch.zeros_like(allowed).scatter_(2, at, top > 0)
    rival = torch.where(chosen, overlap, -1.0)
    best, box = rival.max(dim=1)
    box = torch.where(best >= 0, box, -1)
    mine = chosen & (box[:, None] == torch.arange(truth.shape[1], device=box.device)[None, :, None])
    kept = fit * mine
    largest = kept.amax(dim=2)
    scale = (overlap * mine).amax(dim=2) / torch.where(largest > 0, largest, 1.0)
    return Assigned(box, (kept * scale[..., None]).amax(dim=1))


def inside(truth: Tensor, middles: Tensor, strides: Tensor) -> Tensor:
    """Which middles [places, 2] may learn which boxes [rows, most, 5], bool [rows, most, places].

    >>> middles, strides = torch.tensor([[4.0, 4.0], [12.0, 4.0]]), torch.tensor([8.0, 8.0])
    >>> inside(torch.tensor([[[0.0, 0.0, 8.0, 8.0, 0.0], [7.5, 3.0, 8.5, 4.0, 0.0]]]), middles, strides).tolist()
    [[[True, False], [True, True]]]
    """
    left, top, right, bottom = (truth[..., side, None] for side in range(4))
    x, y = middles[:, 0], middles[:, 1]
    within = (x > left) & (x < right) & (y > top) & (y < bottom)
    away = torch.maximum((x - (left + right) / 2).abs(), (y - (top + bottom) / 2).abs())
    tiny = torch.minimum(right - left, bottom - top) < strides
    return within | (tiny & (away < NEAR * strides))
