"""Where a training on series begins: with the line that least squares draw, and bands as wide as it is off."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from fathom.deep.inputs.sliding import Sliding
from fathom.learner import Run
from fathom.tasks.forecasts import LEVELS

# Times the mean variance of what the line sees: how strongly it is held to what it says when nothing was learned.
STRENGTHS = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0, math.inf)
USUAL = 1.0  # where there is no window to choose by
MOST, BLOCK = 20_000, 1_024  # windows learned from, and at once
SHARE = 0.1  # of the time, at most
FARTHEST = 10.0  # units that a step counts as off, at most: squares make much of what is far away
SLOWER = 0.1  # of the rate, at which the line goes on to learn: it is nearly where it should be
LEAST_GAP, MOST_GAP = 1e-3, 1e2  # between quantiles, in units of a window


def begin(network: Any, sliding: Sliding, past: Tensor, truth: Tensor, run: Run) -> None:
    """Let a network's line and bands begin where ridge regression ends, held as serves the validation windows best.

    `past` [rows, context, channels] and `truth` [rows, steps + 1] are of the validation windows. What corrects a line
    that is still to be learned learns by heart what the line would have said.
    """
    line, until = network.line, time.monotonic() + SHARE * run.remaining()
    gram, product = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for rows in blocks(len(sliding)):
        seen, *_, coming = sliding.at(rows)
        x, off = line.seen(seen[:, :, 0]).double(), missed(line, seen, coming).double()
        gram, product = gram + x.T @ x, product + x.T @ off.nan_to_num(0.0).clamp(-FARTHEST, FARTHEST)
        if time.monotonic() > until:
            run.hurried = True
            break
    ways = weights_of(gram, product)
    errors = [error_of(line, each, past, truth) for each in ways]
    best = errors.index(min(errors)) if all(map(math.isfinite, errors)) else STRENGTHS.index(USUAL)
    line.add(ways[best])
    network.ahead.spread(gaps_of(missed(line, seen, coming)))
    network.rates = {f"network.line.{name}": SLOWER for name, _ in line.named_parameters()}


def blocks(count: int) -> Iterator[Tensor]:
    """Numbers of windows, each block of them spread over all.

    >>> [each.tolist() for each in blocks(3)], sum(len(each) for each in blocks(10**6))
    ([[0, 1, 2]], 20000)
    """
    picked = torch.linspace(0, count - 1, min(count, MOST), dtype=torch.float64).long()
    several = -(-len(picked) // BLOCK)
    return (picked[each::several] for each in range(several))


def missed(line: Any, past: Tensor, truth: Tensor) -> Tensor:
    """What came less what the line says [rows, steps]; NaN where nobody knows."""
    with torch.no_grad():
        off: Tensor = truth[:, :-1] - line(past[:, :, 0])
    return off


def weights_of(gram: Tensor, product: Tensor) -> list[Tensor]:
    """Weights [steps, context] for each strength, from sums over windows [context, context] and [context, steps]."""
    values, vectors = torch.linalg.eigh(gram)
    values, turned = values.clamp_min(0.0), vectors.T @ product
    unit = values.mean().clamp_min(1e-9)
    return [(vectors @ (turned / (values + each * unit)[:, None])).T.float() for each in STRENGTHS]


def error_of(line: Any, weights: Tensor, past: Tensor, truth: Tensor) -> float:
    """The mean absolute error with these weights added, in units of the series."""
    off = missed(line, past, truth) - line.seen(past[:, :, 0]) @ weights.T
    return float((off.abs() * truth[:, -1:]).nanmean())


def gaps_of(off: Tensor) -> Tensor:
    """From each quantile of what was missed to the next."""
    known = off[torch.isfinite(off)]
    levels = torch.tensor(LEVELS)
    found = torch.quantile(known, levels) if len(known) else levels
    return found.diff().clamp(LEAST_GAP, MOST_GAP)
