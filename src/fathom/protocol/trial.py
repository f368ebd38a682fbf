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

import numpy as np
from threadpoolctl import threadpool_limits

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.events.memory import Memory
from fathom.errors import FathomError, StoreError
from fathom.folders import write_json
from fathom.learner import Learner, Run
from fathom.messages import phrase, restore
from fathom.model import MEMORY, OWN, Model, calibrated, finite
from fathom.protocol import calibration
from fathom.protocol.costs import devices, energy, latency
from fathom.protocol.frames import TESTED, read_dataset, read_sample
from fathom.protocol.intervals import bootstrap
from fathom.tasks import planting
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

SPEC, RESULT, SPENT = "spec.json", "result.json", "spent.json"
CUT_SHORT = phrase("it used all of its time; with more it may score better")
USED_UP = 0.9  # share of its time from which a training counts as cut short
AFTER_FIT = 0.15  # share of a trial's time kept for calibrating, predicting and saving
LEAST_AFTER_FIT, MOST_AFTER_FIT = 0.2, 30.0
HEARTBEAT_SECONDS = 0.5
MOST_NAMED = 2_000  # features
MB = 2**20
TESTING = "testing"
UNPACK = "fathom.classical.parcel:unpack"

Heard = Callable[[float, str], None]


@dataclass
class Spec:
    """What a trial is told: plain data, because it crosses to another process as JSON.

    `data` is the folder of train, valid and test rows (the test rows hold no target); `seconds` the time for all of it.
    `own` is what to hold the file of a person's own estimator to. `rows` (0: all) and `draw` say which sample of the
    training rows is learned; a trial on a sample leaves no model behind. `measure` decides.
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
    rows: int = 0
    draw: int = 0
    measure: str = ""

    def save(self, folder: Path) -> None:
        """Write it for the trial in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / SPEC, vars(self))

    @classmethod
    def load(cls, folder: Path) -> Spec:
        """What `save` wrote."""
        return cls(**restore(json.loads((folder / SPEC).read_text("utf-8"))))


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
        return {"status": "out of memory", "message": phrase("it asked for more memory than there is")}
    if isinstance(error, FathomError):
        remedy = error.remedy
        whole = phrase("{what} {remedy}", what=error.what, remedy=remedy) if remedy else error.what
        return {"status": "failed", "message": whole}
    first = (str(error).strip() or phrase("no further word")).splitlines()[0]
    return {"status": "failed", "message": f"{type(error).__name__}: {first}"[:500]}


def _run(folder: Path, spec: Spec, started: float, heard: Heard, learner: Learner | None) -> dict[str, Any]:
    problem = Problem.from_json(spec.problem)
    train, valid, unseen = _rows(spec)
    test = read_dataset(Path(spec.data) / "test")
    learner = _make(spec, folder) if learner is None else learner
    run, earlier = _circumstances(folder, spec, started, heard)
    run.rows = len(test) + (len(unseen) if valid is unseen else len(valid) + len(unseen))
    begin = time.perf_counter()
    with energy.Meter(run.device) as meter:
        learner.fit(problem, train, valid, run)
    this = time.perf_counter() - begin
    fit_seconds = earlier + this
    used = meter.energy.stretched(fit_seconds / max(this, 1e-9))
    if run.idle:
        message = phrase("no time was left for it: give more minutes")
        return {"status": "timed out", "message": message, "seconds": earlier + time.monotonic() - started}
    hurried = run.hurried or time.monotonic() - started > USED_UP * (run.deadline - started)
    heard(1.0, TESTING)
    told = {"hurried": hurried, "fit_seconds": fit_seconds, "rows": len(train), "device": run.device}
    task: Task = catalog.load(catalog.task(problem.task).path)
    correction, chosen = _validated(learner, problem, valid, unseen, spec.measure)
    end = started + spec.seconds
    spare = 0.0 if spec.rows else latency.budget(spec.seconds, end - time.monotonic())
    predictions, milliseconds, spread = latency.measure(learner, test, spare)
    predictions = task.weighed(predictions, test, problem)
    calibrated(predictions, correction).frame().write_parquet(folder / TESTED)
    told |= {"predict_ms_per_row": milliseconds, "valid": chosen, "seconds": earlier + time.monotonic() - started}
    if spec.rows:
        return {"status": "done", **told}
    model = Model(learner, spec.learner, spec.family, problem, correction, {**spec.card, "maker": spec.maker})
    if problem.events is not None and (Path(spec.data) / MEMORY).is_dir():
        model.memory = Memory.load(Path(spec.data) / MEMORY, problem.events)
    message, size = _save(model, folder / "model")
    return {
        "status": "done",
        "message": message or (CUT_SHORT if hurried else ""),
        **told,
        "model_mb": size,
        "steps": run.steps,
        "notes": run.told,
        **_told(learner.features()),
        "parameters": spec.parameters or _parameters(learner),
        "latency_ms": spread,
        "energy_wh": used.watt_hours,
        "energy_source": used.source,
        "hardware": devices.used(run.device, run.threads),
        "cost_on": devices.elsewhere(learner, problem, (train, valid, test), run, spec.seconds, end),
        "seconds": earlier + time.monotonic() - started,
    }


def _rows(spec: Spec) -> tuple[Dataset, Dataset, Dataset]:
    """The rows to learn, those to stop by, and all that were not learned; a sample of one has a sample of the other."""
    data = Path(spec.data)
    valid = read_dataset(data / "valid")
    if not spec.rows:
        return read_dataset(data / "train"), valid, valid
    train = read_sample(data / "train", spec.rows, spec.draw)
    share = len(train) / max(spec.card["train_rows"], 1)
    return train, read_sample(data / "valid", round(share * len(valid)), spec.draw), valid


def _validated(
    learner: Learner, problem: Problem, valid: Dataset, unseen: Dataset, measure: str
) -> tuple[dict[str, float], dict[str, float]]:
    """What corrects the learner's answers, from the rows it stopped by, and its score on all that it did not learn.

    With that score by the deciding measure comes its standard error, by the bootstrap.
    """
    if problem.conditions:
        return _watched(learner, problem, valid, unseen, measure)
    predictions = learner.predict(unseen) if len(unseen) else None
    if predictions is None:
        return {}, {}
    task: Task = catalog.load(catalog.task(problem.task).path)
    predictions = task.weighed(predictions, unseen, problem)
    stopped = predictions if valid is unseen else task.weighed(learner.predict(valid), valid, problem)
    budget = problem.events.budget if problem.events else None
    correction = calibration.fit(problem.truth(valid), stopped, budget) if len(valid) else {}
    deciding = task.measure(measure or task.measures[0].name)
    compared = bootstrap(deciding, problem.truth(unseen), [calibrated(predictions, correction)], seconds=0.0)
    return correction, {"score": float(compared.scores[0]), "error": float(np.nanstd(compared.resamples))}


def _watched(
    learner: Learner, problem: Problem, valid: Dataset, unseen: Dataset, measure: str
) -> tuple[dict[str, float], dict[str, float]]:
    """The same where anomalies are sought: a threshold from the scores alone, and what is caught of planted ones.

    Whether rows are labelled or not: no label of the validation rows says who is given time, or where a threshold is.
    """
    if not len(unseen):
        return {}, {}
    correction = calibration.fit(np.zeros(len(valid), dtype=np.int64), learner.predict(valid)) if len(valid) else {}
    rows, truth = planting.planted(unseen, problem, 0)
    task: Task = catalog.load(catalog.task(problem.task).path)
    deciding = task.measure(measure or task.measures[0].name)
    compared = bootstrap(deciding, truth, [calibrated(learner.predict(rows), correction)], seconds=0.0)
    return correction, {"score": float(compared.scores[0]), "error": float(np.nanstd(compared.resamples))}


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
    return Run(deadline, spec.seed, device, spec.threads, checkpoint, beat, after=after_fit), earlier


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
        write_json(self.folder / SPENT, {"seconds": self.earlier + now - self.started}, lasting=False)
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


def _save(model: Model, folder: Path) -> tuple[str, float | None]:
    """Save the model: a message where that cannot be done, and its size in MB. The scores stand either way."""
    try:
        model.save(folder)
    except StoreError as error:
        return phrase("trained and tested, but cannot be saved: {why}", why=error.what), None
    return "", sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MB


def _told(features: list[str] | None) -> dict[str, Any]:
    """The features by name and how many there are; of very many, as n-grams are, the first and the last by name."""
    if features is None or len(features) <= MOST_NAMED:
        return {"features": features, "told": None if features is None else len(features)}
    return {"features": features[: MOST_NAMED // 2] + features[-MOST_NAMED // 2 :], "told": len(features)}


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
