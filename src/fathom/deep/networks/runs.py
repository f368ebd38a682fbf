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
BEFORE, AFTER = 1 << 21, (1 << 21) + 1  # what stands at both ends of a text; no piece has these numbers
STIR, STIR_AGAIN = 0x9E3779B97F4A7C1, 0x2545F4914F6CDD1D


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
        features = F.embedding_bag(places, self.embed.weight, mode="sum", padding_idx=0) / found.sqrt()
        if self.beside is not None:
            features = torch.cat([features, self.beside(numbers, codes)], dim=1)
        return F.dropout(features, self.dropout, self.training)[:, None]

    def places(self, pieces: Tensor) -> Tensor:
        """Where the vectors of each row's runs stand, int64 [rows, places]; 0 where there is none."""
        hashes = torch.cat(list(hashed(pieces)), dim=1)
        at = torch.searchsorted(self.known, hashes).clamp_max(len(self.known) - 1)
        return torch.where(self.known[at] == hashes, at + 1, 0)


def hashed(pieces: Tensor) -> Iterator[Tensor]:
    """The hashes of all runs of one length after the other, int64 [rows, places], at least 1; 0 where there is none."""
    inside = pieces != PADDING
    longest = max(1, int(inside.sum(dim=2).max())) if len(pieces) else 1
    ends = inside.sum(dim=2, keepdim=True)
    text = F.pad(pieces[:, :, :longest].long(), (1, 1))
    text[:, :, 0] = BEFORE
    text.scatter_(2, ends + 1, AFTER)
    hashes = torch.zeros_like(text)
    for length in range(LONGEST):
        ahead = F.pad(text, (0, length))[:, :, length:]
        hashes = hashes * STIR_AGAIN + ahead + length + 1
        stirred = (hashes ^ (hashes >> 31)) * STIR
        stirred = (stirred ^ (stirred >> 29)).bitwise_and(2**62 - 1) + 1
        yield torch.where(ahead != PADDING, stirred, 0).flatten(1)


def frequent(pieces: Tensor, most: int) -> Tensor:
    """The hashes of the runs that most texts have, two at least; int64 [runs], sorted.

    `pieces` int32 [rows, grains, length]; of many texts, the first are looked at.
    """
    _, grains, length = pieces.shape
    few = pieces[: max(AT_ONCE, LOOKED_AT // (LONGEST * grains * (length + 2)))]
    found = [_once(torch.cat(list(hashed(part)), dim=1)) for part in torch.split(few, AT_ONCE)]
    whole = torch.cat([*found, torch.zeros(0, dtype=torch.int64)])
    hashes, counts = torch.unique(whole, return_counts=True)
    often = counts >= FEWEST
    hashes, counts = hashes[often], counts[often]
    chosen: Tensor = hashes[counts.argsort(descending=True, stable=True)[:most]].sort().values
    return chosen


def _once(hashes: Tensor) -> Tensor:
    """All that rows have, each once a row, int64 [found]."""
    ordered = hashes.sort(dim=1).values
    first = F.pad(ordered[:, 1:] != ordered[:, :-1], (1, 0), value=True)
    return ordered[first & (ordered != 0)]
