"""None, one or several labels come out, each by itself."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.heads.members import wide


class LabelSet(nn.Module):
    """A probability for each label by itself, from each member of an ensemble; their mean is the answer.

    Features go into `outputs`, logits [rows, members, classes] come out.

    >>> from fathom.deep.heads.members import AsItIs
    >>> head = LabelSet(AsItIs())
    >>> head.answer(head(torch.zeros(2, 3))).tolist()[0]
    [0.5, 0.5, 0.5]
    """

    def __init__(self, outputs: nn.Module, smoothing: float = 0.0) -> None:
        super().__init__()
        self.outputs = outputs
        self.smoothing = smoothing

    @torch.no_grad()
    def start_from(self, truth: Tensor) -> None:
        """Begin with each label's share of the rows, `truth` int8 [rows, classes]: rare labels start out rare."""
        bias = getattr(self.outputs, "bias", None)
        if bias is not None and bias.shape[-1] == truth.shape[1]:
            share = (truth.sum(dim=0) + 0.5) / (len(truth) + 1)
            bias.copy_(torch.logit(share.float()).expand_as(bias))

    def forward(self, features: Tensor) -> Tensor:
        """Logits of each member."""
        logits: Tensor = self.outputs(features)
        return logits

    def loss(self, logits: Tensor, truth: Tensor) -> Tensor:
        """The mean binary cross-entropy of all members and labels; a number."""
        wanted = truth[:, None].expand(logits.shape).float()
        smooth = wanted * (1 - self.smoothing) + self.smoothing / 2
        return F.binary_cross_entropy_with_logits(logits.float(), smooth)

    def score(self, logits: Tensor, truth: Tensor) -> tuple[float, float]:
        """The mean binary cross-entropy of a row and its standard error; lower is better."""
        given = self.answer(logits).clamp(1e-7, 1 - 1e-7)
        losses = F.binary_cross_entropy(given, truth.to(given.dtype), reduction="none").mean(dim=1)
        return float(losses.mean()), float(losses.var(correction=0) / max(len(losses), 1)) ** 0.5

    def answer(self, logits: Tensor) -> Tensor:
        """Probabilities float64 [rows, classes]."""
        return wide(logits).sigmoid().mean(dim=1)
