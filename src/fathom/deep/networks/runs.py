"""Runs of pieces with vectors of their own: which ones a text has, and hardly in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.text import BESIDE, PADDING, Beside

LONGEST = 3  # pieces of a run
SIZE = 32  # of a run's vector
LEFT_OUT = 0.3  # share of a text's runs that is not read while learning
FEWEST = 2  # texts that must have a run for it to be learned: others would be learned by heart
LOOKED_AT = 12_000_000  # runs among which the frequent ones are chosen
AT_ONCE = 1_000  # texts whose runs are counted in one go
DIGITS = 1 << 20  # more than there are pieces; three of them make a number of 60 bits
BEFORE, AFTER = DIGITS - 1, DIGITS - 2  # what stands at both ends of a text; no piece has these numbers


class Runs(nn.Module):
    """Pieces int32 [rows, grains, length], numbers and codes go in, features [rows, 1, features] come out.

    Each of the `runs` that `known` names, of one to three pieces in any grain, the ends of the text counted in, has a
    vector; those of a text are added up and divided by the root of their number (Joulin et al. 2017, there for words).
    What few words decide, this learns from fewer texts than filters need.

    >>> pieces = torch.tensor([[[5, 6, 7]], [[5, 6, 0]]], dtype=torch.int32)
    >>> known = frequent(pieces, most=100)
    >>> len(known)  # 5, 6, 5 6, either end, and two that begin at one
    7
    """

    members = 1
    known: Tensor

    def __init__(self, runs: int, *, numbers: int = 0, counts: Sequence[int] = (), dropout: float = 0.3) -> None:
        super().__init__()
        table = torch.empty(runs + 1, SIZE).uniform_(-1 / SIZE, 1 / SIZE)
        table[0].zero_()
        self.embed = nn.Embedding.from_pretrained(table, freeze=False, padding_idx=0)  # type: ignore[no-untyped-call]
        self.register_buffer("known", torch.zeros(runs, dtype=torch.int64))
        self.beside = Beside(numbers, counts) if numbers or counts else None
        self.dropout = dropout
        self.features = SIZE + (BESIDE if self.beside else 0)

    def forward(self, pieces: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each row."""
        places = self.places(pieces)
        if self.training:
            places = places.masked_fill(torch.rand(places.shape, device=places.device) < LEFT_OUT, 0)
        found = (places != 0).sum(dim=1, keepdim=True).clamp_min(1)
        features = self._summed(places) / found.sqrt()
        if self.beside is not None:
            features = torch.cat([features, self.beside(numbers, codes)], dim=1)
        return F.dropout(features, self.dropout, self.training)[:, None]

    def places(self, pieces: Tensor) -> Tensor:
        """Where the vectors of each row's runs stand, int64 [rows, places]; 0 where there is none."""
        numbers = torch.cat(list(numbered(pieces)), dim=1)
        at = halved(self.known, numbers) if torch.onnx.is_in_onnx_export() else looked_up(self.known, numbers)
        return torch.where(self.known[at] == numbers, at + 1, 0)

    def _summed(self, places: Tensor) -> Tensor:
        """The sum of each row's vectors [rows, size]."""
        if torch.onnx.is_in_onnx_export():
            summed: Tensor = self.embed(places).sum(dim=1)
            return summed
        return F.embedding_bag(places, self.embed.weight, mode="sum", padding_idx=0)


def looked_up(known: Tensor, numbers: Tensor) -> Tensor:
    """Where each number stands among the `known`, which are sorted, if it is there; some place if not."""
    return torch.searchsorted(known, numbers).clamp_max(len(known) - 1)


def halved(known: Tensor, numbers: Tensor) -> Tensor:
    """The same as `looked_up` of numbers that are there, by steps that ONNX knows."""
    at = torch.zeros_like(numbers)
    for power in reversed(range(len(known).bit_length())):
        ahead = (at + (1 << power)).clamp_max(len(known) - 1)
        at = torch.where(known[ahead] <= numbers, ahead, at)
    return at


def numbered(pieces: Tensor) -> Iterator[Tensor]:
    """The numbers of all runs of one length after the other, int64 [rows, places]; 0 where there is none.

    A run's number is that of its pieces as digits: no two share one.
    """
    inside = pieces != PADDING
    if torch.onnx.is_in_onnx_export():  # how long these rows are must not become a constant
        longest = pieces.shape[2]
    else:
        longest = max(1, int(inside.sum(dim=2).max())) if len(pieces) else 1
    text = F.pad(F.pad(pieces[:, :, :longest].long(), (1, 0), value=BEFORE), (0, 1))
    places = torch.arange(longest + 2, device=pieces.device)
    text = torch.where(places == inside.sum(dim=2, keepdim=True) + 1, AFTER, text)
    numbers = torch.zeros_like(text)
    for length in range(LONGEST):
        ahead = F.pad(text, (0, length))[:, :, length:]
        numbers = numbers * DIGITS + ahead
        yield torch.where(ahead != PADDING, numbers, 0).flatten(1)


def frequent(pieces: Tensor, most: int) -> Tensor:
    """The numbers of the runs that most texts have, two at least; int64 [runs], sorted.

    `pieces` int32 [rows, grains, length]; of many texts, the first are looked at.
    """
    _, grains, length = pieces.shape
    few = pieces[: max(AT_ONCE, LOOKED_AT // (LONGEST * grains * (length + 2)))]
    found = [_once(torch.cat(list(numbered(part)), dim=1)) for part in torch.split(few, AT_ONCE)]
    whole = torch.cat([*found, torch.zeros(0, dtype=torch.int64)])
    numbers, counts = torch.unique(whole, return_counts=True)
    often = counts >= FEWEST
    numbers, counts = numbers[often], counts[often]
    chosen: Tensor = numbers[counts.argsort(descending=True, stable=True)[:most]].sort().values
    return chosen


def _once(numbers: Tensor) -> Tensor:
    """All that rows have, each once a row, int64 [found]."""
    ordered = numbers.sort(dim=1).values
    first = F.pad(ordered[:, 1:] != ordered[:, :-1], (1, 0), value=True)
    return ordered[first & (ordered != 0)]
