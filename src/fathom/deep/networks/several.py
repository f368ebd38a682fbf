"""Networks side by side that read the same texts, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.runs import Runs
from fathom.deep.networks.text import TextNetwork


class Several(nn.Module):
    """Networks that know nothing of each other, their features side by side [rows, members, width].

    Few rows are learned differently from every start, and by every kind of network; what several agree on is surer
    (Lakshminarayanan et al. 2017). The features of a narrower one end with zeros.
    """

    def __init__(self, networks: Sequence[TextNetwork | Runs]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.widths = [network.features for network in networks]
        self.members, self.features = len(networks), max(self.widths)

    def forward(self, pieces: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each member."""
        found = [network(pieces, numbers, codes) for network in self.networks]
        short = [self.features - width for width in self.widths]
        return torch.cat([F.pad(each, (0, less)) for each, less in zip(found, short, strict=True)], dim=1)


def several(
    make: Callable[..., TextNetwork], *, members: int = 1, runs: int = 0, **others: Any
) -> TextNetwork | Several:
    """As many networks as there are members, and one that reads so many `runs` of pieces, if there are any.

    `make` is given the `others`: vocabulary, dropout, forget, and numbers and counts of the columns beside the text.
    """
    networks: list[TextNetwork | Runs] = [make(**others) for _ in range(members)]
    if runs:
        shared = {name: others[name] for name in ("numbers", "counts", "dropout") if name in others}
        networks.append(Runs(runs, **shared))
    first = networks[0]
    return first if len(networks) == 1 and isinstance(first, TextNetwork) else Several(networks)
