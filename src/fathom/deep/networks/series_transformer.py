"""Attention between stretches of the past of a series."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.series import Ahead, Line, Sizes, Static, segments
from fathom.deep.networks.transformer import Encoder

PER_STEP = 4  # features of each step ahead
OVERLAP = 2  # patches that each step is part of


class SeriesTransformer(nn.Module):
    """Patches of the past, each half over the one before, look at one another (PatchTST, Nie et al. 2023).

    All patches together correct what a line through the past says. Beside them stands one place for the series as a
    whole.

    Past steps float [rows, context, channels], steps ahead [rows, steps, ahead], numbers and codes go in; figures
    [rows, steps, FIGURES] come out.

    >>> network = SeriesTransformer(Sizes(20, 5, 3, 2), segment=2, width=8, depth=1, heads=2)
    >>> network(torch.zeros(2, 20, 3), torch.zeros(2, 5, 2), torch.zeros(2, 0), torch.zeros(2, 0)).shape
    torch.Size([2, 5, 12])
    """

    features = members = 1

    def __init__(
        self,
        sizes: Sizes,
        *,
        segment: int,
        width: int = 64,
        depth: int = 2,
        heads: int = 4,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.segment, self.steps, self.dropout = segment, sizes.steps, dropout
        self.static = Static(sizes)
        self.line = Line(sizes.context, sizes.steps, sizes.season)
        self.patch = nn.Linear(OVERLAP * segment * sizes.channels, width)
        self.whole = nn.Linear(self.static.size, width)
        self.encoder = Encoder(width, depth=depth, heads=heads, dropout=dropout)
        places = 1 + max(1, -(-sizes.context // segment) - OVERLAP + 1)
        self.said = nn.Linear(places * width, sizes.steps * PER_STEP)
        nn.init.zeros_(self.said.weight)
        nn.init.zeros_(self.said.bias)
        self.ahead = Ahead(PER_STEP, sizes.ahead)

    def forward(self, past: Tensor, ahead: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Figures of each step ahead."""
        read = segments(past, self.segment)
        if read.shape[1] < OVERLAP:
            read = F.pad(read, (0, 0, OVERLAP - read.shape[1], 0))
        read = torch.cat([read[:, each : read.shape[1] - OVERLAP + 1 + each] for each in range(OVERLAP)], dim=2)
        still = self.static(numbers, codes, past)
        found = self.encoder(torch.cat([self.whole(still)[:, None], self.patch(read)], dim=1), None)
        found = F.dropout(found.flatten(1), self.dropout, self.training)
        line = F.pad(self.line(past[:, :, 0])[:, :, None], (0, PER_STEP - 1))
        figures: Tensor = self.ahead(line + self.said(found).unflatten(1, (self.steps, PER_STEP)), ahead)
        return figures
