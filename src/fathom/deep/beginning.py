"""Where a training on series begins: with the line that least squares draw, and bands as wide as it is off."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from fathom.deep.inputs.sliding import Sliding
from fathom.learner import Run
from fathom.tasks.forecasts import LEVELS

# Times the mean variance of what the line sees: how strongly it is held to an anchor.
STRENGTHS = (math.inf, 100.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.001)
FOLDS = 4  # stretches of time, each of which is forecast by what was found in the others
MOST, BLOCK = 20_000, 1_024  # windows learned from, and at once
SHARE = 0.1  # of the time, at most
FARTHEST = 10.0  # units that a step counts as off the last value, at most: squares make much of what is far away
SLOWER = 0.1  # of the rate, at which the line goes on to learn: it is nearly where it should be
LEAST_GAP, MOST_GAP = 1e-3, 1e2  # between quantiles, in units of a window


@dataclass(frozen=True)
class Sums:
    """What least squares ask of windows: sums of squares and products of what is seen and what came."""

    gram: Tensor  # float64 [context, context]
    product: Tensor  # float64 [context, steps]
    square: Tensor
    count: int

    @classmethod
    def of(cls, line: Any, past: Tensor, truth: Tensor) -> Self:
        """The sums of windows [rows, context, channels] and [rows, steps + 1]; what nobody knows is as the last."""
        x = line.seen(past[:, :, 0]).double()
        y = (truth[:, :-1] - past[:, -1:, 0]).nan_to_num(0.0).clamp(-FARTHEST, FARTHEST).double()
        return cls(x.T @ x, x.T @ y, (y * y).sum(), len(x))

    def __add__(self, other: Self) -> Self:
        gram, product = self.gram + other.gram, self.product + other.product
        return type(self)(gram, product, self.square + other.square, self.count + other.count)

    def weights(self, anchors: Sequence[Tensor]) -> list[Tensor]:
        """Weights [steps, context] held to each anchor with each strength."""
        values, vectors = torch.linalg.eigh(self.gram)
        values = values.clamp_min(0.0)[:, None]
        unit, found = values.mean().clamp_min(1e-9), []
        for anchor in anchors:
            turned = vectors.T @ (self.product - self.gram @ anchor.T)
            found += [anchor + (vectors @ (turned / (values + each * unit))).T for each in STRENGTHS]
        return found

    def errors(self, ways: list[Tensor]) -> Tensor:
        """The mean squared error with each of these weights, float64; 0 where there is no window."""
        off = [((self.gram @ each.T - 2 * self.product) * each.T).sum() for each in ways]
        return (torch.stack(off) + self.square) / max(self.count, 1)


def begin(network: Any, sliding: Sliding, past: Tensor, truth: Tensor, run: Run) -> None:
    """Let a network's line and bands begin where ridge regression ends.

    `past` [rows, context, channels] and `truth` [rows, steps + 1] are of the validation windows. What corrects a line
    that is still to be learned learns by heart what the line would have said.
    """
    line, until = network.line, time.monotonic() + SHARE * run.remaining()
    folds = [Sums.of(line, past[:0], truth[:0])] * FOLDS
    for rows in blocks(len(sliding)):
        seen, *_, coming = sliding.at(rows)
        of = (sliding.through(rows) * FOLDS).long()
        folds = [each + Sums.of(line, seen[of == fold], coming[of == fold]) for fold, each in enumerate(folds)]
        if time.monotonic() > until:
            run.hurried = True
            break
    seasons = line.trend.weight.detach().double()
    line.draw(chosen(folds, Sums.of(line, past, truth), (seasons, torch.zeros_like(seasons))))
    with torch.no_grad():
        network.ahead.spread(gaps_of(coming[:, :-1] - line(seen[:, :, 0])))
    network.rates = {f"network.line.{name}": SLOWER for name, _ in line.named_parameters()}


def blocks(count: int) -> Iterator[Tensor]:
    """Numbers of windows, each block of them spread over all.

    >>> [each.tolist() for each in blocks(3)], sum(len(each) for each in blocks(10**6))
    ([[0, 1, 2]], 20000)
    """
    picked = torch.linspace(0, count - 1, min(count, MOST), dtype=torch.float64).long()
    several = -(-len(picked) // BLOCK)
    return (picked[each::several] for each in range(several))


def chosen(folds: list[Sums], held: Sums, anchors: Sequence[Tensor]) -> Tensor:
    """The weights of all folds, held to the anchor and as strongly as serves what was left out best.

    Each fold is left out once, the validation windows always: a few months of these alone would tell what suits them.
    """
    ways = total(folds).weights(anchors)
    errors = held.errors(ways)
    for out in folds:
        errors += out.errors(total([each for each in folds if each is not out]).weights(anchors))
    return ways[int(errors.argmin())]


def total(sums: list[Sums]) -> Sums:
    """All of them together."""
    first, *others = sums
    for each in others:
        first = first + each
    return first


def gaps_of(off: Tensor) -> Tensor:
    """From each quantile of what was missed to the next."""
    known, levels = off[torch.isfinite(off)], torch.tensor(LEVELS)
    found = torch.quantile(known, levels) if len(known) else levels
    return found.diff().clamp(LEAST_GAP, MOST_GAP)
