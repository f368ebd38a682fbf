"""A memory that reads a text from both ends."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.several import Several, several
from fathom.deep.networks.text import TextNetwork
from fathom.deep.networks.tokens import TokenNetwork

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


class Bidirectional(nn.Module):
    """A memory in both directions (Graves & Schmidhuber 2005).

    `cell`: "lstm", long short-term memory (Hochreiter & Schmidhuber 1997), or "gru", gated units, which have a quarter
    fewer weights (Cho et al. 2014).

    Vectors float [rows, places, size] and `inside` bool [rows, places] go in, [rows, places, 2 * width] come out, at
    each place what was read up to it from the left and from the right. A row's places are inside from the first on;
    those beyond its end change nothing within it.

    >>> encode = Bidirectional(8, width=16, depth=2)
    >>> encode(torch.zeros(5, 7, 8), torch.ones(5, 7, dtype=torch.bool)).shape
    torch.Size([5, 7, 32])
    """

    def __init__(self, size: int, *, width: int, depth: int = 1, dropout: float = 0.0, cell: str = "lstm") -> None:
        super().__init__()
        memory = CELLS[cell]
        sizes = [size, *[2 * width] * (depth - 1)]
        self.onward = nn.ModuleList(memory(each, width, batch_first=True) for each in sizes)
        self.back = nn.ModuleList(memory(each, width, batch_first=True) for each in sizes)
        self.dropout = dropout
        self.features = 2 * width
        for layer in (*self.onward, *self.back):
            keep = layer.bias_ih_l0[width : 2 * width]  # of either cell the gate that holds what is known
            nn.init.ones_(keep)  # it remembers before it has learned what to forget

    def forward(self, vectors: Tensor, inside: Tensor) -> Tensor:
        """What was read at each place, from both sides."""
        turn = turned(inside)
        for depth, (onward, back) in enumerate(zip(self.onward, self.back, strict=True)):
            if depth:
                vectors = F.dropout(vectors, self.dropout, self.training)
            left, _ = onward(vectors)
            right, _ = back(gathered(vectors, turn))
            vectors = torch.cat([left, gathered(right, turn)], dim=2)
        return vectors


def turned(inside: Tensor) -> Tensor:
    """For each place the one that stands there when its row is read from its end, int64 [rows, places].

    >>> turned(torch.tensor([[True, True, True, False]])).tolist()
    [[2, 1, 0, 3]]
    """
    places = torch.arange(inside.shape[1], device=inside.device)
    return torch.where(inside, inside.sum(dim=1, keepdim=True) - 1 - places, places)


def gathered(vectors: Tensor, places: Tensor) -> Tensor:
    """The vectors [rows, places, width] that stand at these places of their row."""
    return vectors.gather(1, places[..., None].expand(-1, -1, vectors.shape[2]))


def recurrent_network(
    *, size: int, width: int, depth: int, dropout: float, cell: str = "lstm", **others: Any
) -> TextNetwork | Several:
    """A network for texts that pools what a bidirectional memory read, by the largest and by the mean.

    `others` go to `several`.

    >>> network = recurrent_network(vocabulary=50, size=8, width=16, depth=1, dropout=0.1).eval()
    >>> none = torch.zeros(5, 0)
    >>> network(torch.ones(5, 1, 9, dtype=torch.int32), none, none.long()).shape
    torch.Size([5, 1, 64])
    """

    def make(**others: Any) -> TextNetwork:
        encoder = Bidirectional(size, width=width, depth=depth, dropout=dropout, cell=cell)
        return TextNetwork(encoder, ["max", "mean"], size=size, **others)

    return several(make, dropout=dropout, **others)


def tagging_network(
    *,
    size: int,
    width: int,
    depth: int,
    dropout: float,
    forget: float,
    counts: list[int],
    letters: int,
    cell: str = "lstm",
) -> TokenNetwork:
    """A network that a bidirectional memory makes features of each token with."""
    inside = TokenNetwork.size_of(size, len(counts), letters)
    encoder = Bidirectional(inside, width=width, depth=depth, dropout=dropout, cell=cell)
    return TokenNetwork(encoder, counts=counts, letters=letters, size=size, dropout=dropout, forget=forget)
