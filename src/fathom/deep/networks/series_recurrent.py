"""A memory that reads the past of a series and goes on into the steps ahead."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.series import Ahead, Line, Sizes, Static, segments

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


class SeriesRecurrent(nn.Module):
    """An encoder over the past and a decoder over the steps ahead, with a distribution for each of them.

    As in DeepAR (Salinas et al. 2020) one memory is learned over all series, with what is known of each step beside
    the values; several steps are read at once where the past is long (Lin et al. 2023, SegRNN), and quantiles are
    said for every step ahead at once instead of drawing paths (Wen et al. 2017). What a line through the past says is
    added.

    Past steps float [rows, context, channels], steps ahead [rows, steps, ahead], numbers and codes go in; figures
    [rows, steps, FIGURES] come out.

    >>> network = SeriesRecurrent(Sizes(20, 5, 3, 2), segment=4, width=8)
    >>> network(torch.zeros(2, 20, 3), torch.zeros(2, 5, 2), torch.zeros(2, 0), torch.zeros(2, 0)).shape
    torch.Size([2, 5, 12])
    """

    features = members = 1

    def __init__(
        self,
        sizes: Sizes,
        *,
        segment: int,
        width: int = 64,
        depth: int = 1,
        cell: str = "gru",
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.segment, self.steps, self.dropout = segment, sizes.steps, dropout
        self.static = Static(sizes)
        self.line = Line(sizes.context, sizes.steps, sizes.season)
        self.reading = nn.Linear(segment * sizes.channels, width)
        between = dropout if depth > 1 else 0.0
        self.encoder = CELLS[cell](width, width, depth, batch_first=True, dropout=between)
        self.turning = nn.Linear(segment * sizes.ahead + self.static.size, width)
        self.decoder = CELLS[cell](width, width, depth, batch_first=True, dropout=between)
        self.said = nn.Linear(width, segment * width)
        self.ahead = Ahead(1 + width, sizes.ahead)

    def forward(self, past: Tensor, ahead: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Figures of each step ahead."""
        read = F.gelu(self.reading(segments(past, self.segment)))
        memory = self.encoder(read)[1]
        on = segments(F.pad(ahead, (0, 0, 0, -self.steps % self.segment)), self.segment)
        still = self.static(numbers, codes, past)
        on = torch.cat([on, still[:, None].expand(-1, on.shape[1], -1)], dim=2)
        found = self.decoder(F.gelu(self.turning(on)), memory)[0]
        found = F.dropout(found, self.dropout, self.training)
        features = self.said(found).unflatten(2, (self.segment, -1)).flatten(1, 2)[:, : self.steps]
        line = self.line(past[:, :, 0])[:, :, None]
        figures: Tensor = self.ahead(torch.cat([line, F.gelu(features)], dim=2), ahead)
        return figures
