"""Filters over the past of a series, each layer with larger gaps than the one before."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.series import PER_STEP, Ahead, Beside, Line, segments

KERNEL = 3


class Causal(nn.Module):
    """Two filters that look back only, `gap` steps between what they look at, added to what came in."""

    def __init__(self, width: int, gap: int, dropout: float) -> None:
        super().__init__()
        self.back, self.dropout = (KERNEL - 1) * gap, dropout
        self.first = nn.Conv1d(width, width, KERNEL, dilation=gap)
        self.second = nn.Conv1d(width, width, KERNEL, dilation=gap)
        self.norm = nn.GroupNorm(1, width)

    def forward(self, found: Tensor) -> Tensor:
        """Vectors [rows, width, places]."""
        step = F.gelu(self.first(F.pad(self.norm(found), (self.back, 0))))
        step = self.second(F.pad(F.dropout(step, self.dropout, self.training), (self.back, 0)))
        return found + F.dropout(step, self.dropout, self.training)


class SeriesConvolutional(nn.Module):
    """A temporal convolutional network (Bai et al. 2018): gaps double until the last place has seen all of the past.

    Of a long past several steps are read as one. What a line through the past says is added.

    Past steps float [rows, context, channels], steps ahead [rows, steps, ahead], numbers and codes go in; figures
    [rows, steps, FIGURES] come out.

    >>> network = SeriesConvolutional(
    ...     context=20, steps=5, channels=3, ahead=2, numbers=0, counts=[], segment=2, filters=8
    ... )
    >>> network(torch.zeros(2, 20, 3), torch.zeros(2, 5, 2), torch.zeros(2, 0), torch.zeros(2, 0)).shape
    torch.Size([2, 5, 12])
    """

    features = members = 1

    def __init__(
        self,
        context: int,
        steps: int,
        channels: int,
        ahead: int,
        numbers: int,
        counts: Sequence[int],
        *,
        season: int = 1,
        segment: int,
        filters: int = 32,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.segment, self.steps, self.dropout = segment, steps, dropout
        self.beside = Beside(numbers, counts)
        self.line = Line(context, steps, season)
        self.reading = nn.Linear(segment * channels, filters)
        places, gap, blocks = -(-context // segment), 1, []
        seen = 1
        while seen < places:
            blocks.append(Causal(filters, gap, dropout))
            seen, gap = seen + 2 * (KERNEL - 1) * gap, 2 * gap
        self.blocks = nn.Sequential(*blocks)
        self.said = nn.Linear(filters + self.beside.size + 1, steps * PER_STEP)
        self.ahead = Ahead(1 + PER_STEP, ahead)

    def forward(self, past: Tensor, ahead: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Figures of each step ahead."""
        read = self.reading(segments(past, self.segment)).transpose(1, 2)
        last = self.blocks(read)[:, :, -1]
        still = torch.cat([last, self.beside(numbers, codes), past[:, :, 1].mean(dim=1, keepdim=True)], dim=1)
        features = self.said(F.dropout(F.gelu(still), self.dropout, self.training)).unflatten(1, (self.steps, PER_STEP))
        line = self.line(past[:, :, 0])[:, :, None]
        figures: Tensor = self.ahead(torch.cat([line, F.gelu(features)], dim=2), ahead)
        return figures
