"""A network that reads the tokens of a text, each by what it says, how it is written and its letters."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PADDING, UNKNOWN = 0, 1
LETTER_SIZE, FILTERS, WIDTH = 24, 48, 3  # of the letters' vectors, and of what is looked for in three side by side
SMALL = 32  # of the vectors of all views but the first


class TokenNetwork(nn.Module):
    """Views int32 [rows, places, views] and letters int32 [rows, places, letters] go in, features of each place out.

    Each view has vectors of its own; letters go through a convolution whose largest answers are kept (Ma and Hovy
    2016). `encoder(vectors, inside)` reads them in their order. No more places come out than the longest row has.
    While learning, a share `forget` of each view is read as unknown.

    >>> from fathom.deep.networks.recurrent import Bidirectional
    >>> size = TokenNetwork.size_of(64, 2, letters=30)
    >>> network = TokenNetwork(Bidirectional(size, width=16), counts=(50, 9), letters=30, size=64).eval()
    >>> network(torch.ones(4, 7, 2, dtype=torch.int32), torch.ones(4, 7, 16, dtype=torch.int32)).shape
    torch.Size([4, 7, 32])
    """

    members = 1

    def __init__(
        self,
        encoder: nn.Module,
        *,
        counts: Sequence[int],
        letters: int,
        size: int,
        dropout: float = 0.3,
        forget: float = 0.1,
    ) -> None:
        super().__init__()
        sizes = [size, *[SMALL] * (len(counts) - 1)]
        self.views = nn.ModuleList(
            nn.Embedding(count + 2, each, padding_idx=PADDING) for count, each in zip(counts, sizes, strict=True)
        )
        self.letters = nn.Embedding(letters + 2, LETTER_SIZE, padding_idx=PADDING) if letters else None
        self.filters = nn.Conv1d(LETTER_SIZE, FILTERS, WIDTH, padding=1) if letters else None
        self.encoder = encoder
        self.dropout, self.forget = dropout, forget
        self.features = int(encoder.features)  # type: ignore[arg-type]
        for view in self.views:
            nn.init.uniform_(view.weight, -0.1, 0.1)  # type: ignore[arg-type]

    @staticmethod
    def size_of(size: int, views: int, letters: int) -> int:
        """How long the vector of a place is that the encoder is given."""
        return size + SMALL * (views - 1) + (FILTERS if letters else 0)

    def forward(self, views: Tensor, letters: Tensor) -> Tensor:
        """Features [rows, places, width]."""
        inside = views[..., 0] != PADDING
        longest = max(1, int(inside.sum(dim=1).max())) if len(views) else 1
        views, letters, inside = views[:, :longest], letters[:, :longest], inside[:, :longest].contiguous()
        inside = torch.cat([torch.ones_like(inside[:, :1]), inside[:, 1:]], dim=1)
        parts = []
        for at, embed in enumerate(self.views):
            codes = views[..., at]
            if self.training and self.forget:
                lost = (torch.rand(codes.shape, device=codes.device) < self.forget) & (codes != PADDING)
                codes = codes.masked_fill(lost, UNKNOWN)
            parts.append(embed(codes))
        if self.letters is not None and self.filters is not None:
            parts.append(self._spelled(letters))
        vectors = F.dropout(torch.cat(parts, dim=2), self.dropout, self.training)
        features: Tensor = self.encoder(vectors, inside)
        return F.dropout(features, self.dropout, self.training)

    def _spelled(self, letters: Tensor) -> Tensor:
        """What the letters of each token tell, [rows, places, filters]."""
        assert self.letters is not None
        assert self.filters is not None
        rows, places, length = letters.shape
        vectors = self.letters(letters.reshape(-1, length)).transpose(1, 2)
        found = F.relu(self.filters(vectors)).amax(dim=2)
        return found.reshape(rows, places, -1)
