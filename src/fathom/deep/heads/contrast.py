"""Nothing comes out yet: rows of one label are drawn together, rows of others apart."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

HEAT = 0.1  # how much the nearest rows count more than others


class Contrast(nn.Module):
    """Supervised contrast (Khosla et al. 2020): what few labels teach a trained encoder best (Tunstall et al. 2022).

    Features float [rows, 1, width] go in; the loss is low where those of one class point the same way.

    >>> import torch
    >>> head, features = Contrast(), torch.tensor([[[1.0, 0.0]], [[0.9, 0.1]], [[0.0, 1.0]]])
    >>> bool(head.loss(features, torch.tensor([0, 0, 1])) < head.loss(features, torch.tensor([0, 1, 0])))
    True
    """

    def forward(self, features: Tensor) -> Tensor:
        """The features as they are."""
        return features

    def loss(self, features: Tensor, truth: Tensor) -> Tensor:
        """The mean over rows that have kin in the batch of how hard their kin are to tell from the others."""
        return self._losses(features, truth).mean()

    def score(self, features: Tensor, truth: Tensor) -> tuple[float, float]:
        """The mean loss and its standard error."""
        losses = self._losses(features, truth)
        return float(losses.mean()), float(losses.std(correction=0)) / max(1, len(losses)) ** 0.5

    def _losses(self, features: Tensor, truth: Tensor) -> Tensor:
        towards = F.normalize(features[:, 0].float(), dim=1)
        alike = (towards @ towards.T / HEAT).fill_diagonal_(-1e9)
        kin = (truth[:, None] == truth).fill_diagonal_(False)
        counts = kin.sum(dim=1)
        each = -(alike.log_softmax(dim=1) * kin).sum(dim=1) / counts.clamp_min(1)
        found = each[counts > 0]
        return found if len(found) else each * 0.0
