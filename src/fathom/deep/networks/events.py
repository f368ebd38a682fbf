"""Networks that read what somebody did, event by event, and the columns of a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.feedforward import FeedforwardNetwork
from fathom.deep.networks.transformer import Encoder


class EventNetwork(nn.Module):
    """A memory (`cell` "lstm" or "gru") or attention (`heads`) over the steps, an ensemble on the table beside them.

    Steps float [rows, steps, channels], numbers float [rows, numbers] and codes int64 [rows, categories] go in;
    features [rows, members, features] come out.

    >>> network = EventNetwork(channels=4, numbers=2, counts=[3], width=8, depth=1, cell="gru")
    >>> network(torch.zeros(5, 17, 4), torch.zeros(5, 2), torch.zeros(5, 1, dtype=torch.int64)).shape
    torch.Size([5, 4, 136])
    """

    def __init__(
        self,
        channels: int,
        numbers: int,
        counts: Sequence[int],
        *,
        width: int = 64,
        depth: int = 1,
        heads: int = 0,
        cell: str = "",
        dropout: float = 0.15,
        members: int = 4,
        table: int = 128,
        intervals: int = 32,
        number_size: int = 8,
    ) -> None:
        super().__init__()
        self.beside = FeedforwardNetwork(
            numbers,
            counts,
            members=members,
            width=table,
            dropout=dropout,
            intervals=intervals,
            number_size=number_size,
        )
        self.step = nn.Linear(channels, width)
        self.encoder = Encoder(width, depth=depth, heads=heads, dropout=dropout) if heads else None
        kinds = {"lstm": nn.LSTM, "gru": nn.GRU}
        self.memory = kinds[cell](width, width, depth, batch_first=True) if cell else None
        self.dropout = dropout
        self.features, self.members = table + width, members

    def forward(self, steps: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Features of each member: of the table, and of the last step, which has looked at those before it."""
        there = steps[..., -1] > 0
        there = torch.cat([there[:, :-1], torch.ones_like(there[:, -1:])], dim=1)  # the event itself always is
        read = F.relu(self.step(steps))
        if self.encoder is not None:
            read = self.encoder(read, there)
        if self.memory is not None:
            read = self.memory(read * there[..., None])[0]
        last = F.dropout(read[:, -1], self.dropout, self.training)
        table = self.beside(numbers, codes)
        return torch.cat([table, last[:, None].expand(-1, self.members, -1)], dim=2)
