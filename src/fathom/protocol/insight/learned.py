"""The study's side of looking into a network: whom to look into, in which process, for how long."""

from __future__ import annotations

import json
from typing import Any

from fathom.data.kinds import Kind
from fathom.folders import write_json
from fathom.model import read_record
from fathom.protocol import hardware
from fathom.protocol.host import Job
from fathom.protocol.hosts import Host
from fathom.protocol.insight import insight
from fathom.protocol.progress import Listener, Progress
from fathom.protocol.schedule import Schedule
from fathom.protocol.study import Study, Trial

SHARE = 0.4  # of the time that is left after judging and explaining
LEAST_SECONDS = 0.2  # with less, nothing is looked into
MOST_SECONDS = 20.0


def look(study: Study, schedule: Schedule, host: Host | None, progress: Listener) -> None:
    """Look into the best deep contender, in a process of its own; the result is kept in the study's folder."""
    trial = whom(study)
    seconds = min(SHARE * min(schedule.afterwards, max(schedule.left(), 0.0)), MOST_SECONDS)
    if trial is None or host is None or seconds < LEAST_SECONDS:
        return
    folder = study.folder / insight.FOLDER
    folder.mkdir(exist_ok=True)
    progress(Progress("explain"))
    spec = {
        "learner": trial.learner,
        "model": str(trial.folder / "model"),
        "data": str(study.folder / "data"),
        "measure": study.measure,
        "seconds": seconds,
        "seed": study.seed,
    }
    write_json(folder / insight.SPEC, spec)
    job = Job("insight", str(folder), seconds + schedule.grace, hardware.memory_limit_mb())
    host.run(job, lambda done, note: progress(Progress("explain", "", done, note)))


def whom(study: Study) -> Trial | None:
    """The deep contender that scored best; None where its columns were measured as the winner's already.

    Modules of a person's own are left out: their code is not kept with them.
    """
    pictures = bool(study.problem.inputs_of(Kind.IMAGE))
    for trial in study.trials:
        if trial.family != "deep" or not trial.done or not (trial.folder / "model").is_dir():
            continue
        if not pictures and trial.learner == study.verdict.learner and study.importance:
            return None
        if read_record(trial.folder / "model")["card"].get("maker", "catalog") == "catalog":
            return trial
    return None


def found(study: Study) -> dict[str, Any] | None:
    """What was found in the network; None where nothing was."""
    try:
        result = json.loads((study.folder / insight.FOLDER / insight.RESULT).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) else None
