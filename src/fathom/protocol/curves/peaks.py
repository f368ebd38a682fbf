"""Learning curves that misbehave: scores that drop, beyond noise, where rows are added."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import stdtrit

from fathom.protocol.curves.noise import Sizes, seed_shape
from fathom.protocol.curves.posterior import Drawn
from fathom.tasks.predictions import Floats

DOUBT = 0.08  # how often a curve that behaves may be said to misbehave
SMOOTH = 0.015  # deviations of this share of the loss are usual and say nothing
STEP = 0.04  # how far a curve that misbehaves goes astray per doubling at least, as a share of its loss
MOST_FREEDOM = 30.0


def misbehaviour(sizes: Sizes, noise: float, freedom: float, margin: float) -> Literal["peaking", "falling"] | None:
    """Whether the loss rises with the rows clearly, and whether it has come down again since.

    Every pair of sizes is tested for a rise by more than half the margin, the test corrected for the number of sizes.
    """
    losses, count = sizes.losses, len(sizes.rows)
    if count < 3:
        return None
    own = noise**2 * sizes.shape**2 / sizes.repeats + (SMOOTH * sizes.scale) ** 2
    total = sizes.test + np.diag(own)
    spread = np.sqrt(np.diag(total)[:, None] + np.diag(total)[None, :] - 2 * total) + np.eye(count)
    rise = losses[None, :] - losses[:, None]
    evident = np.triu((rise - margin / 2) / spread, 1)
    if evident.max() < -stdtrit(min(freedom + 4, MOST_FREEDOM), DOUBT / count):
        return None
    _, worst = np.unravel_index(int(evident.argmax()), evident.shape)
    top = int(worst) + int(losses[worst:].argmax())
    down = (losses[top] - losses[-1]) / max(float(spread[top, -1]), 1e-12)
    return "peaking" if top < count - 1 and down > 2 else "falling"


def wander(sizes: Sizes, noise: float, rows: Floats, count: int, generator: np.random.Generator) -> Drawn:
    """Draw curves that stay where the largest size was, and wander from there as far as they did before.

    The honest forecast where no formula fits: the median is the last value, and each doubling adds a step of the size
    of those that were measured. Between measured sizes the curve is interpolated.
    """
    largest, place = float(sizes.rows[-1]), np.log2(sizes.rows)
    steps = np.diff(sizes.losses) ** 2 / np.maximum(np.diff(place), 0.25)
    late = np.sqrt(np.mean(steps[-4:])) if len(steps) else 0.0
    step = max(float(late), STEP * float(sizes.scale[-1]))
    luck = noise * sizes.shape / np.sqrt(sizes.repeats) * generator.standard_normal((count, len(sizes.rows)))
    seen = sizes.draws[np.arange(count) % len(sizes.draws)] - luck
    inside = np.array([np.interp(np.log2(rows), place, each) for each in seen])
    beyond = np.maximum(np.log2(rows / largest), 0)
    walk = np.sqrt(np.diff(beyond, prepend=0.0).clip(0)) * generator.standard_normal((count, len(rows)))
    curve = np.maximum(inside + step * np.cumsum(walk, axis=1), 0)
    shape = seed_shape(rows, largest, sizes.scale[-1])
    fitted = np.maximum(curve + noise * shape * generator.standard_normal((count, len(rows))), 0)
    return Drawn(curve, fitted, curve[:, -1], {"last value": 1.0})
