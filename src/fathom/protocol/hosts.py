"""The study's side of its hosts: starting them, giving them jobs, hearing them, ending them."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from fathom.learner import Learner
from fathom.messages import phrase, restore
from fathom.protocol import host
from fathom.protocol.host import Job

Heard = Callable[[float, str], None]
SPIN = "1000"  # idle OpenMP threads give way soon instead of starving their neighbours; set before they start
GONE = {"status": "failed", "message": phrase("the process that runs its family ended unexpectedly"), "peak_mb": None}


class Host:
    """One family's host process; it is started again if it is lost.

    `start` makes the process and gives its id, the end to write to and the end to read from.
    """

    def __init__(self, start: Callable[[], tuple[int, IO[bytes], IO[bytes]]]) -> None:
        self._start = start
        self._pid: int | None = None
        self.open()

    def open(self) -> None:
        """Start the process and listen to it."""
        self._pid, self._commands, answers = self._start()
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ready = False
        threading.Thread(target=_listen, args=(answers, self._answers), daemon=True).start()

    def ready(self) -> None:
        """Wait until the process has loaded its libraries, so that no trial pays for that."""
        if not self._ready:
            self._ready = True
            self._next()

    def run(self, job: Job, heard: Heard) -> dict[str, Any]:
        """Run a job to its end: status ("" where it ended by itself), message, peak_mb and seconds."""
        try:
            if self._pid is None:
                self.open()
            self.ready()
            self._commands.write(json.dumps(asdict(job)).encode() + b"\n")
            self._commands.flush()
        except OSError:
            self.close()
            return dict(GONE)
        while line := self._next():
            news = restore(json.loads(line))
            if news.pop("event") == "ended":
                return dict(news)
            heard(news["done"], news["note"])
        self.close()
        return dict(GONE)

    def close(self) -> None:
        """End the host and whatever it runs, now."""
        if self._pid is None:
            return
        with contextlib.suppress(OSError):
            self._commands.close()
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._pid, signal.SIGKILL)  # the host leads a group of its own
            else:
                os.kill(self._pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            os.waitpid(self._pid, 0)
        self._pid = None

    def _next(self) -> bytes:
        while True:
            with contextlib.suppress(queue.Empty):
                return self._answers.get(timeout=1.0)  # comes back, so that Ctrl-C is heard everywhere


def family_host(family: str, threads: int, names: Sequence[str] = ()) -> Host:
    """The host that makes the catalog's learners of one family; `threads` is what a trial may use.

    It loads the libraries of the learners in `names`; of all that compete where there are none.
    """

    def start() -> tuple[int, IO[bytes], IO[bytes]]:
        environment = {"OMP_NUM_THREADS": str(threads), "GOMP_SPINCOUNT": SPIN, **os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "fathom.protocol.host", family, *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        process.returncode = 0  # `Host.close` waits for it
        assert process.stdin is not None
        assert process.stdout is not None
        return process.pid, process.stdin, process.stdout

    return Host(start)


def own_host(learners: Mapping[str, Learner]) -> Host | None:
    """A host forked from this process, which holds a person's own objects; None where forking is not safe.

    Polars' threads do not survive a fork, and the child would wait for them for ever. So it must happen
    before this process uses Polars.
    """
    if not host.FORKS or _polars_has_threads():
        return None

    def start() -> tuple[int, IO[bytes], IO[bytes]]:
        if _polars_has_threads():
            raise OSError("too late to fork")
        commands_out, commands_in = os.pipe()
        answers_out, answers_in = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _be_host(commands_out, answers_in, (commands_in, answers_out), learners)
        os.close(commands_out)
        os.close(answers_in)
        return pid, os.fdopen(commands_in, "wb"), os.fdopen(answers_out, "rb")

    return Host(start)


def _be_host(commands: int, answers: int, others: tuple[int, int], learners: Mapping[str, Learner]) -> None:
    try:
        os.setsid()
        for end in others:
            os.close(end)
        host.serve(os.fdopen(commands, "rb"), os.fdopen(answers, "wb", buffering=0), learners)
    finally:
        os._exit(0)


def _polars_has_threads() -> bool:
    names = Path("/proc/self/task").glob("*/comm")
    return any(re.match(r"polars-\d", name.read_text()) for name in names)


def _listen(answers: IO[bytes], into: queue.SimpleQueue[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError), answers:
        for line in answers:
            into.put(line)
    into.put(b"")
