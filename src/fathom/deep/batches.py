"""Batches: the order in which rows are learned, and answers of several batches put together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

NEARBY = 50  # batches whose rows are sorted by length among each other


def order_of(rows: int, batch: int, chance: torch.Generator, lengths: Tensor | None = None) -> Tensor:
    """The order of an epoch's rows, int64 [rows]; with `lengths` [rows], rows of a batch are of similar length.

    A network trims a batch to its longest row: among rows in any order, most of what it computes would be padding.

    >>> lengths = torch.tensor([9, 1, 8, 2, 7, 3])
    >>> order = order_of(6, 2, torch.Generator().manual_seed(0), lengths)
    >>> sorted(sorted(lengths[pair].tolist()) for pair in order.split(2))
    [[1, 2], [3, 7], [8, 9]]
    """
    order = torch.randperm(rows, generator=chance)
    if lengths is None:
        return order
    sorted_ = torch.cat([part[lengths[part].argsort(stable=True)] for part in torch.split(order, NEARBY * batch)])
    whole = rows // batch * batch
    turns = torch.randperm(whole // batch, generator=chance)
    return torch.cat([sorted_[:whole].reshape(-1, batch)[turns].reshape(-1), sorted_[whole:]])


def stacked(outputs: Sequence[Tensor]) -> Tensor:
    """Outputs of several batches as those of one; sequences are padded with zeros to the longest.

    >>> stacked([torch.ones(2, 3, 4), torch.ones(1, 5, 4)]).shape
    torch.Size([3, 5, 4])
    """
    if len({each.shape[1:] for each in outputs}) == 1:
        return torch.cat(list(outputs))
    longest = max(each.shape[1] for each in outputs)
    return torch.cat([F.pad(each, (*[0] * (2 * (each.ndim - 2)), 0, longest - each.shape[1])) for each in outputs])
