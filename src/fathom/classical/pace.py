"""How many rows and rounds of boosting fit into the time."""

from __future__ import annotations

import time
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from fathom.classical.lesson import Lesson
from fathom.classical.products import Matrix
from fathom.learner import Run

PILOT_ROWS, PILOT_CELLS, PILOT_ROUNDS = 2_000, 200_000, 3
PILOT_SHARE = 0.15  # of the time left, at most, for the second pilot
FEWEST_ROUNDS = 40  # rather fewer rows than fewer rounds
ENOUGH = 20.0  # rounds x learning rate that most problems are done in
SHARE_KEPT = 0.1  # of the time left, kept for taking the model out and predicting
FASTEST = 0.3  # learning rate


class Pace:
    """Rows to learn from, learning rate and seconds a round, planned by timing a few rounds."""

    def __init__(self, lesson: Lesson, parameters: dict[str, Any], categorical: list[int], run: Run) -> None:
        self.lesson, self.parameters, self.categorical, self.run = lesson, parameters, categorical, run
        self.rows = lesson.x.shape[0]
        self.rate = float(parameters["learning_rate"])
        self.seconds_a_round = 0.0
        if np.isfinite(run.deadline):
            self._plan()

    def _plan(self) -> None:
        """Fewer rows where not even few rounds fit; a higher rate where not enough rounds do."""
        first = min(self.rows, max(min(PILOT_ROWS, PILOT_CELLS // self.lesson.x.shape[1]), 100))
        binning, a_round = self._time(first)
        more_binning = more = 0.0  # a row's, beyond the first ones; fixed costs don't grow
        rest = self.rows - first
        if rest and 4 * (binning + PILOT_ROUNDS * a_round) > PILOT_SHARE * self.run.remaining():
            more_binning, more = binning / first, a_round / first  # too slow to time more: as if nothing were fixed
        elif rest:
            second = min(self.rows, 4 * first)
            times = self._time(second)
            more_binning, more = (max(times[i] - (binning, a_round)[i], 0) / (second - first) for i in range(2))
        room = (1 - SHARE_KEPT) * max(self.run.remaining(), 0.05)
        if binning + FEWEST_ROUNDS * a_round + rest * (more_binning + FEWEST_ROUNDS * more) > room and rest:
            spare = max(room - binning - FEWEST_ROUNDS * a_round, 0.0)
            rest = min(int(spare / max(more_binning + FEWEST_ROUNDS * more, 1e-12)), rest)
        self.rows = first + rest
        self.seconds_a_round = a_round + more * rest
        rounds = (room - binning - more_binning * rest) / max(self.seconds_a_round, 1e-6)
        if rounds < ENOUGH / self.rate:
            self.rate = float(np.clip(ENOUGH / max(rounds, 1), self.rate, FASTEST))

    def _time(self, rows: int) -> tuple[float, float]:
        """Seconds to bin so many rows, and seconds for a round on them."""
        chosen = np.linspace(0, self.lesson.x.shape[0] - 1, rows).astype(np.intp)
        start = time.perf_counter()
        data = binned(self.lesson.x[chosen], self.lesson.y[chosen], self.categorical, self.parameters).construct()
        booster = lightgbm.Booster(self.parameters, data)
        ready = time.perf_counter()
        done = 0
        while done < PILOT_ROUNDS and (done == 0 or self.run.remaining() > 0):
            booster.update()
            done += 1
        return ready - start, (time.perf_counter() - ready) / done


def binned(x: Matrix, y: npt.NDArray[Any], categorical: list[int], parameters: dict[str, Any]) -> lightgbm.Dataset:
    """The rows as LightGBM's dataset."""
    return lightgbm.Dataset(x, y, categorical_feature=categorical, params=parameters)
