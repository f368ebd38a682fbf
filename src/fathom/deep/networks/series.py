"""What networks on series share: what stands beside the values, and how features become the steps ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.heads.quantiles import FIGURES, figures_of
from fathom.deep.networks.feedforward import Categories

SMOOTH = 25  # steps that a trend is the mean of (Zeng et al. 2023)
SEASONS = 4  # whose mean is said before anything was learned
PER_STEP = 8  # features of each step ahead
HIDDEN = 32  # units that read a step's features and what is known of it
UNKNOWN = 0.1  # share of the rows whose series is unknown while learning, so that a new one can be forecast


@dataclass(frozen=True)
class Sizes:
    """How large a window is: `context` steps back with `channels` each, `steps` on with `ahead` columns known of each.

    `numbers` and `counts` (of the values of each category): what is told of a series as a whole. `season`: in steps.
    """

    context: int
    steps: int
    channels: int
    ahead: int
    numbers: int = 0
    counts: Sequence[int] = ()
    season: int = 1


class Static(nn.Module):
    """What is told of a series as a whole, float [rows, size], and the share of its past that was seen.

    Numbers go in, a learned vector for each category, and the past of each row, whose second channel says what was
    seen.

    >>> static = Static(Sizes(context=4, steps=1, channels=3, ahead=0, numbers=2, counts=[5]))
    >>> static(torch.zeros(3, 2), torch.ones(3, 1, dtype=torch.int64), torch.ones(3, 4, 3)).shape
    torch.Size([3, 8])
    """

    def __init__(self, sizes: Sizes, size: int = 8) -> None:
        super().__init__()
        self.categories = Categories(sizes.counts, size) if sizes.counts else None
        self.size = sizes.numbers + (self.categories.size if self.categories is not None else 0) + 1

    def forward(self, numbers: Tensor, codes: Tensor, past: Tensor) -> Tensor:
        """Numbers and vectors in a row."""
        parts = [numbers, past[:, :, 1].mean(dim=1, keepdim=True)]
        if self.categories is not None:
            if self.training:
                codes = codes * (torch.rand(len(codes), 1, device=codes.device) >= UNKNOWN)
            parts.insert(1, self.categories(codes))
        return torch.cat(parts, dim=1)


class Line(nn.Module):
    """Steps ahead as weighted sums of past ones, of trend and rest apart (DLinear, Zeng et al. 2023), from the last on.

    Values float [rows, context] go in, [rows, steps] come out. Nothing learned yet, it says the mean of the last
    seasons at this place, or the last value where there is no season.

    >>> values = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    >>> Line(4, 3, season=2)(values).tolist(), Line(4, 3)(values).tolist()
    ([[2.0, 3.0, 2.0]], [[4.0, 4.0, 4.0]])
    """

    def __init__(self, context: int, steps: int, season: int = 1) -> None:
        super().__init__()
        self.smooth = min(SMOOTH, context) // 2
        self.trend, self.rest = nn.Linear(context, steps), nn.Linear(context, steps)
        seasons = min(context // season, SEASONS) if season > 1 else 0
        weight = torch.zeros(steps, context)
        for each in range(1, seasons + 1):
            weight[torch.arange(steps), context - each * season + torch.arange(steps) % season] = 1 / seasons
        for layer in (self.trend, self.rest):
            layer.weight.data.copy_(weight)
            nn.init.zeros_(layer.bias)

    def seen(self, values: Tensor) -> Tensor:
        """What is weighted: how far values are from the last."""
        return values - values[:, -1:]

    @torch.no_grad()
    def draw(self, weights: Tensor) -> None:
        """Weigh what is seen so [steps, context]: trend and rest alike."""
        for layer in (self.trend, self.rest):
            layer.weight.copy_(weights)

    def forward(self, values: Tensor) -> Tensor:
        """The steps ahead."""
        last, values = values[:, -1:], self.seen(values)
        wide = F.pad(values[:, None], (self.smooth, self.smooth), mode="replicate")
        trend = F.avg_pool1d(wide, 2 * self.smooth + 1, stride=1)[:, 0]
        said: Tensor = self.trend(trend) + self.rest(values - trend) + last
        return said


class Ahead(nn.Module):
    """Figures of each step ahead [rows, steps, FIGURES], from features of it and what is known of it beforehand.

    `features` [rows, steps, size]; the first of them is the step's median itself, which the rest corrects. Each
    step is decoded alike (Das et al. 2023, TiDE).
    """

    def __init__(self, size: int, known: int) -> None:
        super().__init__()
        self.first = nn.Linear(size + known, HIDDEN)
        self.last = nn.Linear(HIDDEN, FIGURES)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    @torch.no_grad()
    def spread(self, gaps: Tensor) -> None:
        """Let quantiles begin with these gaps [levels - 1] between them."""
        self.last.bias[2:] = figures_of(gaps)

    def forward(self, features: Tensor, ahead: Tensor) -> Tensor:
        """Figures for the head."""
        found = self.last(F.gelu(self.first(torch.cat([features, ahead], dim=2))))
        return torch.cat([found[..., :1], found[..., 1:2] + features[..., :1], found[..., 2:]], dim=2)


def segments(steps: Tensor, segment: int) -> Tensor:
    """Steps [rows, steps, channels] several at once: [rows, segments, segment * channels], noughts before the first.

    >>> segments(torch.arange(3.0)[None, :, None], 2).tolist()
    [[[0.0, 0.0], [1.0, 2.0]]]
    """
    count = -(-steps.shape[1] // segment)
    wide = F.pad(steps, (0, 0, count * segment - steps.shape[1], 0))
    return wide.reshape(len(steps), count, segment * steps.shape[2])


def segment_of(context: int, most: int) -> int:
    """How many steps are read as one, so that there are no more than `most` of them; a power of two.

    >>> segment_of(336, 48), segment_of(40, 48)
    (8, 1)
    """
    segment = 1
    while context > most * segment:
        segment *= 2
    return segment
