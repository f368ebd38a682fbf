"""The plan of a training: how many steps, and how fast to learn at each of them."""

from __future__ import annotations

from dataclasses import dataclass

TOLERANCE = 0.97  # of the steps left that must be affordable for the plan to stay
ROOM = 1.1  # times the steps left that must be affordable for a shortened plan to grow
LATE = 0.8  # share of the plan from which it no longer grows: the learning rate is nearly down


@dataclass
class Plan:
    """Steps to take: as many as wanted, or as the time allows; the learning rate has decayed whenever training ends.

    The rate rises during `warmup`, stays, and falls to zero over the last part `decay` (shares of all steps).

    >>> plan = Plan(steps=100, warmup=0.1, decay=0.5)
    >>> [round(plan.rate(step), 2) for step in (0, 10, 49, 75, 99)]
    [0.1, 1.0, 1.0, 0.5, 0.02]
    """

    steps: int
    warmup: float = 0.05
    decay: float = 1.0

    def __post_init__(self) -> None:
        """Remember the steps wanted at first."""
        self.wanted = self.steps

    def rate(self, step: int) -> float:
        """The share of the full learning rate for a step counted from 0."""
        rising = (step + 1) / max(1.0, self.warmup * self.steps)
        falling = (self.steps - step) / max(1.0, self.decay * self.steps)
        return max(0.0, min(1.0, rising, falling))

    def fit(self, step: int, seconds: float, pace: float) -> None:
        """End within `seconds` from `step` on, where a step takes `pace` seconds.

        A plan that is too long by little stays: the pace is an estimate, and a shorter plan is another model. One that
        was shortened in a slow moment grows again while there is time, never beyond what was wanted at first.

        >>> plan = Plan(steps=100)
        >>> plan.fit(step=20, seconds=79.0, pace=1.0)
        >>> plan.steps
        100
        >>> plan.fit(step=20, seconds=30.0, pace=1.0)
        >>> plan.steps
        50
        >>> plan.fit(step=30, seconds=60.0, pace=1.0)
        >>> plan.steps
        90
        """
        affordable = min(max(0.0, seconds) / max(pace, 1e-9), float(self.wanted))
        left = self.steps - step
        if affordable < TOLERANCE * left:
            self.steps = step + int(affordable)
        elif affordable > ROOM * left and step < LATE * self.steps:
            self.steps = max(self.steps, min(self.wanted, step + int(affordable)))
