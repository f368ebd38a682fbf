"""A trained encoder under a head: pooled features, and which of its weights learn on, and how fast."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.text import BESIDE, CHUNK, Beside, mean

OUTSIDE = -1  # a place beyond a row's end
ASKING = re.compile(r"(^|\.)(query|value|query_proj|value_proj|q_proj|v_proj|q_lin|v_lin)$")  # where low ranks go
LAYER = re.compile(r"\.(?:layers?|h|block)\.(\d+)\.")
SLOWER = 0.9  # of the rate above, for each layer further down
SCALE = 2.0  # of what a low-rank matrix adds


class BackboneNetwork(nn.Module):
    """Pieces int32 [rows, length] (-1: beyond the end), numbers and codes go in, features [rows, 1, width] come out.

    `body` is an encoder of the transformers library; its last states are averaged over places. `padding` is the number
    of its padding piece.
    """

    members = 1

    def __init__(
        self, body: nn.Module, padding: int, dropout: float = 0.1, numbers: int = 0, counts: Sequence[int] = ()
    ) -> None:
        super().__init__()
        self.body = body
        self.padding = padding
        self.beside = Beside(numbers, counts) if numbers or counts else None
        self.dropout = dropout
        self.width = int(body.config.hidden_size)  # type: ignore[union-attr, arg-type]
        self.features = self.width + (BESIDE if self.beside else 0)
        self.rates: dict[str, float] = {}  # times the rate, for weights that learn at another

    def forward(self, pieces: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each row."""
        return self.joined(self.pooled(pieces), numbers, codes)

    def pooled(self, pieces: Tensor) -> Tensor:
        """What the body makes of rows, [rows, width]; rows of similar length at a time when nothing is learned."""
        if self.training or len(pieces) <= CHUNK:
            return self._pooled(pieces)
        order = (pieces != OUTSIDE).sum(dim=1).argsort()
        sorted_ = torch.cat([self._pooled(pieces[rows]) for rows in torch.split(order, CHUNK)])
        return torch.empty_like(sorted_).index_copy_(0, order, sorted_)

    def joined(self, pooled: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Pooled states [rows, width] with what stands beside the text, [rows, 1, features]."""
        if self.beside is not None:
            pooled = torch.cat([pooled, self.beside(numbers, codes)], dim=1)
        return F.dropout(pooled, self.dropout, self.training)[:, None]

    def _pooled(self, pieces: Tensor) -> Tensor:
        if not len(pieces):
            return torch.zeros(0, self.width, device=pieces.device)
        inside = pieces != OUTSIDE
        longest = max(1, int(inside.sum(dim=1).max()))
        inside = inside[:, :longest].contiguous()
        inside[:, 0] = True
        read = pieces[:, :longest].long().masked_fill(~inside, self.padding)
        states = self.body(input_ids=read, attention_mask=inside.long()).last_hidden_state
        return mean(states, inside)


class Ready(nn.Module):
    """A backbone whose pooled states were computed before: only what comes after them is learned.

    Pooled states float [rows, width], numbers and codes go in.
    """

    members = 1

    def __init__(self, network: BackboneNetwork) -> None:
        super().__init__()
        self.beside = network.beside
        self.features = network.features

    def forward(self, pooled: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each row."""
        beside = [] if self.beside is None else [self.beside(numbers, codes)]
        return torch.cat([pooled, *beside], dim=1)[:, None]


class LowRank(nn.Module):
    """A linear layer that stays, and a product of two small matrices that learns beside it (Hu et al. 2022, LoRA).

    >>> layer = LowRank(nn.Linear(8, 4), rank=2)
    >>> layer(torch.zeros(3, 8)).shape, layer.merged().weight.shape
    (torch.Size([3, 4]), torch.Size([4, 8]))
    """

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) * layer.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, inputs: Tensor) -> Tensor:
        """What the layer says, and what was learned beside it."""
        added = SCALE * F.linear(F.linear(inputs, self.down), self.up)
        outputs: Tensor = self.layer(inputs) + added
        return outputs

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """One layer that says the same."""
        self.layer.weight += SCALE * self.up @ self.down
        return self.layer


def depth_of(body: nn.Module) -> int:
    """How many layers the body has."""
    found = [LAYER.search(f".{name}") for name, _ in body.named_parameters()]
    return 1 + max((int(each[1]) for each in found if each), default=-1)


def layer_of(name: str, depth: int) -> int:
    """The layer that a weight is in, counted from 1; 0 for embeddings, the last for what comes after all layers.

    >>> [layer_of(name, 6) for name in ("embeddings.word.weight", "encoder.layer.3.output.weight", "pooler.weight")]
    [0, 4, 6]
    """
    found = LAYER.search(f".{name}")
    if found:
        return int(found[1]) + 1
    return 0 if "embedding" in name else depth


def learn_last(network: BackboneNetwork, layers: int) -> None:
    """Let the last layers of the body learn, those further down ever more slowly; the others stay."""
    depth = depth_of(network.body)
    network.rates = {}
    for name, weight in network.body.named_parameters():
        below = depth - layer_of(name, depth)
        weight.requires_grad_(below < layers)
        network.rates[f"network.body.{name}"] = SLOWER**below


def add_low_rank(network: BackboneNetwork, rank: int) -> None:
    """Let low-rank matrices learn beside the layers with which attention asks and answers; all else stays."""
    network.body.requires_grad_(False)
    network.rates = {}
    for name, parent, layer in list(_asking(network.body, nn.Linear)):
        setattr(parent, name.rpartition(".")[2], LowRank(layer, rank))  # type: ignore[arg-type]


def merge_low_rank(network: BackboneNetwork) -> None:
    """Put what was learned beside layers into them."""
    for name, parent, layer in list(_asking(network.body, LowRank)):
        setattr(parent, name.rpartition(".")[2], layer.merged())  # type: ignore[operator]


def _asking(body: nn.Module, kind: type[nn.Module]) -> Iterator[tuple[str, nn.Module, nn.Module]]:
    for name, module in body.named_modules():
        if isinstance(module, kind) and ASKING.search(name):
            yield name, body.get_submodule(name.rpartition(".")[0]), module
