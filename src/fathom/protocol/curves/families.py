"""Families of learning curves: how what is left to learn shrinks as the rows grow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from fathom.tasks.predictions import Floats

Integers = npt.NDArray[np.int64]

SHAPES = 400  # quasi-random shapes of each family
NAMES = ("last value", "pow3", "pow4", "exp4", "mmf4", "ilog")
BELIEF = (0.15, 0.22, 0.22, 0.15, 0.22, 0.04)  # how probable each is before anything is measured


@dataclass(frozen=True)
class Shapes:
    """Shapes of curves, each one point of a quasi-random grid over the prior.

    `family`: int[T], an index into NAMES; `reducible`: float64[T], the share of the loss at the largest measured size
    that endless rows would take away; `a`, `b`: float64[T], what the family's formula calls for.
    """

    family: Integers
    reducible: Floats
    a: Floats
    b: Floats


def _between(share: Floats, low: float, high: float) -> Floats:
    """Spread evenly in the logarithm."""
    return np.asarray(low * (high / low) ** share)


def _around(share: Floats, middle: float, spread: float) -> Floats:
    """A lognormal with this median and this spread of the logarithm."""
    return np.asarray(middle * np.exp(spread * ndtri(share)))


@lru_cache(maxsize=1)
def shapes() -> Shapes:
    """The grid of every family, as many shapes each; the same in every run.

    >>> grid = shapes()
    >>> len(grid.family) == SHAPES * len(NAMES), bool((grid.reducible <= 1).all())
    (True, True)
    """
    # The points k * (1/g, 1/g^2, 1/g^3) modulo 1, g the root of g^4 = g + 1, fill the cube evenly (Roberts, 2018).
    root = 1.2207440846057596
    cube = (0.5 + np.arange(1, SHAPES + 1)[:, None] / root ** np.arange(1, 4)) % 1
    one, two, three = np.clip(cube, 1e-4, 1 - 1e-4).T
    nothing = np.zeros(SHAPES)
    # Much at both ends: what has a floor near its loss, and what, on data without noise, has none.
    reducible = np.asarray(np.sin(np.pi / 2 * three) ** 2.4)
    parts = {
        "last value": (nothing, nothing, nothing),
        "pow3": (reducible, _around(one, 0.55, 0.75), nothing),
        "pow4": (reducible, _around(one, 0.7, 0.75), _between(two, 0.003, 1.0)),
        "exp4": (reducible, _around(one, 0.6, 0.55), _around(two, 1.0, 0.8)),
        "mmf4": (reducible, _around(one, 0.8, 0.65), _between(two, 0.02, 5.0)),
        "ilog": (reducible, nothing, nothing),
    }
    family = np.repeat(np.arange(len(NAMES)), SHAPES)
    columns = [np.concatenate([parts[name][column] for name in NAMES]) for column in range(3)]
    return Shapes(family, *columns)


def remaining(family: Integers, a: Floats, b: Floats, rows: Floats, largest: float) -> Floats:
    """The reducible loss at some sizes, as a multiple of what it is at the largest measured size: float64[T, Q].

    `family`, `a`, `b`: [T]; `rows`: float64[Q]. POW3 n^-a, POW4 (n + b)^-a, EXP4 exp(-b n^a), MMF4 1 / (b + n^a) with
    n in units of the largest size; ILOG 1 / log n (Viering & Loog, 2022, "The shape of learning curves").

    >>> pow3 = np.array([1]), np.array([0.5]), np.array([0.0])
    >>> remaining(*pow3, rows=np.array([100.0, 400.0]), largest=100.0).tolist()
    [[1.0, 0.5]]
    """
    times = np.log(rows / largest)[None, :]
    result = np.ones((len(family), len(rows)))
    for index, name in enumerate(NAMES):
        here = family == index
        if not here.any() or name == "last value":
            continue
        power, other = a[here, None], b[here, None]
        if name == "pow3":
            result[here] = np.exp(-power * times)
        elif name == "pow4":
            result[here] = ((np.exp(times) + other) / (1 + other)) ** -power
        elif name == "exp4":
            result[here] = np.exp(-other * (np.exp(power * times) - 1))
        elif name == "mmf4":
            result[here] = (other + 1) / (other + np.exp(power * times))
        else:
            result[here] = np.log(max(largest, 3.0)) / np.log(np.maximum(rows, 3.0))
    return result
