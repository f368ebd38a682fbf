"""What columns that are known ahead add to a series: prices, promotions, holidays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import Foresight, Stretch, stretches

Floats = npt.NDArray[np.float64]
SURE = 3.0  # standard errors from which an effect is believed
PENALTY = 1.0
LARGEST = 20.0  # of an error, in units of the series' usual one: an outlier says no more than that


@dataclass(frozen=True)
class Effects:
    """One effect for each known column, for all series alike, in units of what seasonal naive is off.

    Found by regression on differences of a season, so that levels, trends and seasons, which others know better,
    cannot be taken for an effect; what is not surely there is 0. `middle`, `gain`: float64 [columns].
    """

    middle: Floats
    gain: Floats

    @classmethod
    def of(cls, train: Dataset, problem: Foresight) -> Self:
        """Learn from the training series."""
        horizon = problem.horizon
        assert horizon is not None
        count = len(horizon.known)
        if not count:
            return cls(np.zeros(0), np.zeros(0))
        found = stretches(train, problem)
        pairs = [_differences(each, horizon.season) for each in found]
        y, z = np.concatenate([each[0] for each in pairs]), np.concatenate([each[1] for each in pairs])
        seen = np.concatenate([each.known for each in found])
        middle = np.array([float(np.mean(one[np.isfinite(one)])) if np.isfinite(one).any() else 0.0 for one in seen.T])
        return cls(middle, _sure(y, z))

    def added(self, known: Floats) -> Floats:
        """What the columns add at each step, of known values [rows, steps, columns], in units."""
        added: Floats = np.einsum("ijk,k->ij", self._away(known), self.gain)  # the same for one row as for many
        return added

    def each(self, known: Floats) -> Floats:
        """What each column adds at each step, in units, float64 [rows, steps, columns]; together they are `added`."""
        parts: Floats = self._away(known) * self.gain
        return parts

    def _away(self, known: Floats) -> Floats:
        return np.nan_to_num(known - self.middle, posinf=0.0, neginf=0.0)

    def named(self, horizon: Horizon) -> list[str]:
        """The columns that have an effect."""
        return [name for name, gain in zip(horizon.known, self.gain, strict=True) if gain]

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON data."""
        return {"middle": self.middle.tolist(), "gain": self.gain.tolist()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(np.array(data["middle"], dtype=np.float64), np.array(data["gain"], dtype=np.float64))


def _differences(one: Stretch, season: int) -> tuple[Floats, Floats]:
    """Differences of a season of the values, in units of their own mean size, and of the known columns."""
    season = season if len(one.values) > 2 * season else 1
    if len(one.values) <= season:
        return np.zeros(0), np.zeros((0, one.known.shape[1]))
    y, z = one.values[season:] - one.values[:-season], one.known[season:] - one.known[:-season]
    there = np.isfinite(y) & np.isfinite(z).all(axis=1)
    y, z = y[there], z[there]
    unit = np.abs(y).mean() if len(y) else 0.0
    return (np.clip(y / unit, -LARGEST, LARGEST), z) if unit > 0 else (y[:0], z[:0])


def _sure(y: Floats, z: Floats) -> Floats:
    """Effects by least squares, those that are not `SURE` taken out and the rest found again."""
    keep = np.flatnonzero((z != 0).any(axis=0)) if len(z) else np.zeros(0, dtype=np.intp)
    gain = np.zeros(z.shape[1])
    while len(keep) and len(y) > len(keep) + 1:
        size = np.sqrt((z[:, keep] ** 2).mean(axis=0))
        scaled = z[:, keep] / size
        gram = scaled.T @ scaled + PENALTY * np.eye(len(keep))
        found = np.linalg.solve(gram, scaled.T @ y)
        noise = ((y - scaled @ found) ** 2).sum() / (len(y) - len(keep))
        error = np.sqrt(noise * np.diag(np.linalg.inv(gram)))
        sure = np.abs(found) > SURE * error
        if sure.all():
            gain[keep] = found / size
            break
        keep = keep[sure]
    return gain
