"""The steps ahead come out, with quantiles."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.tasks.forecasts import LEVELS

FIGURES = 1 + len(LEVELS)  # of a step: how far the mean is off the median, the median, and the steps between quantiles
MEDIAN = LEVELS.index(0.5)
ROBUST = 4.0  # units beyond which an error of the mean counts by its size and not its square
START = 0.4  # of a unit, from one quantile to the next before anything was learned


class Quantiles(nn.Module):
    """Quantiles (`LEVELS`) and the mean of each step, in the units of a row's window.

    Figures float [rows, steps, FIGURES] come in; [rows, steps, levels + 1] come out: quantiles that never cross, for
    what is learned is how far each is from its neighbour nearer to the median, and the mean last. Learned by the
    pinball loss (Koenker & Bassett 1978) and the mean by its squared error, both in the units of the series.

    >>> said = Quantiles()(torch.randn(2, 3, FIGURES))
    >>> said.shape, bool((said[..., 1:-1] > said[..., :-2]).all())
    (torch.Size([2, 3, 12]), True)
    """

    levels: Tensor

    def __init__(self, square: float = 1.0) -> None:
        super().__init__()
        self.square = square  # how much the mean's error counts beside the quantiles'
        self.register_buffer("levels", torch.tensor(LEVELS))

    @torch.no_grad()
    def start_from(self, truth: Tensor) -> None:
        """Nothing to know beforehand: truth comes in units of its window."""

    def forward(self, figures: Tensor) -> Tensor:
        """Quantiles and mean of each step."""
        mean, median, between = figures[..., :1], figures[..., 1:2], F.softplus(figures[..., 2:] + START_AT)
        below = median - between[..., :MEDIAN].flip(-1).cumsum(-1).flip(-1)
        above = median + between[..., MEDIAN:].cumsum(-1)
        return torch.cat([below, median, above, median + mean], dim=-1)

    def loss(self, outputs: Tensor, truth: Tensor) -> Tensor:
        """The mean over the steps that are known; truth float32 [rows, steps + 1] as `targets` makes it; a number."""
        losses, known = self._losses(outputs.float(), truth)
        return losses.sum() / known.sum().clamp_min(1)

    def score(self, outputs: Tensor, truth: Tensor) -> tuple[float, float]:
        """The rows' mean loss and its standard error; lower is better."""
        losses, known = self._losses(outputs, truth)
        rows = losses.sum(dim=1) / known.sum(dim=1).clamp_min(1)
        return float(rows.mean()), float(rows.std(correction=0)) / len(rows) ** 0.5

    def answer(self, outputs: Tensor) -> Tensor:
        """Quantiles and mean, float64 [rows, steps, levels + 1], in the units of each window."""
        return outputs.double()

    def _losses(self, outputs: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of each step, 0 where nobody knows it, and which are known; [rows, steps] both."""
        wanted, worth = truth[:, :-1, None], truth[:, -1:]
        known = torch.isfinite(wanted)
        off = torch.where(known, wanted, outputs[..., MEDIAN : MEDIAN + 1]) - outputs
        off = off * worth[..., None]
        pinball = 2 * torch.maximum(self.levels * off[..., :-1], (self.levels - 1) * off[..., :-1]).mean(dim=-1)
        mean = off[..., -1]
        square = F.huber_loss(mean, torch.zeros_like(mean), reduction="none", delta=ROBUST)
        known = known[..., 0]
        return (pinball + self.square * square) * known, known


START_AT = float(torch.tensor(START).expm1().log())


def figures_of(gaps: Tensor) -> Tensor:
    """The figures that make these gaps between quantiles.

    >>> round(float(figures_of(torch.tensor(START))), 5)
    0.0
    """
    return gaps + torch.log(-torch.expm1(-gaps)) - START_AT
