"""From trials to a verdict: scores with intervals, who is beaten, what matters, and the winner kept."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from fathom import catalog
from fathom.folders import write_json
from fathom.protocol import hardware, keeping, preliminary, verdict
from fathom.protocol.curves import outlook
from fathom.protocol.host import Job
from fathom.protocol.hosts import Host
from fathom.protocol.insight import importance
from fathom.protocol.intervals import Bootstrap, bootstrap, units_of
from fathom.protocol.progress import Listener, Progress
from fathom.protocol.schedule import Schedule
from fathom.protocol.standing import Sample
from fathom.protocol.study import Study, Trial
from fathom.store import Store
from fathom.tasks.task import Measure, Task

if TYPE_CHECKING:
    from fathom.classical.parcel import Parcel

SCORING = 0.4  # share of the time kept for afterwards that the bootstrap may take
EXPLAINING = 0.5
LEAST_EXPLAINING = 1.0  # seconds; with less, importance is left out


def scorer(study: Study, measure: Measure) -> Callable[[Trial], float | None]:
    """A function that scores one trial on the test rows as soon as it has ended."""
    truth = study.problem.truth(study.test)

    def score(trial: Trial) -> float | None:
        value = measure.score(truth, trial.predictions, None)
        return value if math.isfinite(value) else None

    return score


def judge(study: Study, schedule: Schedule, margin: float | None, samples: Sequence[Sample] = ()) -> None:
    """Score all trials and samples, put the best first, draw the curves and the verdict."""
    task: Task = catalog.load(catalog.task(study.task).path)
    truth = study.problem.truth(study.test)
    measure = _deciding(task, study, truth)
    study.measure = measure.name
    for trial in study.trials:
        if trial.done:
            trial.measures = task.scores(truth, trial.predictions)
            trial.score = trial.measures[measure.name]
    sign = 1 if measure.higher_is_better else -1
    study.trials.sort(key=lambda trial: -sign * trial.score if trial.score is not None else math.inf)
    compared = _compared(study, measure, truth, SCORING * schedule.afterwards)
    matters = verdict.matters(study.trials, measure, margin)
    outlook.draw(study, measure, truth, samples, matters)
    study.verdict = verdict.draw(study, compared, matters)
    study.verdict = preliminary.told(study, measure, truth, samples, margin)


def _compared(study: Study, measure: Measure, truth: npt.NDArray[Any], seconds: float) -> Bootstrap | None:
    done = [trial for trial in study.trials if trial.done]
    if not done:
        return None
    units = units_of(study.problem, study.test)
    predictions = [trial.predictions for trial in done]
    compared = bootstrap(measure, truth, predictions, units=units, seed=study.seed, seconds=seconds)
    for position, trial in enumerate(done):
        trial.low, trial.high = compared.interval(position)
    return compared


def _deciding(task: Task, study: Study, truth: npt.NDArray[Any]) -> Measure:
    """The chosen measure; the task's first that these test rows define where the chosen one is undefined on them."""
    done = [trial for trial in study.trials if trial.done]
    chosen = task.measure(study.measure)
    candidates = (chosen, *task.measures)
    for measure in candidates:
        if all(math.isfinite(measure.score(truth, trial.predictions, None)) for trial in done):
            return measure
    return chosen


def explain(
    study: Study, schedule: Schedule, host: Host | None, progress: Listener, parcel: Parcel | None = None
) -> None:
    """Measure what matters to the winner, in a process of its own, within what time is left.

    `parcel` is in what a person's own estimator travelled.
    """
    seconds = EXPLAINING * min(schedule.afterwards, max(schedule.left(), 0.0))
    winner = study.verdict.learner
    if winner is None or host is None or seconds < LEAST_EXPLAINING or not study.verdict.beats_baseline:
        return
    folder = study.folder / "importance"
    folder.mkdir(exist_ok=True)
    progress(Progress("explain"))
    spec = {
        "model": str(study.trial(winner).folder / "model"),
        "data": str(study.folder / "data"),
        "measure": study.measure,
        "seconds": seconds,
        "seed": study.seed,
        "own": {} if parcel is None else {"types": parcel.types, "modules": parcel.modules},
    }
    write_json(folder / importance.SPEC, spec)
    job = Job("importance", str(folder), seconds + schedule.grace, hardware.memory_limit_mb())
    host.run(job, lambda done, note: progress(Progress("explain", "", done, note)))
    try:
        study.importance = json.loads((folder / importance.RESULT).read_text("utf-8"))
    except (OSError, ValueError):  # no result in time is no importance, not no study
        study.importance = []


def keep(
    study: Study, store: Store, name: str, learner: str | None, beside_it: Callable[[Path], None] | None = None
) -> None:
    """Put the learner's model into the store as the study's, where there is one; `beside_it` as for `keeping.keep`."""
    if learner is not None and (study.trial(learner).folder / "model").is_dir():
        study.model = keeping.keep(study, store, name, learner, beside_it)


def tidy(study: Study) -> None:
    """Remove what only a resumed study would need."""
    for trial in study.trials:
        shutil.rmtree(trial.folder / "checkpoint", ignore_errors=True)
    shutil.rmtree(study.folder / "samples", ignore_errors=True)
    for part in ("train", "valid"):
        for name in (f"{part}.arrow", f"{part}.json", f"{part}-order.arrow"):
            (study.folder / "data" / name).unlink(missing_ok=True)
