"""Networks on texts: pieces become vectors, an encoder looks at each in its place, and what it saw is pooled."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.feedforward import Categories, PiecewiseLinear

PADDING, UNKNOWN = 0, 1
CHUNK = 128  # rows of similar length that go through at once when nothing is learned
BESIDE = 64  # features of the columns beside the text
INTERVALS = 24
NUMBER_SIZE = 8
CATEGORY_SIZE = 8


class Beside(nn.Module):
    """What stands beside the text in a row: numbers and codes become features [rows, 64]."""

    def __init__(self, numbers: int, counts: Sequence[int]) -> None:
        super().__init__()
        self.embed = PiecewiseLinear(numbers, INTERVALS, NUMBER_SIZE) if numbers else None
        self.categories = Categories(counts, CATEGORY_SIZE) if counts else None
        fan_in = numbers * NUMBER_SIZE + (self.categories.size if self.categories else 0)
        self.layer = nn.Linear(fan_in, BESIDE)

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """The features."""
        found = [self.embed(numbers)] if self.embed is not None else []
        if self.categories is not None:
            found.append(self.categories(codes))
        return F.relu(self.layer(torch.cat(found, dim=1)))


class TextNetwork(nn.Module):
    """Pieces int32 [rows, grains, length] (0: padding), numbers and codes go in, features [rows, 1, width] come out.

    Where a text was taken apart more than once, any one way is learned each time, and the features of all are averaged
    afterwards.

    `encoder(vectors, inside)` makes features [rows, pieces, encoder.features] of vectors [rows, pieces, size];
    `inside` bool [rows, pieces] says which places are in their row's text, and no other may change an answer.
    `ways` to pool them over places: "max", "mean" or both, side by side. While learning, a share `forget` of the pieces
    is read as unknown ones, and `dropout` of the vectors and of the pooled features is left out.
    """

    members = 1

    def __init__(
        self,
        encoder: nn.Module,
        ways: Sequence[str],
        *,
        vocabulary: int,
        size: int,
        numbers: int = 0,
        counts: Sequence[int] = (),
        dropout: float = 0.3,
        forget: float = 0.1,
    ) -> None:
        super().__init__()
        table = torch.empty(vocabulary, size).uniform_(-0.1, 0.1)
        table[PADDING].zero_()
        self.embed = nn.Embedding.from_pretrained(table, freeze=False, padding_idx=PADDING)  # type: ignore[no-untyped-call]
        self.encoder = encoder
        self.ways = tuple(ways)
        self.beside = Beside(numbers, counts) if numbers or counts else None
        self.dropout, self.forget = dropout, forget
        self.pooled_width = len(ways) * int(encoder.features)  # type: ignore[arg-type]
        self.features = self.pooled_width + (BESIDE if self.beside else 0)

    def forward(self, pieces: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each row."""
        rows, grains, _ = pieces.shape
        if self.training:
            features = self.pooled(pieces[torch.arange(rows), torch.randint(grains, (rows,))])
        else:
            features = self._chunked(pieces.flatten(0, 1)).reshape(rows, grains, self.pooled_width).mean(dim=1)
        if self.beside is not None:
            features = torch.cat([features, self.beside(numbers, codes)], dim=1)
        return F.dropout(features, self.dropout, self.training)[:, None]

    def _chunked(self, pieces: Tensor) -> Tensor:
        """The same as `pooled`, rows of similar length at a time."""
        if len(pieces) <= CHUNK:
            return self.pooled(pieces)
        order = (pieces != PADDING).sum(dim=1).argsort()
        sorted_ = torch.cat([self.pooled(pieces[rows]) for rows in torch.split(order, CHUNK)])
        return torch.empty_like(sorted_).index_copy_(0, order, sorted_)

    def pooled(self, pieces: Tensor) -> Tensor:
        """The features of rows of pieces [rows, length], pooled over their places [rows, ways * width]."""
        features, inside = self.tokens(pieces)
        return torch.cat([POOLS[way](features, inside) for way in self.ways], dim=1)

    def tokens(self, pieces: Tensor) -> tuple[Tensor, Tensor]:
        """Features of each place [rows, places, width], from pieces [rows, length], and which places are in their text.

        No more places than the longest of these rows has; the latter is bool [rows, places].
        """
        pieces, inside = trimmed(pieces)
        if self.training and self.forget:
            lost = (torch.rand(pieces.shape, device=pieces.device) < self.forget) & inside
            pieces = pieces.masked_fill(lost, UNKNOWN)
        vectors = F.dropout(self.embed(pieces), self.dropout, self.training)
        return self.encoder(vectors, inside), inside


def trimmed(pieces: Tensor) -> tuple[Tensor, Tensor]:
    """The pieces up to the end of the longest row, and which places are within their row; every row has one at least.

    >>> trimmed(torch.tensor([[5, 6, 0, 0], [7, 0, 0, 0]]))[1].tolist()
    [[True, True], [True, False]]
    """
    inside = pieces != PADDING
    if torch.onnx.is_in_onnx_export():  # how long these rows are must not become a constant: who calls has cut them
        longest = pieces.shape[1]
    else:
        longest = max(1, int(inside.sum(dim=1).max())) if len(pieces) else 1
    inside = inside[:, :longest].contiguous()
    inside[:, 0] = True
    return pieces[:, :longest], inside


def most(features: Tensor, inside: Tensor) -> Tensor:
    """The largest of each feature over the places inside, [rows, width]."""
    return features.masked_fill(~inside[..., None], -torch.inf).amax(dim=1)


def mean(features: Tensor, inside: Tensor) -> Tensor:
    """The mean of each feature over the places inside, [rows, width]."""
    shares = inside.to(features.dtype) / inside.sum(dim=1, keepdim=True)
    return (features * shares[..., None]).sum(dim=1)


POOLS = {"max": most, "mean": mean}
