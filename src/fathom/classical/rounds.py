"""Boosting round by round: how many fit into the time, when to stop, what to leave for a resumed run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import lightgbm
import numpy as np
import numpy.typing as npt
from lightgbm.callback import CallbackEnv, EarlyStopException

from fathom.classical.lesson import Lesson
from fathom.errors import StoreError
from fathom.folders import write_json
from fathom.learner import Run

TREES, PROGRESS = "rounds.txt", "rounds.json"
SECONDS_BETWEEN_CHECKPOINTS = 10.0
PILOT_ROWS, PILOT_ROUNDS = 2_000, 3
FEWEST_ROUNDS = 40  # rather fewer rows than fewer rounds
SHARE_KEPT = 0.1  # of the time left, kept for taking the model out and predicting
SECONDS_TO_TAKE_OUT = 3e-4  # a tree of 50 leaves, written and read by LightGBM on a busy machine
FASTEST = 0.3  # learning rate
LEAST_GAIN, LEAST_LOSS = 0.002, 1e-4  # of the validation loss, relative and absolute: smaller gains don't keep it going


class Pace:
    """What fits into the time: rows and learning rate, from timing a few rounds."""

    def __init__(self, settings: dict[str, Any], categorical: list[int], run: Run) -> None:
        self.parameters = {name: value for name, value in settings.items() if name != "patience"}
        self.categorical = categorical
        self.run = run
        self.seconds_a_round = 0.0

    def dataset(self, x: npt.NDArray[np.float64], y: npt.NDArray[Any]) -> lightgbm.Dataset:
        """The rows as LightGBM's binned dataset."""
        return lightgbm.Dataset(x, y, categorical_feature=self.categorical, params=self.parameters)

    def plan(self, lesson: Lesson, rounds: int) -> int:
        """How many rows to learn from; raises the learning rate where there is no time for the rounds it needs."""
        rows, rate = len(lesson.x), self.parameters["learning_rate"]
        if not np.isfinite(self.run.deadline):
            return rows
        binning, a_round = self._time(lesson, min(rows, PILOT_ROWS))
        if rows > PILOT_ROWS:
            more_binning, more = self._time(lesson, min(rows, 4 * PILOT_ROWS))  # fixed costs don't grow with rows
            grown = min(rows, 4 * PILOT_ROWS) - PILOT_ROWS
            slope_binning, slope = max(more_binning - binning, 0) / grown, max(more - a_round, 0) / grown
        else:
            slope_binning = slope = 0.0
        room = (1 - SHARE_KEPT) * max(self.run.remaining(), 0.05)
        rest = rows - PILOT_ROWS
        needed = (binning + slope_binning * rest) + FEWEST_ROUNDS * (a_round + slope * rest)
        if needed > room and rows > PILOT_ROWS:
            spare = room - binning - FEWEST_ROUNDS * a_round
            rows = PILOT_ROWS + int(max(spare, 0.0) / (slope_binning + FEWEST_ROUNDS * slope))
            rest = rows - PILOT_ROWS
        self.seconds_a_round = a_round + slope * max(rest, 0)
        affordable = (room - binning - slope_binning * max(rest, 0)) / max(self.seconds_a_round, 1e-6)
        enough = 20 / rate  # rounds at this rate that most problems are done in
        if affordable < min(enough, rounds):
            self.parameters["learning_rate"] = float(np.clip(20 / max(affordable, 1), rate, FASTEST))
        return rows

    def _time(self, lesson: Lesson, rows: int) -> tuple[float, float]:
        """Seconds to bin so many rows, and seconds for a round on them."""
        chosen = np.linspace(0, len(lesson.x) - 1, rows).astype(np.intp)
        start = time.perf_counter()
        data = self.dataset(lesson.x[chosen], lesson.y[chosen]).construct()
        booster = lightgbm.Booster(self.parameters, data)
        binned = time.perf_counter()
        done = 0
        while done < PILOT_ROUNDS and (done == 0 or self.run.remaining() > 0):
            booster.update()
            done += 1
        return binned - start, (time.perf_counter() - binned) / done


class Watch:
    """A LightGBM callback: stops in time or without progress, tells how far it is, leaves checkpoints.

    `best_round`: how many rounds gave the lowest validation loss so far.
    """

    order, before_iteration = 0, False  # LightGBM reads these

    def __init__(self, run: Run, patience: int, rounds: int, pace: Pace) -> None:
        self.run, self.patience, self.rounds = run, patience, rounds
        self.slowest = pace.seconds_a_round
        trees = pace.parameters.get("num_class", 1) * pace.parameters["num_leaves"] / 50
        self.taking_out = SECONDS_TO_TAKE_OUT * trees  # a round's trees, at the end
        self.kept = SHARE_KEPT * max(min(run.remaining(), 30.0), 0.0)
        self.best_round, self.best = 0, np.inf
        self.gained_round, self.gained = 0, np.inf  # the last gain worth waiting for
        self.begun = self.last = self.saved = time.monotonic()
        self.finished = False

    def begin(self, booster: lightgbm.Booster | None) -> None:
        """Take up where the checkpoint's rounds ended."""
        if booster is None or self.run.folder is None:
            return
        progress = json.loads((self.run.folder / PROGRESS).read_text("utf-8"))
        self.best_round, self.best = int(progress["best_round"]), float(progress["best"])
        self.gained_round, self.gained = self.best_round, self.best
        done = booster.current_iteration()
        self.finished = done >= self.rounds or done - self.best_round >= self.patience or self._late(done)

    def __call__(self, env: CallbackEnv) -> None:
        """After each round."""
        now = time.monotonic()
        self.slowest, self.last = max(0.9 * self.slowest, now - self.last), now
        done = env.iteration + 1
        results = env.evaluation_result_list or []
        found = float(results[0][2]) if results else -float(done)
        if found < self.best:
            self.best, self.best_round = found, done
        if found < self.gained - max(LEAST_GAIN * abs(self.gained), LEAST_LOSS) or self.gained == np.inf:
            self.gained, self.gained_round = found, done
        self._report(done, found)
        self._checkpoint(cast(lightgbm.Booster, env.model), done)
        if done - self.gained_round >= self.patience or self._late(done):
            raise EarlyStopException(self.best_round - 1, results)

    def _late(self, done: int) -> bool:
        room = self.run.remaining() - self.kept - done * self.taking_out
        return bool(room < 1.5 * self.slowest)

    def _report(self, done: int, found: float) -> None:
        passed = time.monotonic() - self.begun
        share = max(done / self.rounds, passed / (passed + max(self.run.remaining(), 1e-3)))
        self.run.progress(min(share, 1.0), f"round {done}, validation loss {abs(found):.4f}")

    def _checkpoint(self, booster: lightgbm.Booster, done: int) -> None:
        if self.run.folder is None or time.monotonic() - self.saved < SECONDS_BETWEEN_CHECKPOINTS:
            return
        self.run.folder.mkdir(parents=True, exist_ok=True)
        beside = self.run.folder / f".{TREES}.part"
        beside.write_text(booster.model_to_string(num_iteration=-1), encoding="utf-8")
        beside.replace(self.run.folder / TREES)
        write_json(self.run.folder / PROGRESS, {"best_round": self.best_round, "best": self.best, "rounds": done})
        self.saved = self.last = time.monotonic()


def resume(run: Run, read: Callable[[Path], lightgbm.Booster]) -> lightgbm.Booster | None:
    """The checkpoint's booster, if there is a whole one that `read` takes; a run may be killed while it writes one."""
    if run.folder is None or not (run.folder / PROGRESS).exists():
        return None
    try:
        progress = json.loads((run.folder / PROGRESS).read_text("utf-8"))
        booster = read(run.folder / TREES)
    except (OSError, ValueError, StoreError):
        return None
    return booster if booster.current_iteration() >= progress["best_round"] else None
