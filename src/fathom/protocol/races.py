"""The trials of a study, run one after the other in their families' hosts; what is finished is not run again."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from fathom.errors import TrainingError
from fathom.folders import write_json
from fathom.protocol import hardware, trial
from fathom.protocol.contenders import BASELINE, Contender
from fathom.protocol.host import Job
from fathom.protocol.hosts import Host
from fathom.protocol.progress import Listener, Progress
from fathom.protocol.schedule import LEAST_SECONDS, Schedule, counted
from fathom.protocol.study import DONE, Study, Trial

OWN = "own"
WITHIN = "it ran within the calling process: no limit on its memory, and its deadline can only be asked for"
TRIAL_KEYS = (
    "status",
    "message",
    "hurried",
    "fit_seconds",
    "predict_ms_per_row",
    "peak_mb",
    "model_mb",
    "steps",
    "features",
    "parameters",
)


@dataclass
class Race:
    """What running the trials needs. `hosts` by family, and "own" for a person's objects (None: no host could be)."""

    study: Study
    schedule: Schedule
    hosts: dict[str, Host | None]
    progress: Listener
    score: Callable[[Trial], float | None]
    card: dict[str, Any]
    device: str = "auto"
    memory_mb: float = field(default_factory=hardware.memory_limit_mb)

    def run(self, contenders: list[Contender]) -> Iterator[Trial]:
        """Each contender's trial as it ends, in order: classical before deep, cheap before dear."""
        ordered = sorted(contenders, key=lambda each: each.family)
        results = {each.name: self._result(each) for each in ordered}
        open_ones = [each for each in ordered if results[each.name] is None and not each.missing]
        spent = dict.fromkeys(counted(each.family for each in ordered), 0.0)
        for each in ordered:
            spent[each.family] += (results[each.name] or {}).get("seconds", 0.0)
        for host in self.hosts.values():
            if host is not None:
                host.ready()
        self.schedule.open(counted(each.family for each in open_ones), spent)
        for each in ordered:
            result = results[each.name]
            kept = result is not None
            if result is None:
                result = {"status": "skipped", "message": each.missing} if each.missing else self._run(each)
            yield self._trial(each, result, kept)

    def folder(self, contender: Contender) -> Path:
        """Where the contender's files are."""
        return self.study.folder / "trials" / contender.name

    def host(self, contender: Contender) -> Host | None:
        """The host that the contender's trial runs in; None: it runs in this process."""
        return self.hosts.get(contender.family if contender.learner is None or contender.parcel else OWN)

    def close(self) -> None:
        """End whatever runs, now."""
        for host in self.hosts.values():
            if host is not None:
                host.close()

    def _result(self, contender: Contender) -> dict[str, Any] | None:
        """The result of an earlier run of the same study."""
        try:
            found: dict[str, Any] = json.loads((self.folder(contender) / trial.RESULT).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def _run(self, contender: Contender) -> dict[str, Any]:
        seconds = self.schedule.limit(contender.family)
        if seconds < LEAST_SECONDS and contender.name != BASELINE:
            self.schedule.ended(contender.family, 0.0)
            return {"status": "timed out", "message": "no time was left for it: give more minutes"}
        seconds = max(seconds, LEAST_SECONDS)
        folder = self.folder(contender)
        self._spec(contender, seconds).save(folder)
        started = time.monotonic()
        self.progress(Progress("train", contender.name))
        ending = self._end(contender, folder, seconds)
        result = self._result(contender) or {"status": "failed", "message": "it left no result"}
        if ending["status"] and result.get("status") != DONE:
            result = {"status": ending["status"], "message": ending["message"]}
        if self.host(contender) is None:
            result["message"] = "; ".join(filter(None, [result.get("message"), WITHIN]))
        result = {"seconds": time.monotonic() - started, **result, "peak_mb": ending.get("peak_mb")}
        write_json(folder / trial.RESULT, result)
        self.schedule.ended(contender.family, time.monotonic() - started)
        return result

    def _end(self, contender: Contender, folder: Path, seconds: float) -> dict[str, Any]:
        notes = [""]

        def heard(done: float, note: str) -> None:
            notes[0] = note
            self.progress(Progress("train", contender.name, done, note))

        host = self.host(contender)
        if host is not None:
            job = Job("trial", str(folder), seconds + self.schedule.grace, self.memory_mb)
            ending = host.run(job, heard)
            if ending["status"] == "timed out" and notes[0] == trial.TESTING:
                ending["message"] = "it was trained in time, but it predicts too slowly to be tested"
            return ending
        started = time.monotonic()
        with _alarm(seconds):
            trial.run(folder, heard, contender.learner)
        late = time.monotonic() - started >= seconds
        message = "it did not keep its deadline and was stopped" if late else ""
        return {"status": "timed out" if late else "", "message": message, "peak_mb": None}

    def _spec(self, contender: Contender, seconds: float) -> trial.Spec:
        earlier = trial.seconds_before(self.folder(contender))
        return trial.Spec(
            learner=contender.name,
            family=contender.family,
            maker=contender.maker,
            parameters=contender.parameters,
            problem=self.study.problem.to_json(),
            data=str(self.study.folder / "data"),
            seconds=max(seconds - earlier, seconds / 4),
            seed=self.study.seed,
            threads=1 if contender.learner is not None and contender.parcel is None else hardware.threads(),
            device=self.device,
            card=self.card,
            own={} if contender.parcel is None else contender.parcel.leave(self.folder(contender)),
        )

    def _trial(self, contender: Contender, result: dict[str, Any], kept: bool) -> Trial:
        known = {key: result[key] for key in TRIAL_KEYS if key in result}
        found = Trial(contender.name, contender.family, **known, folder=self.folder(contender))
        if found.done:
            found.score = self.score(found)
            self.study.hardware.setdefault(f"{contender.family}_device", result.get("device", "cpu"))
        self.progress(Progress("train", contender.name, 1.0, found.message, found.status, found.score, kept))
        return found


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise a TrainingError in the main thread after `seconds`, where the system can; else nothing happens."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TrainingError("It did not keep its deadline.", remedy="Give more minutes, or a learner that takes less.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
