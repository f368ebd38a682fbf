"""A number comes out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Number(nn.Module):
    """A number from each member of an ensemble; their mean is the answer.

    Features float [rows, members, width] go in, standardised numbers [rows, members, 1] come out.
    Learned on the target standardised by its training mean and spread; answers stay within the
    range seen in training, as those of trees do.

    >>> head = Number(width=3, members=2)
    >>> head.start_from(torch.tensor([10.0, 20.0, 30.0]))
    >>> head.answer(torch.zeros(1, 2, 1)).tolist()
    [20.0]
    """

    center: Tensor
    spread: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, width: int, members: int) -> None:
        super().__init__()
        bound = width**-0.5
        self.weight = nn.Parameter(torch.empty(members, width, 1).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(members, 1))
        for name, value in (("center", 0.0), ("spread", 1.0), ("low", -torch.inf), ("high", torch.inf)):
            self.register_buffer(name, torch.tensor(value, dtype=torch.float64))

    @torch.no_grad()
    def start_from(self, truth: Tensor) -> None:
        """Standardise by the mean and the spread of `truth`, float64 [rows]."""
        self.center.copy_(truth.mean())
        self.spread.copy_(truth.std(correction=0).clamp_min(1e-12))
        self.low.copy_(truth.min())
        self.high.copy_(truth.max())

    def forward(self, features: Tensor) -> Tensor:
        """Standardised numbers [rows, members, 1]."""
        if features.shape[1] == 1:
            return F.linear(features, self.weight[0].T, self.bias[0])
        return torch.baddbmm(self.bias[:, None], features.transpose(0, 1), self.weight).transpose(0, 1)

    def loss(self, outputs: Tensor, truth: Tensor) -> Tensor:
        """The mean squared error of all members on the standardised target; a number."""
        wanted = ((truth - self.center) / self.spread).to(torch.float32)
        return F.mse_loss(outputs[..., 0].float(), wanted[:, None].expand(outputs.shape[:2]))

    def score(self, outputs: Sequence[Tensor], truth: Tensor) -> float:
        """The root mean squared error in units of the target's spread; lower is better."""
        error = (self.answer(torch.cat(list(outputs))) - truth) / self.spread
        return float(error.square().mean().sqrt())

    def answer(self, outputs: Tensor) -> Tensor:
        """Numbers float64 [rows] in the target's unit."""
        found = outputs[..., 0].double().mean(dim=1) * self.spread + self.center
        return found.clamp(self.low, self.high)
