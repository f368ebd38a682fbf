"""Filters over the past of a series, each layer with larger gaps than the one before."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.series import PER_STEP, Ahead, Line, Sizes, Static, segments

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

    >>> network = SeriesConvolutional(Sizes(20, 5, 3, 2), segment=2, filters=8)
    >>> network(torch.zeros(2, 20, 3), torch.zeros(2, 5, 2), torch.zeros(2, 0), torch.zeros(2, 0)).shape
    torch.Size([2, 5, 12])
    """

    features = members = 1

    def __init__(
        self,
        sizes: Sizes,
        *,
        segment: int,
        filters: int = 32,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.segment, self.steps, self.dropout = segment, sizes.steps, dropout
        self.static = Static(sizes)
        self.line = Line(sizes.context, sizes.steps, sizes.season)
        self.reading = nn.Linear(segment * sizes.channels, filters)
        places, gap, blocks = -(-sizes.context // segment), 1, []
        seen = 1
        while seen < places:
            blocks.append(Causal(filters, gap, dropout))
            seen, gap = seen + 2 * (KERNEL - 1) * gap, 2 * gap
        self.blocks = nn.Sequential(*blocks)
        self.said = nn.Linear(filters + self.static.size, sizes.steps * PER_STEP)
        self.ahead = Ahead(1 + PER_STEP, sizes.ahead)

    def forward(self, past: Tensor, ahead: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Figures of each step ahead."""
        read = self.reading(segments(past, self.segment)).transpose(1, 2)
        last = self.blocks(read)[:, :, -1]
        still = torch.cat([last, self.static(numbers, codes, past)], dim=1)
        features = self.said(F.dropout(F.gelu(still), self.dropout, self.training)).unflatten(1, (self.steps, PER_STEP))
        line = self.line(past[:, :, 0])[:, :, None]
        figures: Tensor = self.ahead(torch.cat([line, F.gelu(features)], dim=2), ahead)
        return figures
