"""How surprising a row is comes out."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Surprise(nn.Module):
    """The mean loss of telling a row's features is learned by; what each surprises by is answered.

    Outputs [rows, features, 2] go in, loss and surprise of each feature; no truth is needed.

    >>> head = Surprise()
    >>> head.answer(torch.ones(3, 4, 2)).shape
    torch.Size([3, 4])
    """

    def start_from(self, truth: Tensor) -> None:
        """Nothing is known beforehand."""

    def forward(self, features: Tensor) -> Tensor:
        """As they are."""
        return features

    def loss(self, outputs: Tensor, truth: Tensor) -> Tensor:
        """The mean loss, a number."""
        return outputs[:, :, 0].float().mean()

    def score(self, outputs: Tensor, truth: Tensor) -> tuple[float, float]:
        """The mean loss and its standard error; lower is better."""
        rows = outputs[:, :, 0].double().mean(dim=1)
        return float(rows.mean()), float(rows.std(correction=0)) / max(len(rows), 1) ** 0.5

    def answer(self, outputs: Tensor) -> Tensor:
        """Each feature's surprise, float64 [rows, features]."""
        return torch.nan_to_num(outputs[:, :, 1].double())
