"""Mean average precision of a batch on its own device: what a training is watched by."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from fathom.deep.heads.rectangles import overlaps

STRICTNESS = (0.5, 0.6, 0.7, 0.8)  # overlaps from which a thing counts as found


def missed(said: Tensor, truth: Tensor, classes: int, strictness: Sequence[float] = STRICTNESS) -> tuple[float, float]:
    """One minus the mean over classes and strictness of the average precision; its standard error, roughly.

    `said` [rows, boxes, 6]: box, class and how sure, the surest first; `truth` [rows, most, 5]: box and class, -1 where
    there is none.
    """
    hits = torch.stack([claimed(said, truth, least) for least in strictness])
    flat = hits.flatten(1)
    sure = said[..., 5].flatten()
    labels = torch.where(sure > 0, said[..., 4].flatten(), -1)
    figures, counts = [], []
    for label in range(classes):
        count = int((truth[..., 4] == label).sum())
        if not count:
            continue
        mine = (labels == label).nonzero()[:, 0]
        mine = mine[sure[mine].argsort(descending=True, stable=True)]
        figures.append(torch.stack([average_precision(each[mine], count) for each in flat]).mean())
        counts.append(count)
    if not figures:
        return 0.0, 0.0
    mean = float(torch.stack(figures).mean())
    # As if each class were a share found of its boxes: enough to tell a step of chance from one of progress.
    spread = sum(max(float(each) * (1 - float(each)), 0.0) / n for each, n in zip(figures, counts, strict=True))
    return 1 - mean, spread**0.5 / len(figures)


def claimed(said: Tensor, truth: Tensor, least: float) -> Tensor:
    """Which boxes find a thing that no surer one has found, bool [rows, boxes]: its class, and overlap enough."""
    overlap = overlaps(said[..., :4], truth[..., :4])
    fits = (said[..., 4, None] == truth[:, None, :, 4]) & (truth[:, None, :, 4] >= 0) & (said[..., 5, None] > 0)
    overlap = torch.where(fits, overlap, -1.0)
    free = torch.ones(truth.shape[:2], dtype=torch.bool, device=truth.device)
    hits = []
    for rank in range(said.shape[1]):
        best, at = torch.where(free, overlap[:, rank], -1.0).max(dim=1)
        hit = best >= least
        free = free.scatter(1, at[:, None], free.gather(1, at[:, None]) & ~hit[:, None])
        hits.append(hit)
    return torch.stack(hits, dim=1)


def average_precision(hits: Tensor, count: int) -> Tensor:
    """The area under precision by recall, of hits bool [boxes], the surest first, of `count` things.

    >>> round(average_precision(torch.tensor([True, False, True]), 2).item(), 3)
    0.833
    """
    if not len(hits):
        return torch.zeros((), device=hits.device)
    found = hits.double().cumsum(0)
    precision = found / torch.arange(1, len(hits) + 1, device=hits.device)
    highest = precision.flip(0).cummax(0).values.flip(0)
    return (highest * hits).sum() / count
