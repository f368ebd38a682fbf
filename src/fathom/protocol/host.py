"""The host of a family: it loads the family's libraries once, then makes a process for each trial.

`python -m fathom.protocol.host FAMILY [LEARNER ...]` reads jobs as JSON lines and answers with JSON lines: "ready"
once, "progress" while a job runs, "ended" when it is over. Only JSON and file names cross. A job's process is ended by
force past its time or its memory, and with the study: a host whose parent is gone ends its job and itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import math
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from fathom import catalog
from fathom.learner import Learner
from fathom.messages import phrase, stored
from fathom.protocol import trial
from fathom.protocol.insight import importance, insight

JOBS: dict[str, Callable[..., None]] = {"trial": trial.run, "importance": importance.run, "insight": insight.run}
LOG = "log.txt"
POLL_SECONDS = 0.02
DYING_SECONDS = 2.0  # that a process which was ended is waited for: one that waits for a disk dies when that answers
WATCH_SECONDS = 0.25  # how often memory and the parent are looked at
MB = 2**20
FORKS = sys.platform == "linux"  # elsewhere forking after loading system libraries is unsafe or impossible
SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)


@dataclass(frozen=True)
class Job:
    """One job: what to run in which folder, seconds until it is ended by force, MB it may take."""

    job: str
    folder: str
    seconds: float
    memory_mb: float


def serve(commands: IO[bytes], answers: IO[bytes], own: Mapping[str, Learner] | None = None) -> None:
    """Run jobs until `commands` ends; `own` holds a person's own learners by the names of their folders."""
    parent = os.getppid()
    answer(answers, {"event": "ready"})
    while line := commands.readline():
        job = Job(**json.loads(line))
        learner = (own or {}).get(Path(job.folder).name)
        try:
            ended = _supervise(job, parent, answers, learner)
        except OSError as error:  # no process or no log could be made
            message = phrase("no process could be made for it: {error}", error=error.strerror)
            ended = {"status": "failed", "message": message}
        answer(answers, {"event": "ended", **ended})


def answer(answers: IO[bytes], data: dict[str, Any]) -> None:
    """One JSON line in one write, so that host and job can share the pipe."""
    with contextlib.suppress(BrokenPipeError):
        answers.write(json.dumps(stored(data)).encode() + b"\n")
        answers.flush()


def preload(family: str, names: list[str]) -> None:
    """Import what these learners need (none named: all that compete in the family), where it is installed.

    A name may be an import path instead.
    """
    rows = [row for row in catalog.learners(name for name in names if ":" not in name) if row.family == family]
    wanted = [row.path for row in rows if row.name in names or (row.contender and not names)]
    for path in {each.partition(":")[0] for each in (*wanted, *(name for name in names if ":" in name))}:
        with contextlib.suppress(Exception):  # the trial that needs it says what is missing
            importlib.import_module(path)


def _supervise(job: Job, parent: int, answers: IO[bytes], learner: Learner | None) -> dict[str, Any]:
    """Start the job's process and stay with it to its end: status, message and peak memory in MB."""
    started = watched = time.monotonic()
    pid = _fork(job, answers, learner) if FORKS else _spawn(job)
    status, message, peak, killed = "", "", 0.0, math.inf
    while True:
        ended, code, usage = _poll(pid)
        if ended:
            break
        now = time.monotonic()
        if not status and now - started > job.seconds:
            status, message = "timed out", phrase("it did not keep its deadline and was ended")
            _kill(pid)
            killed = now
        if now - killed > DYING_SECONDS:
            break
        if not status and now - watched > WATCH_SECONDS:
            watched = now
            taken = _resident_mb(pid)
            peak = max(peak, taken)
            if taken > job.memory_mb:
                status = "out of memory"
                message = phrase("it took more than the {room:,.0f} MB there are for it", room=job.memory_mb)
                _kill(pid)
                killed = now
            if os.getppid() != parent:
                _kill(pid)
                raise SystemExit(1)
        time.sleep(POLL_SECONDS)
    if not status and code < 0:
        status, message = _by_signal(-code)
    elif not status and code:
        status, message = "failed", phrase("its process ended with exit code {code}", code=code)
    return {"status": status, "message": message, "peak_mb": max(peak, usage), "seconds": time.monotonic() - started}


def _by_signal(number: int) -> tuple[str, str]:
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    if name == "SIGKILL":  # nobody else does that: the system, when memory is short
        return "out of memory", phrase("the system ended it (SIGKILL), most likely because memory was short")
    return "failed", phrase("it crashed ({signal})", signal=name)


def _fork(job: Job, answers: IO[bytes], learner: Learner | None) -> int:
    host = os.getpid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # libraries hold idle threads; none holds a lock here
        pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() == host:  # it did not die before the signal was set
            with (Path(job.folder) / LOG).open("ab", buffering=0) as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            _work(job, answers, learner)
            code = 0
    finally:
        os._exit(code)


def _work(job: Job, answers: IO[bytes], learner: Learner | None) -> None:
    def heard(done: float, note: str) -> None:
        answer(answers, {"event": "progress", "done": done, "note": note})

    if learner is None:
        JOBS[job.job](Path(job.folder), heard)
    else:
        JOBS[job.job](Path(job.folder), heard, learner)


def _spawn(job: Job) -> int:
    with (Path(job.folder) / LOG).open("ab") as log:
        command = [sys.executable, "-m", JOBS[job.job].__module__, job.folder]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _SPAWNED[process.pid] = process
    return process.pid


_SPAWNED: dict[int, subprocess.Popen[bytes]] = {}


def _poll(pid: int) -> tuple[bool, int, float]:
    """Whether the process has ended, its exit code (minus the signal's number) and its peak memory in MB."""
    if not hasattr(os, "wait4"):
        code = _SPAWNED[pid].poll()
        return code is not None, code or 0, 0.0
    found, status, usage = os.wait4(pid, os.WNOHANG)
    if not found:
        return False, 0, 0.0
    unit = MB if sys.platform == "darwin" else 1_024
    if pid in _SPAWNED:
        _SPAWNED.pop(pid).returncode = 0  # reaped here
    return True, os.waitstatus_to_exitcode(status), usage.ru_maxrss / unit


def _resident_mb(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss) / MB
    except psutil.Error:
        return 0.0


def _kill(pid: int) -> None:
    """End a process and those that it has started."""
    with contextlib.suppress(psutil.Error):
        first = psutil.Process(pid)
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                process.kill()


def main() -> None:
    """Load the family's libraries, then serve standard input."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not reach the answers
    preload(sys.argv[1], sys.argv[2:])
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
