"""Weighted sums over past steps, and layers that look at them at several rates."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.series import PER_STEP, Ahead, Line, Sizes, Static

SQUEEZED = 4  # figures that a step's columns are squeezed to


class Look(nn.Module):
    """One look at the past at one rate: pooled, through layers, and what it says drawn out to every step.

    N-HiTS (Challu et al. 2023): the same look says what it has explained of the past, which the next look goes
    without, and its part of the steps ahead.
    """

    def __init__(self, context: int, steps: int, beside: int, *, pool: int, width: int, dropout: float) -> None:
        super().__init__()
        self.pool, self.context, self.steps = pool, context, steps
        self.back, self.on = -(-context // pool), max(1, -(-steps // pool))
        self.layers = nn.Sequential(
            nn.Linear(self.back + beside, width),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(width, width),
            nn.GELU(),
            nn.Dropout(dropout),
        )
        self.last = nn.Linear(width, self.back + self.on * PER_STEP)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, values: Tensor, beside: Tensor) -> tuple[Tensor, Tensor]:
        """What is explained of the past [rows, context], and features of the steps ahead [rows, steps, PER_STEP]."""
        room = self.back * self.pool - self.context
        pooled = F.avg_pool1d(F.pad(values[:, None], (room, 0)), self.pool)[:, 0] if self.pool > 1 else values
        said = self.last(self.layers(torch.cat([pooled, beside], dim=1)))
        back = said[:, None, : self.back]
        on = said[:, self.back :].reshape(len(said), PER_STEP, self.on)
        if self.pool > 1:
            back = F.interpolate(back, self.context, mode="linear")
            on = F.interpolate(on, self.steps, mode="linear") if self.on > 1 else on.expand(-1, -1, self.steps)
        return back[:, 0], on.transpose(1, 2)


class SeriesFeedforward(nn.Module):
    """A line through the past and looks at several rates, added up, for every step ahead at once.

    Past steps float [rows, context, channels], steps ahead [rows, steps, ahead], numbers and codes go in; figures
    [rows, steps, FIGURES] come out.

    >>> network = SeriesFeedforward(Sizes(20, 5, 3, 2), pools=[4, 1])
    >>> network(torch.zeros(2, 20, 3), torch.zeros(2, 5, 2), torch.zeros(2, 0), torch.zeros(2, 0)).shape
    torch.Size([2, 5, 12])
    """

    features = members = 1

    def __init__(
        self,
        sizes: Sizes,
        *,
        pools: Sequence[int] = (8, 4, 1),
        width: int = 256,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.line = Line(sizes.context, sizes.steps, sizes.season)
        self.static = Static(sizes)
        self.past = nn.Linear(sizes.channels - 1, SQUEEZED) if sizes.channels > 2 + sizes.ahead else None
        self.on = nn.Linear(sizes.ahead, SQUEEZED) if sizes.ahead else None
        seen = self.static.size
        seen += SQUEEZED * (sizes.steps * (self.on is not None) + sizes.context * (self.past is not None))
        self.looks = nn.ModuleList(
            Look(sizes.context, sizes.steps, seen, pool=pool, width=width, dropout=dropout) for pool in pools
        )
        self.ahead = Ahead(PER_STEP, sizes.ahead)

    def forward(self, past: Tensor, ahead: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Figures of each step ahead."""
        values = past[:, :, 0]
        parts = [self.static(numbers, codes, past)]
        if self.past is not None:
            parts.append(self.past(past[:, :, 1:]).flatten(1))
        if self.on is not None:
            parts.append(self.on(ahead).flatten(1))
        beside = torch.cat(parts, dim=1)
        line = self.line(values)
        features = F.pad(line[:, :, None], (0, PER_STEP - 1))
        for look in self.looks:
            back, on = look(values, beside)
            values, features = values - back, features + on
        figures: Tensor = self.ahead(features, ahead)
        return figures
