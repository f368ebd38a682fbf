"""Boxes come out: at each place of each map how far its box reaches, and how sure each class is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.heads.assignment import assigned
from fathom.deep.heads.precision import missed
from fathom.deep.heads.rectangles import generous_overlaps, places
from fathom.deep.heads.suppression import kept

FIRST = 7  # column of the outputs at which the logits begin
RARE = 0.01  # how sure each place is of each class at first: nearly all of them have nothing to find
FARTHEST = 6.0  # the exponent of a reach in strides, at most
FOCUS = 2.0
BOX_WEIGHT = 2.0
LEAST = 0.05  # what a box counts that does not overlap its goal yet
CANDIDATES = 300  # places of a picture that are looked at closely
MOST = 100  # boxes of a picture
SAME = 0.6  # overlap from which two boxes of a class are of one thing
ALIKE = 1e-4  # how sure boxes are is told apart in steps so wide where they are put in order
AT_ONCE = 32  # pictures whose boxes are compared at once


class Boxes(nn.Module):
    """A detector without anchors: every place may find a thing, whose sides it measures from its middle.

    Maps [rows, width, h, w] of a pyramid go in, float [rows, places, 7 + classes] come out: each place's box (left,
    top, right, bottom, in pixels of the picture that the network saw), its own middle (x, y) and stride, and a logit
    for each class. Places of all maps share their filters, each map has norms of its own (Tian et al. 2019, FCOS; Lyu
    et al. 2022, RTMDet). How sure a place should be is how well its box fits (Li et al. 2020, quality focal loss).
    Truth is float [rows, most, 5]: boxes and their class, -1 where there is none.

    >>> head = Boxes(width=8, classes=3, strides=[8, 16])
    >>> head([torch.zeros(2, 8, 4, 6), torch.zeros(2, 8, 2, 3)]).shape
    torch.Size([2, 30, 10])
    """

    def __init__(self, width: int, classes: int, strides: Sequence[int]) -> None:
        super().__init__()
        self.shared = Layer(width, len(strides))
        self.where = Layer(width, len(strides))
        self.what = Layer(width, len(strides))
        self.reach = nn.Conv2d(width, 4, 3, 1, 1)
        self.surety = nn.Conv2d(width, classes, 3, 1, 1)
        self.scales = nn.Parameter(torch.ones(len(strides)))
        self.strides = list(strides)
        self.classes = classes
        if not self.reach.weight.is_meta:  # what is about to be loaded: a draw without memory imports a compiler first
            nn.init.normal_(self.reach.weight, std=0.01)
            nn.init.normal_(self.surety.weight, std=0.01)
        nn.init.constant_(self.reach.bias, math.log(2.0))  # type: ignore[arg-type]
        nn.init.constant_(self.surety.bias, -math.log((1 - RARE) / RARE))  # type: ignore[arg-type]

    def start_from(self, truth: Tensor) -> None:
        """Nothing is known before the first picture."""

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Boxes, places and logits [rows, places, 7 + classes]."""
        found = []
        for level, each in enumerate(maps):
            common = self.shared(each, level)
            reach = self.reach(self.where(common, level)).float() * self.scales[level]
            surety = self.surety(self.what(common, level)).float()
            found.append(torch.cat([reach, surety], dim=1).flatten(2).transpose(1, 2))
        raw = torch.cat(found, dim=1)
        middles, strides = places([(each.shape[2], each.shape[3]) for each in maps], self.strides, raw.device)
        far = raw[..., :4].clamp(-FARTHEST, FARTHEST).exp() * strides[:, None]
        boxes = torch.cat([middles - far[..., :2], middles + far[..., 2:]], dim=-1)
        own = torch.cat([middles, strides[:, None]], dim=-1).expand(raw.shape[0], -1, -1)
        return torch.cat([boxes, own, raw[..., 4:]], dim=-1)

    def loss(self, outputs: Tensor, truth: Tensor) -> Tensor:
        """How wrong boxes and classes are; a number."""
        surety, fit, weight = self.losses(outputs, truth)
        return (surety.sum() + BOX_WEIGHT * fit.sum()) / weight.sum().clamp_min(1.0)

    def losses(self, outputs: Tensor, truth: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of each row the loss of its classes, that of its boxes, and what there was to find [rows]."""
        boxes, logits = outputs[..., :4].float(), outputs[..., FIRST:].float()
        truth = truth[:, : max(1, int((truth[..., 4] >= 0).sum(dim=1).max()))]
        found = assigned(boxes, logits.sigmoid(), outputs[0, :, 4:6], outputs[0, :, 6], truth)
        chosen = found.box.clamp_min(0)
        goals = truth.gather(1, chosen[..., None].expand(-1, -1, 5))
        some = found.box >= 0
        classes = F.one_hot(goals[..., 4].long().clamp_min(0), self.classes)
        wanted = classes * (found.goal * some)[..., None]
        off = (wanted - logits.sigmoid()).abs().detach() ** FOCUS
        surety = (off * F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")).sum(dim=(1, 2))
        weight = found.goal.clamp_min(LEAST) * some
        fit = torch.zeros_like(weight).masked_scatter(some, 1 - generous_overlaps(boxes[some], goals[some][:, :4]))
        return surety, (fit * weight).sum(dim=1), weight.sum(dim=1)

    @torch.no_grad()
    def score(self, outputs: Tensor, truth: Tensor) -> tuple[float, float]:
        """How far the mean average precision is from perfect, and its standard error; lower is better."""
        return missed(self.answer(outputs), truth, self.classes)

    @torch.no_grad()
    def answer(self, outputs: Tensor) -> Tensor:
        """The boxes of each row, the surest first, float [rows, at most 100, 6]: box, class and how sure; 0: none."""
        return torch.cat([self._answer(part) for part in torch.split(outputs, AT_ONCE)])

    def _answer(self, outputs: Tensor) -> Tensor:
        rows = len(outputs)
        scores = outputs[..., FIRST:].float().sigmoid().reshape(rows, -1)
        at = surest(scores, CANDIDATES)
        sure, labels = scores.gather(1, at), at % self.classes
        boxes = outputs[..., :4].float().gather(1, (at // self.classes)[..., None].expand(-1, -1, 4))
        sure = sure * kept(boxes, labels, SAME)
        return told(boxes, labels, sure)


def surest(scores: Tensor, most: int) -> Tensor:
    """Where the highest scores of each row stand, int64 [rows, at most `most`], the highest first.

    Those that differ by less than a step stand in the order of their places. On a flat picture hundreds of places are
    equally sure but for the last bit, which is another in a file for other programs: it must not choose among them.

    >>> surest(torch.tensor([[0.2, 0.9999998, 0.9999999, 0.5]]), 3).tolist()
    [[1, 2, 3]]
    """
    count = int(scores.shape[1])
    steps = (scores / ALIKE).round().long()
    ranks = steps * count - torch.arange(count, device=scores.device)  # no two alike: no sorting's own rule counts
    return ranks.topk(min(most, count), dim=1).indices


def told(boxes: Tensor, labels: Tensor, sure: Tensor) -> Tensor:
    """Box, class and how sure, the surest first, float [rows, at most 100, 6], of boxes that were settled."""
    chosen = surest(sure, MOST)
    order = chosen.gather(1, sure.gather(1, chosen).topk(chosen.shape[1], dim=1).indices)
    whole = torch.cat([boxes, labels[..., None].to(boxes.dtype), sure[..., None]], dim=-1)
    return whole.gather(1, order[..., None].expand(-1, -1, 6))


class Layer(nn.Module):
    """A filter that all maps share, with a norm for each of them."""

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        self.filter = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(levels))
        nn.init.kaiming_uniform_(self.filter.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, maps: Tensor, level: int) -> Tensor:
        """Maps of the same shape."""
        return F.relu(self.norms[level](self.filter(maps)))
