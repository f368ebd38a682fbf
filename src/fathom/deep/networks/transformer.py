"""Attention from every place to every other: a transformer's encoder, from scratch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.several import Several, several
from fathom.deep.networks.text import TextNetwork
from fathom.deep.networks.tokens import TokenNetwork

SLOWEST = 10_000.0  # the slowest of the turns by which places are told apart goes round once in so many places
MOST_DROPOUT = 0.2  # within blocks: much that is left out of all that is added up leaves little
START = 0.5  # spread of the weights at the start, over the root of how many are summed


class Block(nn.Module):
    """Attention, then a gated layer, each normalised before and added to what came in.

    Vaswani et al. 2017, with the norm first (Xiong et al. 2020) and gated units (Shazeer 2020).
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.first_norm = nn.LayerNorm(width)
        self.asked = nn.Linear(width, 3 * width, bias=False)
        self.answered = nn.Linear(width, width, bias=False)
        self.second_norm = nn.LayerNorm(width)
        self.gate = nn.Linear(width, 4 * width, bias=False)
        self.out = nn.Linear(2 * width, width, bias=False)

    def forward(self, vectors: Tensor, inside: Tensor | None, turns: tuple[Tensor, Tensor]) -> Tensor:
        """Vectors [rows, places, width], looking at places inside [rows, 1, 1, places], None: at all."""
        rows, places, width = vectors.shape
        asked = self.asked(self.first_norm(vectors)).view(rows, places, 3, self.heads, width // self.heads)
        query, key, value = asked.transpose(1, 3).unbind(dim=2)
        found = F.scaled_dot_product_attention(turn(query, turns), turn(key, turns), value, attn_mask=inside)
        found = self.answered(found.transpose(1, 2).reshape(rows, places, width))
        vectors = vectors + F.dropout(found, self.dropout, self.training)
        gate, up = self.gate(self.second_norm(vectors)).chunk(2, dim=2)
        return vectors + F.dropout(self.out(F.silu(gate) * up), self.dropout, self.training)


class Encoder(nn.Module):
    """Blocks of attention over vectors [rows, pieces, width]; the same shape comes out.

    Places are told by turning (Su et al. 2021, RoPE), so that how far apart two are is all that counts.

    >>> Encoder(16, depth=2, heads=2)(torch.zeros(5, 7, 16), torch.ones(5, 7, dtype=torch.bool)).shape
    torch.Size([5, 7, 16])
    """

    def __init__(self, width: int, *, depth: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.each = width // heads
        self.features = width
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=START / module.in_features**0.5)
        for block in self.blocks:
            for last in (block.answered, block.out):  # so that what is added up does not grow with the depth
                last.weight.data.div_((2 * depth) ** 0.5)  # type: ignore[union-attr, operator]

    def forward(self, vectors: Tensor, inside: Tensor | None, turns: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """What each place has become, having looked at all others that are inside; `turns` None: places in a row."""
        turns = turns_of(vectors.shape[1], self.each, vectors) if turns is None else turns
        mask = None if inside is None else inside[:, None, None]
        for block in self.blocks:
            vectors = block(vectors, mask, turns)
        normed: Tensor = self.norm(vectors)
        return normed


def turns_of(places: int, width: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine [places, width / 2] of the angle by which each place turns each pair of features."""
    return turning(angles(torch.arange(places, device=like.device), width // 2, SLOWEST), like)


def angles(places: Tensor, pairs: int, slowest: float) -> Tensor:
    """Angles [places, pairs]: the first pair turns by one a place, the last ones `slowest` times more slowly."""
    return places[:, None] * slowest ** (-torch.arange(pairs, device=places.device) / max(pairs, 1))


def turning(angle: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of angles, of the type of `like`."""
    return angle.cos().to(like.dtype), angle.sin().to(like.dtype)


def turn(vectors: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """The vectors [..., places, width], each pair of features turned by its place's angle."""
    cosine, sine = turns
    one, two = vectors.chunk(2, dim=-1)
    return torch.cat([one * cosine - two * sine, two * cosine + one * sine], dim=-1)


class Narrowed(nn.Module):
    """An encoder whose vectors [rows, places, size] first become `width` long."""

    def __init__(self, size: int, width: int, *, depth: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.layer = nn.Linear(size, width)
        self.encoder = Encoder(width, depth=depth, heads=heads, dropout=dropout)
        self.features = width

    def forward(self, vectors: Tensor, inside: Tensor) -> Tensor:
        """What each place has become, having looked at all others."""
        found: Tensor = self.encoder(self.layer(vectors), inside)
        return found


def transformer_network(*, width: int, depth: int, heads: int, dropout: float, **others: Any) -> TextNetwork | Several:
    """A network for texts that pools what attention found by the mean; `others` go to `several`.

    >>> network = transformer_network(vocabulary=50, width=16, depth=2, heads=2, dropout=0.1).eval()
    >>> none = torch.zeros(5, 0)
    >>> network(torch.ones(5, 1, 9, dtype=torch.int32), none, none.long()).shape
    torch.Size([5, 1, 16])
    """

    def make(**others: Any) -> TextNetwork:
        encoder = Encoder(width, depth=depth, heads=heads, dropout=dropout)
        return TextNetwork(encoder, ["mean"], size=width, **others)

    return several(make, dropout=dropout, **others)


def tagging_network(
    *, width: int, depth: int, heads: int, dropout: float, forget: float, counts: list[int], letters: int
) -> TokenNetwork:
    """A network that attention makes features of each token with."""
    inside = TokenNetwork.size_of(width, len(counts), letters)
    encoder = Narrowed(inside, width, depth=depth, heads=heads, dropout=min(dropout, MOST_DROPOUT))
    return TokenNetwork(encoder, counts=counts, letters=letters, size=width, dropout=dropout, forget=forget)
