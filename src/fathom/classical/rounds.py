"""Boosting round by round: when to stop, and what to leave for a resumed run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import lightgbm
import numpy as np
from lightgbm.callback import CallbackEnv, EarlyStopException

from fathom.classical.pace import SHARE_KEPT
from fathom.errors import StoreError
from fathom.folders import write_json
from fathom.learner import Run
from fathom.messages import phrase

SECONDS_BETWEEN_CHECKPOINTS = 10.0
SECONDS_TO_TAKE_OUT = 3e-4  # a tree of 50 leaves, written and read by LightGBM on a busy machine
LEAST_GAIN, LEAST_LOSS = 0.002, 1e-4  # of the validation loss, relative and absolute, to be worth waiting for


@dataclass
class Checkpoint:
    """A booster and how far it came, in two files of the run's folder, if there is one."""

    folder: Path | None
    name: str
    best_round: int = 0
    best: float = np.inf
    finished: bool = False

    def write(self, booster: lightgbm.Booster) -> None:
        """Leave the booster with all its rounds; the trees first, so that what describes them is never alone."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{self.name}.part"
        beside.write_text(booster.model_to_string(num_iteration=-1), encoding="utf-8")
        beside.replace(self.folder / f"{self.name}.txt")
        state = {"best_round": self.best_round, "best": self.best, "finished": self.finished}
        write_json(self.folder / f"{self.name}.json", state)

    def read(self, read: Callable[[Path], lightgbm.Booster]) -> lightgbm.Booster | None:
        """The booster left there, if it is whole; a run may be killed while it writes one."""
        if self.folder is None or not (self.folder / f"{self.name}.json").exists():
            return None
        try:
            state = json.loads((self.folder / f"{self.name}.json").read_text("utf-8"))
            booster = read(self.folder / f"{self.name}.txt")
            best_round, best, finished = int(state["best_round"]), float(state["best"]), bool(state["finished"])
        except (OSError, ValueError, KeyError, StoreError):
            return None
        if not 0 < best_round <= booster.current_iteration():
            return None
        self.best_round, self.best, self.finished = best_round, best, finished
        return booster


class Watch:
    """A LightGBM callback: stops in time or without progress, tells how far it is, leaves checkpoints."""

    order, before_iteration = 0, False  # LightGBM reads these

    def __init__(self, run: Run, checkpoint: Checkpoint, rounds: int, patience: int, a_round: float) -> None:
        self.run, self.checkpoint, self.rounds, self.patience = run, checkpoint, rounds, patience
        self.slowest = a_round
        self.kept = SHARE_KEPT * max(min(run.remaining(), 30.0), 0.0)
        self.gained_round, self.gained = checkpoint.best_round, checkpoint.best  # the last gain worth waiting for
        self.begun = self.last = self.saved = time.monotonic()

    def __call__(self, env: CallbackEnv) -> None:
        """After each round."""
        now = time.monotonic()
        self.slowest, self.last = max(0.9 * self.slowest, now - self.last), now
        done = env.iteration + 1
        results = env.evaluation_result_list or []
        self._note(done, float(results[0][2]) if results else -float(done))
        booster = cast(lightgbm.Booster, env.model)
        enough = done >= self.rounds or done - self.gained_round >= self.patience
        self.checkpoint.finished = enough
        if enough or now - self.saved >= SECONDS_BETWEEN_CHECKPOINTS:
            self.checkpoint.write(booster)
            self.saved = self.last = time.monotonic()
        if enough or self._late(booster):
            raise EarlyStopException(self.checkpoint.best_round - 1, results)

    def _note(self, done: int, found: float) -> None:
        if found < self.checkpoint.best:
            self.checkpoint.best, self.checkpoint.best_round = found, done
        if self.gained == np.inf or found < self.gained - max(LEAST_GAIN * abs(self.gained), LEAST_LOSS):
            self.gained, self.gained_round = found, done
        passed = time.monotonic() - self.begun
        share = max(done / self.rounds, passed / (passed + max(self.run.remaining(), 1e-3)))
        self.run.progress(
            min(share, 1.0), phrase("round {done}, validation loss {loss:.4f}", done=done, loss=abs(found))
        )

    def _late(self, booster: lightgbm.Booster) -> bool:
        taking_out = SECONDS_TO_TAKE_OUT * booster.num_trees() * booster.params.get("num_leaves", 50) / 50
        return bool(self.run.remaining() - self.kept - taking_out < 1.5 * self.slowest)
