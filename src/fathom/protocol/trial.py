"""One trial, in the process that was made for it: fit, calibrate, predict the test rows, leave files behind."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.errors import FathomError, StoreError
from fathom.folders import write_json
from fathom.learner import Learner, Run
from fathom.model import OWN, Model, calibrated, finite
from fathom.protocol import calibration
from fathom.protocol.frames import read_dataset
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem

SPEC, RESULT, SPENT, TESTED = "spec.json", "result.json", "spent.json", "test.parquet"
CUT_SHORT = "it used all of its time; with more it may score better"
USED_UP = 0.9  # share of its time from which a training counts as cut short
AFTER_FIT = 0.15  # share of a trial's time kept for calibrating, predicting and saving
LEAST_AFTER_FIT, MOST_AFTER_FIT = 0.2, 30.0
QUICK_SECONDS = 0.5  # a prediction faster than this is timed again, warm
HEARTBEAT_SECONDS = 0.5
MB = 2**20
TESTING = "testing"
UNPACK = "fathom.classical.parcel:unpack"

Heard = Callable[[float, str], None]


@dataclass
class Spec:
    """What a trial is told: plain data, because it crosses to another process as JSON.

    `data` is the folder of train, valid and test rows (the test rows hold no target); `seconds` the time for all of it.
    `own` is what to hold the file of a person's own estimator to.
    """

    learner: str
    family: str
    maker: str
    parameters: dict[str, Any]
    problem: dict[str, Any]
    data: str
    seconds: float
    seed: int = 0
    threads: int = 1
    device: str = "auto"
    card: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write it for the trial in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / SPEC, vars(self))

    @classmethod
    def load(cls, folder: Path) -> Spec:
        """What `save` wrote."""
        return cls(**json.loads((folder / SPEC).read_text("utf-8")))


def run(folder: Path, heard: Heard, learner: Learner | None = None) -> None:
    """Run the trial that `folder` holds the spec of; result.json is written last, whatever happens.

    `learner` is a person's own object that is bound to this process; without it one is made from the spec.
    """
    started = time.monotonic()
    spec = Spec.load(folder)
    try:
        with threadpool_limits(spec.threads):
            result = _run(folder, spec, started, heard, learner)
    except Exception as error:
        traceback.print_exc()  # into the trial's log
        result = {**failure(error), "seconds": time.monotonic() - started}
    write_json(folder / RESULT, finite(result))


def failure(error: BaseException) -> dict[str, str]:
    """Status and message for an error: what a person can mend in full, the rest by its name.

    >>> failure(MemoryError())["status"]
    'out of memory'
    """
    if isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__:
        return {"status": "out of memory", "message": "it asked for more memory than there is"}
    if isinstance(error, FathomError):
        return {"status": "failed", "message": " ".join(filter(None, (error.what, error.remedy)))}
    first = (str(error).strip() or "no further word").splitlines()[0]
    return {"status": "failed", "message": f"{type(error).__name__}: {first}"[:500]}


def _run(folder: Path, spec: Spec, started: float, heard: Heard, learner: Learner | None) -> dict[str, Any]:
    data = Path(spec.data)
    problem = Problem.from_json(spec.problem)
    train, valid, test = (read_dataset(data / name) for name in ("train", "valid", "test"))
    learner = _make(spec, folder) if learner is None else learner
    run, earlier = _circumstances(folder, spec, started, heard)
    begin = time.perf_counter()
    learner.fit(problem, train, valid, run)
    fit_seconds = earlier + time.perf_counter() - begin
    hurried = time.monotonic() - started > USED_UP * (run.deadline - started)
    heard(1.0, TESTING)
    correction = calibration.fit(problem.truth(valid), learner.predict(valid)) if len(valid) else {}
    predictions, milliseconds = _timed(learner, test)
    calibrated(predictions, correction).frame().write_parquet(folder / TESTED)
    model = Model(learner, spec.learner, spec.family, problem, correction, {**spec.card, "maker": spec.maker})
    message, size = _save(model, folder / "model")
    return {
        "status": "done",
        "message": message or (CUT_SHORT if hurried else ""),
        "hurried": hurried,
        "fit_seconds": fit_seconds,
        "predict_ms_per_row": milliseconds,
        "model_mb": size,
        "steps": run.steps,
        "features": learner.features(),
        "parameters": spec.parameters or _parameters(learner),
        "device": run.device,
        "seconds": earlier + time.monotonic() - started,
    }


def _make(spec: Spec, folder: Path) -> Learner:
    if spec.maker == "estimator":
        own: Learner = catalog.load(OWN["estimator"])(catalog.load(UNPACK)(folder, spec.own))
        return own
    row = catalog.learner(spec.learner)
    catalog.require(row.extra, f"'{row.name}'")
    made: Learner = catalog.load(row.path)(**spec.parameters)
    return made


def _circumstances(folder: Path, spec: Spec, started: float, heard: Heard) -> tuple[Run, float]:
    """The run, and the seconds that an earlier, killed attempt has spent, whose checkpoint there is."""
    checkpoint = folder / "checkpoint"
    earlier = seconds_before(folder)
    checkpoint.mkdir(exist_ok=True)
    after_fit = min(max(AFTER_FIT * spec.seconds, LEAST_AFTER_FIT), MOST_AFTER_FIT, spec.seconds / 2)
    device = "cpu"
    if spec.family == "deep":
        device = catalog.load("fathom.deep.device:best")(spec.device)
    beat = _Heartbeat(folder, earlier, heard)
    deadline = started + spec.seconds - after_fit
    return Run(deadline, spec.seed, device, spec.threads, checkpoint, beat), earlier


class _Heartbeat:
    """Passes progress on, and keeps on disk how long the training has taken, for whoever must resume it."""

    def __init__(self, folder: Path, earlier: float, heard: Heard) -> None:
        self.folder, self.earlier, self.heard = folder, earlier, heard
        self.started = self.last = time.monotonic()

    def __call__(self, done: float, note: str) -> None:
        now = time.monotonic()
        if now - self.last < HEARTBEAT_SECONDS:
            return
        self.last = now
        write_json(self.folder / SPENT, {"seconds": self.earlier + now - self.started})
        self.heard(done, note)


def seconds_before(folder: Path) -> float:
    """Seconds that an earlier attempt in `folder` has spent on what its checkpoint holds; 0 where there is none."""
    checkpoint = folder / "checkpoint"
    if not (checkpoint.is_dir() and any(checkpoint.iterdir())):
        return 0.0
    try:
        return float(json.loads((folder / SPENT).read_text("utf-8"))["seconds"])
    except (OSError, ValueError, KeyError):
        return 0.0


def _timed(learner: Learner, test: Dataset) -> tuple[Predictions, float]:
    """Predictions for the test rows and the milliseconds that one row of the batch took, warm where that is cheap."""
    begin = time.perf_counter()
    predictions = learner.predict(test)
    seconds = time.perf_counter() - begin
    if seconds < QUICK_SECONDS:
        begin = time.perf_counter()
        learner.predict(test)
        seconds = min(seconds, time.perf_counter() - begin)
    return predictions, 1_000 * seconds / max(len(test), 1)


def _save(model: Model, folder: Path) -> tuple[str, float | None]:
    """Save the model: a message where that cannot be done, and its size in MB. The scores stand either way."""
    try:
        model.save(folder)
    except StoreError as error:
        return f"trained and tested, but cannot be saved: {error.what}", None
    return "", sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MB


def _parameters(learner: Learner) -> dict[str, Any]:
    """The learner's parameters: the fields of its dataclass that were set in `__init__`."""
    fields = getattr(type(learner), "__dataclass_fields__", {})
    found = {name: getattr(learner, name, None) for name, each in fields.items() if each.init}
    return {name: value for name, value in found.items() if isinstance(value, str | int | float | bool | None)}


def main() -> None:
    """Run one trial where processes cannot be forked: `python -m fathom.protocol.trial FOLDER`."""
    run(Path(sys.argv[1]), lambda done, note: print(json.dumps({"done": done, "note": note}), flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
