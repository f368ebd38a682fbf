"""AdamW on torch's fused kernel, without `torch.optim`, whose optimizers import a compiler for a second when made."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

FIRST_MEMORY = 0.9
SECOND_MEMORY = 0.999
EPSILON = 1e-8


class AdamW:
    """Adaptive steps with decoupled weight decay (Loshchilov & Hutter 2019).

    Matrices and filters (named `weight`) are drawn towards zero by `decay`; biases and scales are not. `rates` says of
    weights by name how many times the rate they learn at, 1 where it does not name them.

    >>> layer = nn.Linear(2, 1)
    >>> optimizer = AdamW(layer, decay=0.01)
    >>> layer(torch.ones(3, 2)).sum().backward()
    >>> before = layer.bias.item()
    >>> optimizer.step(rate=0.1)
    >>> round(before - layer.bias.item(), 3)
    0.1
    """

    def __init__(self, module: nn.Module, decay: float, rates: Mapping[str, float] | None = None) -> None:
        weights = {name: each for name, each in module.named_parameters() if each.requires_grad}
        matrices = {name for name, each in weights.items() if each.ndim > 1 and name.endswith("weight")}
        self.weights = list(weights.values())
        paces = {name: (rates or {}).get(name, 1.0) for name in weights}
        halves = (
            ([name for name in weights if name in matrices], decay),
            ([name for name in weights if name not in matrices], 0.0),
        )
        self.groups = [
            Group([weights[name] for name in names if paces[name] == pace], decayed, pace)
            for pace in sorted(set(paces.values()), reverse=True) or [1.0]
            for names, decayed in halves
        ]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move the weights against their gradients."""
        for group in self.groups:
            group.step(rate)

    def clear(self) -> None:
        """Forget the gradients."""
        for weight in self.weights:
            weight.grad = None

    def tensors(self) -> dict[str, Tensor]:
        """All that it remembers."""
        return {f"{i}/{name}": each for i, group in enumerate(self.groups) for name, each in group.tensors().items()}

    @torch.no_grad()
    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Remember what `tensors` gave."""
        for name, mine in self.tensors().items():
            mine.copy_(tensors[name])


class Group:
    """Weights that decay alike, and the running means of their gradients."""

    def __init__(self, weights: list[nn.Parameter], decay: float, pace: float = 1.0) -> None:
        self.weights = weights
        self.pace = pace
        self.decay = decay
        self.first = [torch.zeros_like(each) for each in weights]
        self.second = [torch.zeros_like(each) for each in weights]
        self.steps = [torch.zeros((), device=each.device) for each in weights]

    def step(self, rate: float) -> None:
        """Move the weights that have a gradient."""
        picked = [i for i, each in enumerate(self.weights) if each.grad is not None]
        if not picked:
            return
        steps = [self.steps[i] for i in picked]
        torch._foreach_add_(steps, 1)
        torch._fused_adamw_(
            [self.weights[i] for i in picked],
            [self.weights[i].grad for i in picked],  # type: ignore[misc]
            [self.first[i] for i in picked],
            [self.second[i] for i in picked],
            [],
            steps,
            lr=rate * self.pace,
            beta1=FIRST_MEMORY,
            beta2=SECOND_MEMORY,
            weight_decay=self.decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def tensors(self) -> dict[str, Tensor]:
        """The running means and the counts."""
        lists = {"first": self.first, "second": self.second, "steps": self.steps}
        return {f"{name}/{i}": each for name, members in lists.items() for i, each in enumerate(members)}
