"""The trials of a study, run one after the other in their families' hosts; what is finished is not run again.

Contenders learn growing samples of the rows first, then all rows, the most promising of each family before the others;
what time is left goes to further samples of the same sizes.
"""

from __future__ import annotations

import contextlib
import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from fathom import catalog
from fathom.errors import TrainingError
from fathom.folders import write_json
from fathom.messages import phrase, restore, strung
from fathom.protocol import hardware, trial
from fathom.protocol.climb import climb, climb_again
from fathom.protocol.contenders import BACKBONE, BASELINE, Contender
from fathom.protocol.curves.ladder import Rung
from fathom.protocol.host import Job
from fathom.protocol.hosts import Host
from fathom.protocol.progress import Listener, Progress
from fathom.protocol.schedule import CLIMBING, LEAST_SECONDS, Schedule, counted
from fathom.protocol.standing import Sample, Standing
from fathom.protocol.study import DONE, Study, Trial
from fathom.tasks.task import Task

OWN = "own"
DROPPED = "dropped"
SAFETY = 1.5  # times what a contender is expected to need
LEAST_CLIMBING = 10.0  # seconds of a family; with less, all rows come first and samples are learned in what is left
LITTLE = 0.2  # of what it may take: a contender that needs less is not worth dropping
WITHIN = phrase("it ran within the calling process: no limit on its memory, and its deadline can only be asked for")
TRIAL_KEYS = (
    "status",
    "message",
    "hurried",
    "fit_seconds",
    "predict_ms_per_row",
    "peak_mb",
    "model_mb",
    "steps",
    "notes",
    "features",
    "told",
    "parameters",
    "latency_ms",
    "energy_wh",
    "energy_source",
    "hardware",
    "cost_on",
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
    sampling: bool = True  # whether to learn from samples too

    def __post_init__(self) -> None:
        """Nobody stands anywhere yet."""
        task: Task = catalog.load(catalog.task(self.study.task).path)
        self.kept = 0.0  # the share of time that is for samples and still to come
        self.purse: dict[str, str] = {}  # the family out of whose time a contender runs
        self.standing = Standing(self.study.train_rows, task.measure(self.study.measure))

    def run(self, contenders: list[Contender]) -> Iterator[Trial]:
        """Each contender's trial on all rows as it ends: the baseline, then classical ones, the best so far first."""
        able = [each for each in contenders if not each.missing]
        waiting = [each for each in able if self.result(self.folder(each)) is None]
        self._open(able)
        if self.sampling:
            self.kept = CLIMBING
        yield from (self._ended(each, waiting) for each in contenders if each.name == BASELINE)
        if self.sampling and self.schedule.share >= LEAST_CLIMBING:
            climb(self, able)
            self.kept = 0.0
        others = [each for each in contenders if each.name != BASELINE]
        for each in sorted(others, key=lambda each: (each.family, -hope(each, self.standing))):
            yield self._ended(each, waiting)
        if self.sampling:
            climb_again(self, able)

    def folder(self, contender: Contender, rung: Rung | None = None) -> Path:
        """Where the contender's files are: those of its trial on all rows, or on a sample."""
        if rung is None:
            return self.study.folder / "trials" / contender.name
        return self.study.folder / "samples" / rung.name / contender.name

    def host(self, contender: Contender) -> Host | None:
        """The host that the contender's trial runs in; None: it runs in this process."""
        return self.hosts.get(contender.family if contender.learner is None or contender.parcel else OWN)

    def close(self) -> None:
        """End whatever runs, now."""
        for host in self.hosts.values():
            if host is not None:
                host.close()

    def result(self, folder: Path) -> dict[str, Any] | None:
        """The result of a trial that ended, perhaps in an earlier run of the same study."""
        try:
            found: dict[str, Any] = restore(json.loads((folder / trial.RESULT).read_text("utf-8")))
        except (OSError, ValueError):
            return None
        return found

    def attempt(self, contender: Contender, seconds: float, rung: Rung | None = None) -> dict[str, Any]:
        """Run one trial, on all rows or on a sample, and give its result, which is kept in its folder."""
        folder = self.folder(contender, rung)
        self._spec(contender, folder, seconds, rung).save(folder)
        started = time.monotonic()
        note = "" if rung is None else phrase("{rows:,} rows", rows=rung.rows)
        self.progress(Progress("train", contender.name, note=note))
        ending = self._end(contender, folder, seconds, note)
        result = self.result(folder) or {"status": "failed", "message": phrase("it left no result")}
        if ending["status"] and result.get("status") != DONE:
            result = {"status": ending["status"], "message": ending["message"]}
        if self.host(contender) is None:
            result["message"] = strung(filter(None, [result.get("message"), WITHIN]))
        result = {"seconds": time.monotonic() - started, **result, "peak_mb": ending.get("peak_mb"), "limit": seconds}
        write_json(folder / trial.RESULT, result)
        return result

    def _open(self, contenders: list[Contender]) -> None:
        """Divide the time among those whose trial has not ended, less what an earlier run of the study spent."""
        self.purse = purses(contenders)
        spent = dict.fromkeys(counted(self.purse.values()), 0.0)
        waiting = []
        for each in contenders:
            found = self.result(self.folder(each))
            samples = map(self.result, self.study.folder.glob(f"samples/*/{each.name}"))
            spent[self.purse[each.name]] += sum(known.get("seconds", 0.0) for known in (found, *samples) if known)
            waiting += [self.purse[each.name]] if found is None else []
        for host in self.hosts.values():
            if host is not None:
                host.ready()
        self.schedule.open(counted(waiting), spent)

    def _ended(self, contender: Contender, waiting: list[Contender]) -> Trial:
        """The contender's trial on all rows: what an earlier run of the study left of it, or run now."""
        result = self.result(self.folder(contender))
        kept = result is not None
        if contender.missing:
            result = {"status": "skipped", "message": contender.missing}
        return self._trial(contender, result or self._run(contender, waiting), kept)

    def _run(self, contender: Contender, waiting: list[Contender]) -> dict[str, Any]:
        """The trial on all rows, unless there is no time or no hope for it."""
        family = self.purse[contender.name]
        kin = [each for each in waiting if self.purse[each.name] == family]
        waiting.remove(contender)
        leads = contender.name in self.standing.leaders() or asked(contender, self.standing)
        seconds = self.schedule.limit(family, self._expected(kin, contender), self.kept, leads)
        message = self._hopeless(contender)
        if message or (seconds < LEAST_SECONDS and contender.name != BASELINE):
            self.schedule.ended(family, 0.0)
            if message:
                return {"status": DROPPED, "message": message}
            return {"status": "timed out", "message": phrase("no time was left for it: give more minutes")}
        started = time.monotonic()
        result = self.attempt(contender, max(seconds, LEAST_SECONDS))
        self.schedule.ended(family, time.monotonic() - started)
        return result

    def _expected(self, kin: list[Contender], contender: Contender) -> float:
        """Seconds that the others of the family are expected to take: what they need, or their equal share."""
        share = self.schedule.limit(self.purse[contender.name], kept=self.kept)
        needs = [SAFETY * self.standing.need(each.name) for each in kin if each is not contender]
        return sum(min(need, share) for need in needs)

    def _hopeless(self, contender: Contender) -> str:
        """Why the contender need not learn all rows: it cannot win any more, and takes time that others can use."""
        rival = self.standing.hopeless(contender.name)
        dear = self.standing.need(contender.name) > LITTLE * self.schedule.limit(contender.family)
        if rival is None or not dear or contender.name in self.standing.leaders():
            return ""
        rows = self.standing.of(contender.name)[-1].rows
        return phrase("dropped after {rows:,} rows: it could no longer reach {rival}", rows=rows, rival=rival)

    def _end(self, contender: Contender, folder: Path, seconds: float, sample: str) -> dict[str, Any]:
        notes = [""]

        def heard(done: float, note: str) -> None:
            notes[0] = note
            said = phrase("testing") if note == trial.TESTING else note
            self.progress(Progress("train", contender.name, done, " ".join(filter(None, (sample, said)))))

        host = self.host(contender)
        if host is not None:
            job = Job("trial", str(folder), seconds + self.schedule.grace, self.memory_mb)
            ending = host.run(job, heard)
            if ending["status"] == "timed out" and notes[0] == trial.TESTING:
                ending["message"] = phrase("it was trained in time, but it predicts too slowly to be tested")
            return ending
        started = time.monotonic()
        with _alarm(seconds):
            trial.run(folder, heard, contender.learner)
        late = time.monotonic() - started >= seconds
        message = phrase("it did not keep its deadline and was stopped") if late else ""
        return {"status": "timed out" if late else "", "message": message, "peak_mb": None}

    def _spec(self, contender: Contender, folder: Path, seconds: float, rung: Rung | None) -> trial.Spec:
        earlier = trial.seconds_before(folder)
        return trial.Spec(
            learner=contender.name,
            family=contender.family,
            maker=contender.maker,
            parameters=contender.parameters,
            problem=self.study.problem.to_json(),
            data=str(self.study.folder / "data"),
            seconds=max(seconds - earlier, seconds / 4),
            seed=self.study.seed + (0 if rung is None else rung.draw),
            threads=1 if contender.learner is not None and contender.parcel is None else hardware.threads(),
            device=self.device,
            card=self.card,
            own={} if contender.parcel is None else contender.parcel.leave(folder),
            rows=0 if rung is None else rung.rows,
            draw=0 if rung is None else rung.draw,
            measure=self.study.measure,
        )

    def _trial(self, contender: Contender, result: dict[str, Any], kept: bool) -> Trial:
        known = {key: result[key] for key in TRIAL_KEYS if key in result}
        found = Trial(contender.name, contender.family, **known, folder=self.folder(contender))
        if found.done:
            self.standing.samples.append(Sample.of(contender.name, contender.family, 0, found.folder, result))
            found.score = self.score(found)
            self.study.hardware.setdefault(f"{contender.family}_device", result.get("device", "cpu"))
        self.progress(Progress("train", contender.name, 1.0, found.message, found.status, found.score, kept))
        return found


def purses(contenders: Sequence[Contender]) -> dict[str, str]:
    """Out of which family's time each runs: its own; a baseline that is alone in its own takes no half of the time.

    >>> baseline, network = Contender("baseline", "classical"), Contender("feedforward", "deep")
    >>> purses([baseline, network]), purses([baseline])
    ({'baseline': 'deep', 'feedforward': 'deep'}, {'baseline': 'classical'})
    """
    trained = list(dict.fromkeys(each.family for each in contenders if each.name != BASELINE))
    return {
        each.name: trained[0] if each.name == BASELINE and trained and each.family not in trained else each.family
        for each in contenders
    }


def hope(contender: Contender, standing: Standing) -> float:
    """How good it may be on all rows, more is better; who was asked for with --from and is unknown comes first."""
    return math.inf if asked(contender, standing) else standing.promise(contender.name)


def asked(contender: Contender, standing: Standing) -> bool:
    """Whether it was asked for with --from and nothing is known of it yet: it has the time of one that leads."""
    return BACKBONE in contender.parameters and math.isinf(standing.promise(contender.name))


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise a TrainingError in the main thread after `seconds`, where the system can; else nothing happens."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TrainingError(
            phrase("It did not keep its deadline."),
            remedy=phrase("Give more minutes, or a learner that takes less."),
        )

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
