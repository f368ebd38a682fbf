"""A label comes out: one probability for each class."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Label(nn.Module):
    """Logits for each class from each member of an ensemble.

    Features float [rows, members, width] go in, logits float [rows, members, classes] come out.
    Each member has weights and a loss of its own; the probabilities are the members' mean
    (Lakshminarayanan et al. 2017). The bias starts at the classes' log frequency, so that rare classes
    do not have to be unlearned first (Lin et al. 2017).

    >>> head = Label(width=3, members=2, classes=5)
    >>> head(torch.zeros(7, 2, 3)).shape
    torch.Size([7, 2, 5])
    """

    def __init__(self, width: int, members: int, classes: int, smoothing: float = 0.0) -> None:
        super().__init__()
        self.smoothing = smoothing
        bound = width**-0.5
        self.weight = nn.Parameter(torch.empty(members, width, classes).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(members, classes))

    @torch.no_grad()
    def start_from(self, truth: Tensor) -> None:
        """Begin with the class frequencies of `truth`, int64 [rows]."""
        counts = torch.bincount(truth, minlength=self.bias.shape[1]).float() + 0.5
        self.bias.copy_((counts / counts.sum()).log().expand_as(self.bias))

    def forward(self, features: Tensor) -> Tensor:
        """Logits [rows, members, classes]."""
        if features.shape[1] == 1:
            return F.linear(features, self.weight[0].T, self.bias[0])
        return torch.baddbmm(self.bias[:, None], features.transpose(0, 1), self.weight).transpose(0, 1)

    def loss(self, logits: Tensor, truth: Tensor) -> Tensor:
        """The mean cross-entropy of all members, to be learned from; a number."""
        return cross_entropy(logits, truth, self.smoothing)

    def score(self, logits: Sequence[Tensor], truth: Tensor) -> float:
        """The log-loss of the members' mean probability; lower is better."""
        given = self.answer(torch.cat(list(logits))).gather(1, truth[:, None])
        return float(-given.clamp_min(1e-7).log().mean())

    def answer(self, logits: Tensor) -> Tensor:
        """Probabilities float64 [rows, classes]."""
        return logits.double().softmax(dim=-1).mean(dim=1)


def cross_entropy(logits: Tensor, truth: Tensor, smoothing: float) -> Tensor:
    """The mean cross-entropy of logits [rows, members, classes] with class positions [rows]."""
    rows, members, classes = logits.shape
    each = truth[:, None].expand(rows, members).reshape(-1)
    return F.cross_entropy(logits.reshape(-1, classes).float(), each, label_smoothing=smoothing)
