"""The plan of a training: how many steps, and how fast to learn at each of them."""

from __future__ import annotations

from dataclasses import dataclass

TOLERANCE = 0.97  # of the steps left that must be affordable for the plan to stay


@dataclass
class Plan:
    """Steps to take; a plan only ever gets shorter, so that the learning rate has decayed whenever training ends.

    The rate rises during `warmup`, stays, and falls to zero over the last part `decay` (shares of all steps).

    >>> plan = Plan(steps=100, warmup=0.1, decay=0.5)
    >>> [round(plan.rate(step), 2) for step in (0, 10, 49, 75, 99)]
    [0.1, 1.0, 1.0, 0.5, 0.02]
    """

    steps: int
    warmup: float = 0.05
    decay: float = 1.0

    def rate(self, step: int) -> float:
        """The share of the full learning rate for a step counted from 0."""
        rising = (step + 1) / max(1.0, self.warmup * self.steps)
        falling = (self.steps - step) / max(1.0, self.decay * self.steps)
        return max(0.0, min(1.0, rising, falling))

    def shorten(self, step: int, seconds: float, pace: float) -> None:
        """End within `seconds` from `step` on, where a step takes `pace` seconds.

        A plan that is too long by little stays: the pace is an estimate, and a shorter plan is another model.

        >>> plan = Plan(steps=100)
        >>> plan.shorten(step=20, seconds=79.0, pace=1.0)
        >>> plan.steps
        100
        >>> plan.shorten(step=20, seconds=30.0, pace=1.0)
        >>> plan.steps
        50
        """
        affordable = max(0.0, seconds) / max(pace, 1e-9)
        if affordable < TOLERANCE * (self.steps - step):
            self.steps = step + int(affordable)
