"""Guessing hidden pieces from those around them: what a network on texts can learn without labels."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.text import CHUNK, TextNetwork, trimmed

HIDDEN = 0.15  # share of the pieces to guess; of them
MASKED = 0.8  # are shown as a mask,
OTHER = 0.1  # as any other piece, and the rest as they are
SPECIALS = 4  # pieces that stand for no text


class Masked(nn.Module):
    """The losses of guessing hidden pieces (Devlin et al. 2019), float [rows], from pieces int32 [rows, length].

    While learning, other pieces are hidden every time; when scored, the same ones.

    >>> from fathom.deep.networks.recurrent import recurrent_network
    >>> network = recurrent_network(vocabulary=50, size=8, width=16, depth=1, dropout=0.1)
    >>> Masked(network, mask=3)(torch.full((5, 9), 7, dtype=torch.int32)).shape
    torch.Size([5])
    """

    def __init__(self, network: TextNetwork, mask: int) -> None:
        super().__init__()
        self.network = network
        size = network.embed.embedding_dim
        self.layer = nn.Linear(int(network.encoder.features), size)  # type: ignore[arg-type]
        self.norm = nn.LayerNorm(size)
        self.bias = nn.Parameter(torch.zeros(network.embed.num_embeddings))
        self.mask = mask

    def forward(self, pieces: Tensor) -> Tensor:
        """The mean loss of each row's hidden pieces."""
        if self.training:
            return self._losses(pieces)
        return torch.cat([self._losses(part) for part in torch.split(pieces, CHUNK)])

    def _losses(self, pieces: Tensor) -> Tensor:
        pieces, inside = trimmed(pieces)
        pieces = pieces.long()
        chance = self._chance(pieces)
        hidden = (chance[0] < HIDDEN) & inside & (pieces >= SPECIALS)
        shown = torch.where(hidden & (chance[1] < MASKED), self.mask, pieces)
        other = SPECIALS + (chance[2] * (len(self.bias) - SPECIALS)).long().clamp_max(len(self.bias) - SPECIALS - 1)
        shown = torch.where(hidden & (chance[1] > 1 - OTHER), other, shown)
        vectors = F.dropout(self.network.embed(shown), self.network.dropout, self.training)
        features = self.network.encoder(vectors, inside)[hidden]
        ready = self.norm(F.gelu(self.layer(features)))
        logits = F.linear(ready, self.network.embed.weight, self.bias).float()
        losses = F.cross_entropy(logits, pieces[hidden], reduction="none")
        rows = hidden.nonzero()[:, 0]
        counts = hidden.sum(dim=1).clamp_min(1)
        return torch.zeros(len(pieces), device=losses.device).index_add_(0, rows, losses) / counts

    def _chance(self, pieces: Tensor) -> Tensor:
        """Three chances in 0..1 for each piece, [3, rows, places]."""
        if self.training:
            return torch.rand(3, *pieces.shape, device=pieces.device)
        places = torch.arange(pieces.shape[1], device=pieces.device)
        seeds = torch.stack([pieces * factor + places * 7_919 for factor in (31, 101, 577)])
        return (seeds * 2_654_435_761 % 4_294_967_296).double().div(4_294_967_296).float()


class Guessing(nn.Module):
    """The head over `Masked`: the losses are the outputs already."""

    def forward(self, losses: Tensor) -> Tensor:
        """The losses as they are."""
        return losses

    def loss(self, losses: Tensor, truth: Tensor) -> Tensor:
        """Their mean, a number."""
        return losses.mean()

    def score(self, losses: Tensor, truth: Tensor) -> tuple[float, float]:
        """Their mean and its standard error."""
        return float(losses.mean()), float(losses.std(correction=0)) / len(losses) ** 0.5
