"""A number comes out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BUFFERS = {"center": 0.0, "spread": 1.0, "low": -torch.inf, "high": torch.inf}


class Number(nn.Module):
    """A number from each member of an ensemble; their mean is the answer.

    Features go into `outputs`, standardised numbers [rows, members, 1] come out. Learned on the target
    standardised by its training mean and spread; answers stay within the range seen in training, as those of trees do.

    >>> from fathom.deep.heads.members import AsItIs
    >>> head = Number(AsItIs())
    >>> head.start_from(torch.tensor([10.0, 20.0, 30.0]))
    >>> head.answer(head(torch.zeros(2))).tolist()
    [20.0, 20.0]
    """

    center: Tensor
    spread: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, outputs: nn.Module) -> None:
        super().__init__()
        self.outputs = outputs
        for name, value in BUFFERS.items():
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
        numbers: Tensor = self.outputs(features)
        return numbers

    def loss(self, outputs: Tensor, truth: Tensor) -> Tensor:
        """The mean squared error of all members on the standardised target; a number."""
        wanted = ((truth - self.center) / self.spread).to(torch.float32)
        return F.mse_loss(outputs[..., 0].float(), wanted[:, None].expand(outputs.shape[:2]))

    def score(self, outputs: Tensor, truth: Tensor) -> tuple[float, float]:
        """The root mean squared error in units of the target's spread, and its standard error; lower is better."""
        squares = ((self.answer(outputs) - truth) / self.spread).square()
        error = float(squares.mean().sqrt())
        return error, float(squares.std(correction=0)) / len(squares) ** 0.5 / max(2 * error, 1e-12)

    def answer(self, outputs: Tensor) -> Tensor:
        """Numbers float64 [rows] in the target's unit."""
        found = outputs[..., 0].double().mean(dim=1) * self.spread + self.center
        return found.clamp(self.low, self.high)
