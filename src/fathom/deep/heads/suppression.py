"""One box for each thing: of boxes that overlap, the surest is kept."""

from __future__ import annotations

import torch
from torch import Tensor

from fathom.deep.heads.rectangles import overlaps


def kept(boxes: Tensor, labels: Tensor, most: float) -> Tensor:
    """Which boxes stay, bool [rows, boxes], of boxes [rows, boxes, 4] with labels int [rows, boxes], the surest first.

    A box goes where a surer one that stays has its label and overlaps it by more than `most`. All pictures of a batch
    at once: what is said of a box follows from those before it, so repeating the rule for all settles them, and after
    as many turns as the longest chain of boxes that decide about each other nothing changes any more.

    >>> boxes = torch.tensor([[[0.0, 0, 4, 4], [1.0, 0, 5, 4], [2.0, 0, 6, 4]]])
    >>> kept(boxes, torch.zeros(1, 3), 0.5).tolist()  # the second goes, so it says nothing against the third
    [[True, False, True]]
    """
    over = (overlaps(boxes, boxes) > most) & (labels[:, :, None] == labels[:, None, :])
    over = over.triu(diagonal=1)  # only surer ones decide
    stays = torch.ones(boxes.shape[:2], dtype=torch.bool, device=boxes.device)
    while True:
        found = ~(over & stays[:, :, None]).any(dim=1)
        if torch.equal(found, stays):
            return stays
        stays = found
