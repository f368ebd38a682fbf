"""Attention between all patches of a picture, from scratch."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.transformer import Encoder, angles, turning

SLOWEST = 100.0  # the slowest of the turns by which places are told apart goes round once in so many patches
KNOWN = 0.02  # spread of what a place adds at the start
LEAST_FILTERS = 16


class PatchNetwork(nn.Module):
    """A small vision transformer (Dosovitskiy et al. 2021) behind filters.

    Images uint8 or float in 0..255 [rows, channels, height, width] go in, features [rows, 1, width] come out. Patches
    are made by `halvings` layers of filters that each halve the picture: with them attention learns from far fewer
    pictures than from pixels (Xiao et al. 2021, Early Convolutions Help Transformers See Better). Half of the features
    tell rows apart by turning, half columns; each place of the `height` x `across` picture adds what it has learned.

    >>> PatchNetwork(1, 28, 28, halvings=2, width=32, depth=2, heads=2)(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5, 1, 32])
    """

    mean: Tensor
    spread: Tensor
    members = 1

    def __init__(
        self,
        channels: int,
        height: int,
        across: int,
        *,
        halvings: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("spread", torch.ones(channels, 1, 1))
        layers: list[nn.Module] = []
        fan_in = channels
        for left in range(halvings - 1, -1, -1):
            filters = max(LEAST_FILTERS, width >> left)
            layers += [nn.Conv2d(fan_in, filters, 3, 2, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True)]
            fan_in = filters
        self.stem = nn.Sequential(*layers, nn.Conv2d(fan_in, width, 1))
        self.tall, self.wide = (_halved(side, halvings) for side in (height, across))
        self.stem_places = nn.Parameter(torch.randn(self.tall * self.wide, width) * KNOWN)
        self.encoder = Encoder(width, depth=depth, heads=heads, dropout=dropout)
        self.dropout = dropout
        self.features = width
        self.each = width // heads

    def forward(self, images: Tensor) -> Tensor:
        """Features of the whole picture, the mean of what its patches have become."""
        patches = self.stem((images.float() - self.mean) / self.spread)
        vectors = F.dropout(patches.flatten(2).transpose(1, 2) + self.stem_places, self.dropout, self.training)
        seen: Tensor = self.encoder(vectors, None, self._turns(vectors))
        return F.dropout(seen.mean(dim=1), self.dropout, self.training)[:, None]

    def _turns(self, like: Tensor) -> tuple[Tensor, Tensor]:
        """By how much each patch turns each pair of features: half of the pairs by its row, half by its column."""
        down = torch.arange(self.tall, device=like.device).repeat_interleave(self.wide)
        across = torch.arange(self.wide, device=like.device).repeat(self.tall)
        pairs = self.each // 2
        rows, columns = angles(down, pairs - pairs // 2, SLOWEST), angles(across, pairs // 2, SLOWEST)
        return turning(torch.cat([rows, columns], dim=1), like)


def _halved(side: int, times: int) -> int:
    for _ in range(times):
        side = -(-side // 2)
    return side
