"""A label comes out: one probability for each class."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.heads.members import Members, wide

SMALLEST_PROBABILITY = 1e-7
SHARPEST = 5.0  # how much a temperature may sharpen: few validation rows, all right, would ask for more and more
NEWTON_STEPS = 8
ONE_ROW = 2.3  # the loss of a row whose class got one chance in ten


class Label(nn.Module):
    """Logits for each class from each member of an ensemble.

    Features go into `outputs`, logits float [rows, members, classes] come out. Each member has a loss of its own;
    the probabilities are the members' mean (Lakshminarayanan et al. 2017).

    >>> head = Label(Members(width=3, members=2, outputs=5))
    >>> head.answer(head(torch.zeros(7, 2, 3))).shape
    torch.Size([7, 5])
    """

    def __init__(self, outputs: nn.Module, smoothing: float = 0.0) -> None:
        super().__init__()
        self.outputs = outputs
        self.smoothing = smoothing

    @torch.no_grad()
    def start_from(self, truth: Tensor) -> None:
        """Begin with the classes' log frequencies in `truth`, int64 [rows]: rare ones need not be unlearned first."""
        if isinstance(self.outputs, Members):
            bias = self.outputs.bias
            counts = torch.bincount(truth, minlength=bias.shape[1]).float() + 0.5
            bias.copy_((counts / counts.sum()).log().expand_as(bias))

    def forward(self, features: Tensor) -> Tensor:
        """Logits [rows, members, classes]."""
        logits: Tensor = self.outputs(features)
        return logits

    def loss(self, logits: Tensor, truth: Tensor) -> Tensor:
        """The mean cross-entropy of all members with truth int64 [rows], or float [rows, classes]; a number."""
        rows, members, classes = logits.shape
        each = truth[:, None].expand(rows, members, *truth.shape[1:]).reshape(-1, *truth.shape[1:])
        return F.cross_entropy(logits.reshape(-1, classes).float(), each, label_smoothing=self.smoothing)

    def score(self, logits: Tensor, truth: Tensor) -> tuple[float, float]:
        """What calibration cannot mend: the log-loss at the best temperature, and its standard error; lower is better.

        A network grows overconfident before it stops getting better, and a temperature is fitted afterwards
        (Berta et al. 2025, Rethinking Early Stopping). The error is never less than one row more or less would make:
        a few rows that all are right vary little, and yet say little.
        """
        losses = sharpened_losses(self.answer(logits).clamp_min(SMALLEST_PROBABILITY).log(), truth)
        chance = float(losses.var(correction=0)) / len(losses)
        return float(losses.mean()), (chance + (ONE_ROW / len(losses)) ** 2) ** 0.5

    def answer(self, logits: Tensor) -> Tensor:
        """Probabilities float64 [rows, classes]."""
        return wide(logits).softmax(dim=-1).mean(dim=1)


def sharpened_losses(logs: Tensor, truth: Tensor) -> Tensor:
    """The log-loss [rows] of log-probabilities [rows, classes], sharpened or flattened by the power that is best.

    >>> logs = torch.tensor([[0.6, 0.4], [0.4, 0.6]]).log()
    >>> (sharpened_losses(logs, torch.tensor([0, 1])) < 0.2).tolist()
    [True, True]
    """
    power = torch.ones((), dtype=logs.dtype, device=logs.device)
    right = logs.gather(1, truth[:, None])[:, 0]
    for _ in range(NEWTON_STEPS):
        chance = (power * logs).softmax(dim=1)
        mean = (chance * logs).sum(dim=1)
        bend = ((chance * logs.square()).sum(dim=1) - mean.square()).mean()
        power = (power - (mean - right).mean() / bend.clamp_min(1e-9)).clamp(1 / SHARPEST, SHARPEST)
    return F.cross_entropy(power * logs, truth, reduction="none")
