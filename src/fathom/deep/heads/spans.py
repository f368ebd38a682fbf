"""Tags of the places of a sequence come out, the best sequence as a whole: a linear-chain conditional random field."""

from __future__ import annotations

import torch
from torch import Tensor, nn

FORBIDDEN = -1e4  # in place of minus infinity, whose gradient is no number
PADDING = -1  # the tag of a place beyond a sequence's end


class Spans(nn.Module):
    """A score for each tag at each place, and one for each pair of tags side by side.

    Features float [rows, places, width] go in, emissions float [rows, places, tags] come out. A sequence's probability
    is proportional to the exponent of the sum of its scores (Lafferty et al. 2001; Huang et al. 2015 over a recurrent
    network). Truth is int64 [rows, places], -1 beyond a sequence's end; it may be wider than the emissions, whose
    network may have left out places that no row of the batch has. `allowed` bool [tags + 1, tags + 1]: which tag may
    follow which; its last row says which may begin a sequence and its last column which may end one.

    >>> head = Spans(width=8, tags=3)
    >>> emissions = head(torch.zeros(2, 5, 8))
    >>> mask = torch.ones(2, 5, dtype=torch.bool)
    >>> head.best(emissions, mask).shape, head.marginals(emissions, mask).shape
    (torch.Size([2, 5]), torch.Size([2, 5, 3]))
    """

    barred: Tensor

    def __init__(self, width: int, tags: int, allowed: Tensor | None = None) -> None:
        super().__init__()
        self.outputs = nn.Linear(width, tags)
        self.follows = nn.Parameter(torch.zeros(tags + 1, tags + 1))
        barred = torch.zeros(tags + 1, tags + 1) if allowed is None else (~allowed).float() * FORBIDDEN
        self.register_buffer("barred", barred)

    @torch.no_grad()
    def start_from(self, truth: Tensor) -> None:
        """Begin with the tags' log frequencies in `truth`: rare ones need not be unlearned first."""
        counts = torch.bincount(truth[truth >= 0], minlength=self.outputs.out_features).float() + 0.5
        self.outputs.bias.copy_((counts / counts.sum()).log())

    def forward(self, features: Tensor) -> Tensor:
        """Emissions [rows, places, tags]."""
        emissions: Tensor = self.outputs(features)
        return emissions

    def loss(self, emissions: Tensor, truth: Tensor) -> Tensor:
        """The mean negative log-likelihood of a place; a number."""
        truth, mask = cut(truth, emissions)
        return self.losses(emissions, truth, mask).sum() / mask.sum().clamp_min(1)

    @torch.no_grad()
    def score(self, emissions: Tensor, truth: Tensor) -> tuple[float, float]:
        """The mean negative log-likelihood of a row per place, and its standard error; lower is better."""
        truth, mask = cut(truth, emissions)
        places = mask.sum() / len(mask)
        losses = self.losses(emissions, truth, mask) / places.clamp_min(1e-9)
        return float(losses.mean()), float(losses.std(correction=0)) / len(losses) ** 0.5

    def losses(self, emissions: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
        """The negative log-likelihood of each row's tags, float32 [rows]; 0 for a row without places."""
        emissions, any_place = emissions.float(), mask[:, 0]
        likely = self._total(emissions, mask) - self._of(emissions, truth.clamp_min(0), mask)
        return torch.where(any_place, likely, torch.zeros_like(likely))

    def probability(self, emissions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """The probability of each row's tags as a whole, float32 [rows]."""
        return (-self.losses(emissions, tags, mask)).exp()

    @torch.no_grad()
    def best(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """The most probable tags of each row (Viterbi), int64 [rows, places], -1 beyond a row's end."""
        emissions, inner, start, end = self._scores(emissions)
        found, came_from = start + emissions[:, 0], []
        for place in range(1, emissions.shape[1]):
            ways, previous = (found[:, :, None] + inner).max(dim=1)
            inside = mask[:, place, None]
            # A place beyond the end points back at its own tag, so that the way back runs through it unchanged.
            came_from.append(torch.where(inside, previous, torch.arange(len(end), device=previous.device)))
            found = torch.where(inside, ways + emissions[:, place], found)
        tag = (found + end).argmax(dim=1)
        tags = [tag]
        for previous in reversed(came_from):
            tag = previous.gather(1, tag[:, None])[:, 0]
            tags.append(tag)
        return torch.stack(tags[::-1], dim=1).masked_fill(~mask, PADDING)

    @torch.no_grad()
    def marginals(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """The probability of each tag at each place, float32 [rows, places, tags]; 0 beyond a row's end."""
        forward = self._forward(emissions, mask)
        emissions, inner, _, end = self._scores(emissions)
        after = end.expand(len(emissions), -1)
        backward = [after]
        for place in range(emissions.shape[1] - 1, 0, -1):
            ways = torch.logsumexp(inner + (emissions[:, place] + after)[:, None], dim=2)
            after = torch.where(mask[:, place, None], ways, after)
            backward.append(after)
        both = forward + torch.stack(backward[::-1], dim=1)
        return both.softmax(dim=2) * mask[..., None]

    def _scores(self, emissions: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Emissions in full precision; what each tag scores after each, at the start and at the end."""
        follows = self.follows.float() + self.barred
        return emissions.float(), follows[:-1, :-1], follows[-1, :-1], follows[:-1, -1]

    def _forward(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """The log-sum of all ways to each tag at each place [rows, places, tags]; as before beyond a row's end."""
        emissions, inner, start, _ = self._scores(emissions)
        ways = [start + emissions[:, 0]]
        for place in range(1, emissions.shape[1]):
            onward = torch.logsumexp(ways[-1][:, :, None] + inner, dim=1) + emissions[:, place]
            ways.append(torch.where(mask[:, place, None], onward, ways[-1]))
        return torch.stack(ways, dim=1)

    def _total(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """The log-sum of all sequences [rows]."""
        end = self._scores(emissions)[3]
        return torch.logsumexp(self._forward(emissions, mask)[:, -1] + end, dim=1)

    def _of(self, emissions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        """The score of one sequence a row [rows]."""
        _, inner, start, end = self._scores(emissions)
        at = emissions.gather(2, tags[..., None])[..., 0] * mask
        between = inner[tags[:, :-1], tags[:, 1:]] * mask[:, 1:]
        last = tags.gather(1, (mask.sum(dim=1, keepdim=True) - 1).clamp_min(0))[:, 0]
        return at.sum(dim=1) + between.sum(dim=1) + start[tags[:, 0]] + end[last]


def cut(truth: Tensor, emissions: Tensor) -> tuple[Tensor, Tensor]:
    """The truth at the places that there are emissions for, and which of them are within their row's sequence."""
    truth = truth[:, : emissions.shape[1]]
    return truth, truth >= 0
