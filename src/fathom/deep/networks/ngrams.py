"""Filters on runs of pieces, the strongest answer of each: convolution over text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.several import Several, several
from fathom.deep.networks.text import TextNetwork


class NgramFilters(nn.Module):
    """Filters of several widths over runs of vectors (Kim 2014).

    Vectors float [rows, pieces, size] go in, [rows, pieces, len(widths) * filters] come out, at least 0: each
    filter's answer to the run around the place.

    >>> NgramFilters(8, widths=[2, 3], filters=16)(torch.zeros(5, 7, 8), torch.ones(5, 7, dtype=torch.bool)).shape
    torch.Size([5, 7, 32])
    """

    def __init__(self, size: int, *, widths: Sequence[int], filters: int) -> None:
        super().__init__()
        self.filters = nn.ModuleList(nn.Conv1d(size, filters, width) for width in widths)
        self.widths = tuple(widths)
        self.features = len(widths) * filters

    def forward(self, vectors: Tensor, inside: Tensor) -> Tensor:
        """Answers at each place; what is beyond the text is read as nothing."""
        read = (vectors * inside[..., None]).transpose(1, 2)
        found = [
            each(F.pad(read, (width // 2, (width - 1) // 2)))
            for width, each in zip(self.widths, self.filters, strict=True)
        ]
        return F.relu(torch.cat(found, dim=1)).transpose(1, 2)


def ngram_network(*, size: int, widths: Sequence[int], filters: int, **others: Any) -> TextNetwork | Several:
    """A network for texts that pools filters by their strongest answer; `others` go to `several`.

    >>> network = ngram_network(vocabulary=50, size=8, widths=[2, 3], filters=16).eval()
    >>> none = torch.zeros(5, 0)
    >>> network(torch.ones(5, 1, 9, dtype=torch.int32), none, none.long()).shape
    torch.Size([5, 1, 32])
    """

    def make(**others: Any) -> TextNetwork:
        return TextNetwork(NgramFilters(size, widths=widths, filters=filters), ["max"], size=size, **others)

    return several(make, **others)
