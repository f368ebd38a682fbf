"""A network that says what is hidden of a row from the rest of it, and how surprising what stands there is."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.feedforward import Categories, PiecewiseLinear

LEAST_SCALE, MOST_SCALE = 0.05, 20.0  # of what a number may differ by; the former is also how exactly one is known
MOST_SURPRISE = 10.0  # nats of a level that was never seen
HIDDEN = 0.5  # share of the columns that half of the rows hide in training


class ReconstructionNetwork(nn.Module):
    """An auto-encoder of masked columns: every column is told from others, never from itself.

    Numbers float [rows, numbers] and codes int64 [rows, categories] go in. Out come [rows, features, 2] for each number
    and category: the loss of telling it (nats, where it was hidden), and how much more it surprises than expected, in
    nats, zero where it does not. A number is told by a Laplace distribution, which strange rows pull little; a category
    by a probability for each level. `owners`: the column of each feature; those of one column are hidden together. In
    training columns are hidden by chance; afterwards in `groups` turns, so that each is hidden once. `gaps`: two by two
    a mark and the number that is missing where it is set, of what a row may rightly lack: then that number is hidden in
    every turn, and neither it nor its mark, which is never told, surprises.

    >>> network = ReconstructionNetwork(numbers=2, counts=[3], owners=[0, 1, 2], groups=3, width=16, code=4)
    >>> network.eval()(torch.zeros(5, 2), torch.zeros(5, 1, dtype=torch.int64)).shape
    torch.Size([5, 3, 2])
    """

    def __init__(
        self,
        numbers: int,
        counts: Sequence[int],
        owners: Sequence[int],
        *,
        groups: int = 6,
        width: int = 256,
        code: int = 64,
        dropout: float = 0.0,
        intervals: int = 16,
        number_size: int = 8,
        category_size: int = 8,
        gaps: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.gaps = list(zip(gaps[::2], gaps[1::2], strict=True))
        self.numbers, self.counts, self.dropout = numbers, list(counts), dropout
        self.columns = max(owners, default=0) + 1
        self.groups = max(1, min(groups, self.columns))
        self.owners = list(owners)
        self.embed = PiecewiseLinear(numbers, intervals, number_size) if numbers else None
        self.categories = Categories(counts, category_size) if counts else None
        sizes = [min(count, category_size) for count in counts]
        self.spans = [number_size] * numbers + sizes
        fan_in = max(sum(self.spans), 1) + self.columns
        self.encode = nn.ModuleList([nn.Linear(fan_in, width), nn.Linear(width, code)])
        self.decode = nn.ModuleList(
            [nn.Linear(code, width), nn.Linear(width, max(2 * numbers + sum(counts) + len(counts), 1))]
        )
        self.features, self.members = width, 1

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Loss and surprise of each feature, [rows, features, 2]."""
        vectors = self._vectors(numbers, codes)
        owners = torch.tensor(self.owners, device=numbers.device, dtype=torch.int64)
        told, lacking = self._told(numbers)
        if self.gaps:
            vectors = vectors.masked_fill(~self._spread(told), 0.0)
        if self.training:
            rows = len(numbers)
            share = torch.where(torch.rand(rows, 1, device=numbers.device) < HIDDEN, HIDDEN, 1.0 / self.groups)
            hidden = (torch.rand(rows, self.columns, device=numbers.device) < share) | lacking
            found = self._surprise(vectors, hidden, numbers, codes)
            shown = (hidden[:, owners] & told).unsqueeze(2)
            return found * shown / shown.float().mean().clamp_min(1e-3)
        turn = torch.arange(self.columns, device=numbers.device) % self.groups
        whole = numbers.new_zeros(len(numbers), len(self.owners), 2)
        for each in range(self.groups):
            hidden = (turn == each).expand(len(numbers), -1)
            found = self._surprise(vectors, hidden | lacking, numbers, codes)
            whole = torch.where((hidden[:, owners] & told).unsqueeze(2), found, whole)
        return whole

    def _told(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Which features say something, [rows, features], and which columns lack all of theirs, [rows, columns]."""
        told = numbers.new_ones(len(numbers), len(self.owners), dtype=torch.bool)
        for mark, number in self.gaps:
            told[:, number] = numbers[:, mark] < 0.5
            told[:, mark] = False
        lacking = numbers.new_zeros(len(numbers), self.columns, dtype=torch.bool)
        for column in {self.owners[number] for _, number in self.gaps}:
            mine = [at for at, owner in enumerate(self.owners) if owner == column]
            lacking[:, column] = ~told[:, mine].any(dim=1)
        return told, lacking

    def _spread(self, features: Tensor) -> Tensor:
        """What is so of features, [rows, features], said of each place of their vectors."""
        parts = [features[:, at : at + 1].expand(-1, size) for at, size in enumerate(self.spans)]
        return torch.cat(parts, dim=1)

    def _vectors(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Each feature's vector, side by side."""
        parts = [self.embed(numbers)] if self.embed is not None else []
        if self.categories is not None:
            parts.append(self.categories(codes))
        return torch.cat(parts, dim=1) if parts else numbers.new_zeros(len(numbers), 1)

    def _surprise(self, vectors: Tensor, hidden: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Loss and surprise of every feature where these columns [rows, columns] are hidden."""
        seen = (
            torch.cat(
                [
                    hidden[:, each : each + 1].expand(-1, size)
                    for each, size in zip(self.owners, self.spans, strict=True)
                ],
                dim=1,
            )
            if self.spans
            else None
        )
        known = vectors if seen is None else vectors.masked_fill(seen, 0.0)
        state = torch.cat([known, hidden.to(vectors.dtype)], dim=1)
        state = F.relu(self.encode[1](F.dropout(F.relu(self.encode[0](state)), self.dropout, self.training)))
        told = self.decode[1](F.relu(self.decode[0](state)))
        found = [self._of_numbers(told[:, : 2 * self.numbers], numbers)] if self.numbers else []
        start = 2 * self.numbers
        for at, count in enumerate(self.counts):
            found.append(_of_levels(told[:, start : start + count + 1], codes[:, at]))
            start += count + 1
        return torch.cat(found, dim=1)

    def _of_numbers(self, told: Tensor, numbers: Tensor) -> Tensor:
        middle, scale = told.float().chunk(2, dim=1)
        scale = F.softplus(scale).clamp(LEAST_SCALE, MOST_SCALE)
        far = (numbers - middle).abs() / scale
        return torch.stack([far + torch.log(2 * scale), F.relu(far - 1.0)], dim=2)


def _of_levels(told: Tensor, codes: Tensor) -> Tensor:
    """Of one category: minus the logarithm of its level's probability, and by how much that exceeds the expected."""
    logs = F.log_softmax(told.float(), dim=1)
    surprise = -logs.gather(1, codes[:, None])[:, 0]
    expected = -(logs.exp() * logs).sum(dim=1)
    surprise = surprise.clamp_max(MOST_SURPRISE)
    return torch.stack([surprise, F.relu(surprise - expected)], dim=1)[:, None]
