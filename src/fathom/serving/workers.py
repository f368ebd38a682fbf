"""Several processes that answer on one socket: the kernel hands each connection to one of them.

Python runs one thread at a time in a process, so more processes are how one machine answers more. Each has its own
model, queue and metrics. Settings go to a child through its standard input, so that no token shows in a process list.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.serving.limits import Limits

SHORTEST_LIFE = 10.0  # seconds; a process that ends sooner would end again
MODULE = "fathom.serving.worker"


def supervise(listener: socket.socket, count: int, settings: dict[str, Any]) -> None:
    """Keep `count` processes answering on `listener` until SIGTERM or Ctrl-C, which are passed on to them.

    One that dies is replaced; a FathomError where it dies as soon as it was started.
    """
    if sys.platform == "win32":
        raise FathomError(
            phrase("Several processes on one socket need Linux or macOS."), remedy=phrase("Leave --workers out.")
        )
    crew = Crew(lambda: start(listener, settings))
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, crew.stop)
    try:
        crew.run(count)
    finally:
        crew.stop(signal.SIGTERM)


class Crew:
    """The processes, and when each was started."""

    def __init__(self, hire: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.hire = hire
        self.members: dict[int, tuple[subprocess.Popen[bytes], float]] = {}
        self.stopping = False

    def run(self, count: int) -> None:
        """Hire `count`, replace who dies, return when all have gone after `stop`."""
        for _ in range(count):
            self.add()
        while self.members:
            pid, status = os.wait()
            _, since = self.members.pop(pid, (None, 0.0))
            if self.stopping:
                continue
            if time.monotonic() - since < SHORTEST_LIFE:
                raise FathomError(
                    phrase(
                        "A server process ended at once (status {status}).",
                        status=os.waitstatus_to_exitcode(status),
                    )
                )
            self.add()

    def add(self) -> None:
        """Hire one more."""
        member = self.hire()
        self.members[member.pid] = (member, time.monotonic())

    def stop(self, sig: int, frame: object = None) -> None:
        """Pass a signal on to all; none is replaced from now on."""
        self.stopping = True
        for pid in list(self.members):
            os.kill(pid, sig)


def start(listener: socket.socket, settings: dict[str, Any]) -> subprocess.Popen[bytes]:
    """A process that answers on `listener`."""
    descriptor = listener.fileno()
    process = subprocess.Popen([sys.executable, "-m", MODULE], stdin=subprocess.PIPE, pass_fds=[descriptor])
    assert process.stdin is not None
    with process.stdin as stdin:
        stdin.write(json.dumps({**settings, "descriptor": descriptor}).encode())
    return process


def packed(model: str | Path, limits: Limits, **settings: Any) -> dict[str, Any]:
    """Settings as JSON data for `worker`."""
    return {"model": str(Path(model).resolve()), "limits": asdict(limits), **settings}
