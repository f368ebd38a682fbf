"""Layers of weighted sums: an ensemble of networks that share most of their weights."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PiecewiseLinear(nn.Module):
    """Numbers become vectors: how much of each interval between training quantiles a value has filled.

    Numbers float [rows, numbers] go in, [rows, numbers * size] come out. A plain linear part carries what lies
    outside the intervals. `edges`: float [numbers, intervals + 1], ascending, the last one repeated as filling.
    Gorishniy et al. 2022, On Embeddings for Numerical Features in Tabular Deep Learning.

    >>> embed = PiecewiseLinear(numbers=2, intervals=3, size=4)
    >>> embed.set_edges(torch.tensor([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 1.0, 1.0]]))
    >>> embed(torch.zeros(5, 2)).shape
    torch.Size([5, 8])
    """

    start: Tensor
    slope: Tensor

    def __init__(self, numbers: int, intervals: int, size: int) -> None:
        super().__init__()
        bound = size**-0.5
        self.linear = nn.Parameter(torch.empty(numbers, size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(numbers, size).uniform_(-bound, bound))
        self.weight = nn.Parameter(torch.zeros(numbers, intervals, size))
        self.register_buffer("start", torch.zeros(numbers, intervals))
        self.register_buffer("slope", torch.zeros(numbers, intervals))

    @torch.no_grad()
    def set_edges(self, edges: Tensor) -> None:
        """Take the intervals' borders; intervals without width stay silent."""
        width = edges.diff(dim=1)
        self.start.copy_(edges[:, :-1])
        self.slope.copy_(torch.where(width > 0, 1 / width.clamp_min(1e-12), 0.0))

    def forward(self, numbers: Tensor) -> Tensor:
        """Vectors of all numbers, side by side."""
        filled = ((numbers[..., None] - self.start) * self.slope).clamp(0, 1)
        parts = torch.bmm(filled.transpose(0, 1), self.weight).transpose(0, 1)
        return torch.addcmul(parts + self.bias, numbers[..., None], self.linear).flatten(1)


class Categories(nn.Module):
    """Codes become vectors. Code 0, a value never seen in training, is the zero vector: it says nothing.

    Codes int64 [rows, categories] go in, float [rows, sum of sizes] come out. Few values get a direction each,
    many share some.
    """

    def __init__(self, counts: Sequence[int], size: int) -> None:
        super().__init__()
        sizes = [min(count, size) for count in counts]
        self.tables = nn.ModuleList(
            nn.Embedding.from_pretrained(vectors(count, width), freeze=False, padding_idx=0)  # type: ignore[no-untyped-call]
            for count, width in zip(counts, sizes, strict=True)
        )
        self.size = sum(sizes)

    def forward(self, codes: Tensor) -> Tensor:
        """Vectors of all categories, side by side."""
        return torch.cat([table(codes[:, i]) for i, table in enumerate(self.tables)], dim=1)


def vectors(count: int, width: int) -> Tensor:
    """A random vector for each known value and the zero vector before them, float32 [count + 1, width].

    >>> vectors(3, 2).shape, vectors(3, 2)[0].tolist()
    (torch.Size([4, 2]), [0.0, 0.0])
    """
    # Filled in place: on the meta device, where models are loaded, most other calls import torch's compiler.
    table = torch.empty(count + 1, width).uniform_(-(3**0.5), 3**0.5)
    table[0].zero_()
    return table


class SharedLinear(nn.Module):
    """One weight matrix for all members; each scales what goes in and what comes out, and has its own bias.

    [rows, members, fan_in] (or [rows, 1, fan_in] for all) goes in, [rows, members, fan_out] comes out.
    Wen et al. 2020, BatchEnsemble.
    """

    def __init__(self, fan_in: int, fan_out: int, members: int, *, first: bool) -> None:
        super().__init__()
        bound = fan_in**-0.5
        self.weight = nn.Parameter(torch.empty(fan_out, fan_in).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(members, fan_out).uniform_(-bound, bound))
        # Members differ from the start by the signs with which they read the input; deeper layers begin alike.
        signs = torch.ones(members, fan_in)
        if first:
            signs.bernoulli_(0.5).mul_(2).sub_(1)
        self.reading = nn.Parameter(signs)
        self.writing = nn.Parameter(torch.ones(members, fan_out))

    def forward(self, inputs: Tensor) -> Tensor:
        """Each member's weighted sums."""
        return torch.addcmul(self.bias, F.linear(inputs * self.reading, self.weight), self.writing)


class FeedforwardNetwork(nn.Module):
    """An ensemble of multilayer perceptrons in one network, after TabM (Gorishniy et al. 2024).

    Numbers float [rows, numbers] and codes int64 [rows, categories] go in; features
    [rows, members, width] come out, for a head with weights for each member.

    >>> network = FeedforwardNetwork(numbers=2, counts=[3, 40], members=4, width=16)
    >>> network(torch.zeros(5, 2), torch.zeros(5, 2, dtype=torch.int64)).shape
    torch.Size([5, 4, 16])
    """

    def __init__(
        self,
        numbers: int,
        counts: Sequence[int],
        *,
        members: int = 16,
        width: int = 256,
        depth: int = 2,
        dropout: float = 0.1,
        intervals: int = 48,
        number_size: int = 16,
        category_size: int = 8,
    ) -> None:
        super().__init__()
        self.embed = PiecewiseLinear(numbers, intervals, number_size) if numbers else None
        self.categories = Categories(counts, category_size) if counts else None
        fan_in = numbers * number_size + (self.categories.size if self.categories else 0)
        self.layers = stack(max(fan_in, 1), width, depth, members)
        self.dropout = dropout
        self.features = width
        self.members = members

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each member."""
        parts = [self.embed(numbers)] if self.embed is not None else []
        if self.categories is not None:
            parts.append(self.categories(codes))
        # A table without a useful column leaves the head's bias to answer: the classes' frequencies.
        joined = torch.cat(parts, dim=1) if parts else numbers.new_zeros(len(numbers), 1)
        return through(self.layers, joined, self.dropout, self.training)


class PixelNetwork(nn.Module):
    """The same ensemble on the pixels of small images.

    Images uint8 or float in 0..255 [rows, channels, height, width] go in, features [rows, members, width] come out.
    Images larger than `side` are shrunk to it first.

    >>> PixelNetwork(channels=1, height=8, width=8, members=4, size=16)(torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 4, 16])
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        channels: int,
        height: int,
        width: int,
        *,
        members: int = 16,
        size: int = 256,
        depth: int = 2,
        dropout: float = 0.1,
        side: int = 32,
    ) -> None:
        super().__init__()
        self.shape = (min(height, side), min(width, side))
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("spread", torch.ones(channels, 1, 1))
        self.layers = stack(channels * self.shape[0] * self.shape[1], size, depth, members)
        self.dropout = dropout
        self.features = size
        self.members = members

    def forward(self, images: Tensor) -> Tensor:
        """Features of each member."""
        pixels = (images.float() - self.mean) / self.spread
        if tuple(pixels.shape[-2:]) != self.shape:
            pixels = F.adaptive_avg_pool2d(pixels, self.shape)
        return through(self.layers, pixels.flatten(1), self.dropout, self.training)


def stack(fan_in: int, width: int, depth: int, members: int) -> nn.ModuleList:
    """Layers that share their weights among members."""
    sizes = [fan_in, *[width] * depth]
    return nn.ModuleList(SharedLinear(sizes[i], sizes[i + 1], members, first=i == 0) for i in range(depth))


def through(layers: nn.ModuleList, inputs: Tensor, dropout: float, training: bool) -> Tensor:
    """Inputs [rows, fan_in] sent through the layers: [rows, members, width]."""
    features = inputs[:, None]
    for layer in layers:
        features = F.dropout(F.relu(layer(features)), dropout, training)
    return features
