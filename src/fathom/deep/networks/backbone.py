"""A trained encoder under a head: pooled features, and which of its weights learn on, and how fast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.text import BESIDE, CHUNK, Beside, mean

OUTSIDE = -1  # a place beyond a row's end
ASKING = re.compile(r"(^|\.)(query|value|query_proj|value_proj|q_proj|v_proj|q_lin|v_lin)$")  # where low ranks go
LAYER = re.compile(
    r"\.(?:stages?|layers?|h|blocks?)\.\d+(?:\.(?:layers?|blocks?)\.\d+)?(?=\.)"
)  # of a stage, if there are
BEGINNING = ("embed", "stem")  # what names of weights before the first layer hold
SLOWER = 0.9  # of the rate above, for each layer further down
SCALE = 2.0  # of what a low-rank matrix adds


class Starting(nn.Module):
    """A body that has learned before and goes on learning: what every network that starts from one has.

    `pooled` makes features [rows, width] of what goes in; what stands beside it comes to them afterwards.
    """

    members = 1
    body: nn.Module
    beside: Beside | None
    width: int  # of what the body makes of a row
    features: int  # of a row, with what stands beside
    rates: dict[str, float]  # times the rate, for weights that learn at another

    def pooled(self, given: Tensor) -> Tensor:
        """What the body makes of rows, [rows, width]."""
        raise NotImplementedError


class BackboneNetwork(Starting):
    """Pieces int32 [rows, length] (-1: beyond the end), numbers and codes go in, features [rows, 1, width] come out.

    `body` is an encoder of the transformers library; its last states are averaged over places. `padding` is the number
    of its padding piece.
    """

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
        self.rates = {}

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
        longest = pieces.shape[1] if torch.onnx.is_in_onnx_export() else max(1, int(inside.sum(dim=1).max()))
        inside = inside[:, :longest].contiguous()
        inside[:, 0] = True
        read = pieces[:, :longest].long().masked_fill(~inside, self.padding)
        states = self.body(input_ids=read, attention_mask=inside.long()).last_hidden_state
        return mean(states, inside)


class Ready(nn.Module):
    """A backbone whose pooled states were computed before: only what comes after them is learned.

    Pooled states float [rows, width] go in, and numbers and codes where something stands beside.
    """

    members = 1

    def __init__(self, network: Starting) -> None:
        super().__init__()
        self.beside = network.beside
        self.features = network.features

    def forward(self, pooled: Tensor, *others: Tensor) -> Tensor:
        """Features of each row."""
        beside = [] if self.beside is None else [self.beside(*others)]
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


def levels_of(names: Iterable[str]) -> dict[str, int]:
    """The layer that each weight is in, counted from 1; 0 for embeddings, the last for what comes after all layers.

    Layers are counted in the order in which a network names them, those of all its stages one after the other.

    >>> names = ["embeddings.word.weight", "encoder.layer.0.a.weight", "encoder.layer.1.a.weight", "pooler.weight"]
    >>> list(levels_of(names).values())
    [0, 1, 2, 2]
    """
    found = {name: LAYER.search(f".{name}") for name in names}
    layers = list(dict.fromkeys(each[0] for each in found.values() if each))
    stages = [each for each in layers if any(other.startswith(f"{each}.") for other in layers)]
    order = [each for each in layers if each not in stages]

    def level(name: str, inside: re.Match[str] | None) -> int:
        if inside is None:
            return 0 if any(part in name for part in BEGINNING) else len(order)
        if inside[0] in stages:  # what stands between stages counts to the first layer of its own
            return 1 + next(at for at, each in enumerate(order) if each.startswith(f"{inside[0]}."))
        return 1 + order.index(inside[0])

    return {name: level(name, inside) for name, inside in found.items()}


def depth_of(body: nn.Module) -> int:
    """How many layers the body has."""
    return max(levels_of(name for name, _ in body.named_parameters()).values(), default=0)


def learn_last(network: Starting, layers: int) -> None:
    """Let the last layers of the body learn, those further down ever more slowly; the others stay."""
    levels = levels_of(name for name, _ in network.body.named_parameters())
    depth = max(levels.values(), default=0)
    network.rates = {}
    for name, weight in network.body.named_parameters():
        below = depth - levels[name]
        weight.requires_grad_(below < layers)
        network.rates[f"network.body.{name}"] = SLOWER**below


def add_low_rank(network: Starting, rank: int) -> int:
    """Let low-rank matrices learn beside the layers with which attention asks and answers, so many; all else stays."""
    network.body.requires_grad_(False)
    network.rates = {}
    found = list(_asking(network.body, nn.Linear))
    for name, parent, layer in found:
        setattr(parent, name.rpartition(".")[2], LowRank(layer, rank))  # type: ignore[arg-type]
    return len(found)


def merge_low_rank(network: Starting) -> None:
    """Put what was learned beside layers into them."""
    for name, parent, layer in list(_asking(network.body, LowRank)):
        setattr(parent, name.rpartition(".")[2], layer.merged())  # type: ignore[operator]


def _asking(body: nn.Module, kind: type[nn.Module]) -> Iterator[tuple[str, nn.Module, nn.Module]]:
    for name, module in body.named_modules():
        if isinstance(module, kind) and ASKING.search(name):
            yield name, body.get_submodule(name.rpartition(".")[0]), module
