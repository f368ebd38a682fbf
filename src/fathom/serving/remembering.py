"""What a served model remembers of events, kept on disk: now and then, when the server stops, and for its next start.

It stands beside the model's folder (NAME/3.memory), for the folder itself is sealed. Where nothing can be written
there, the server goes on, and starts from the training rows again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from pathlib import Path

from fathom.data.events.events import Events
from fathom.data.events.memory import MOST_FRESH, Memory
from fathom.errors import FathomError
from fathom.folders import MANIFEST, check_manifest, whole_folder, write_json

SUFFIX = ".memory"
MARK = "mark.json"
SETTLED = MOST_FRESH // 2  # fresh events from which on older ones are made sums beside the answering
SECONDS = 60.0  # between two times that it is written; what came since is lost where the process is killed

log = logging.getLogger("fathom.serving")


def place_of(folder: Path) -> Path:
    """Where what the model in `folder` remembers while it is served is kept.

    >>> place_of(Path("models/payments/3")).name
    '3.memory'
    """
    folder = folder.resolve()
    return folder.with_name(folder.name + SUFFIX)


def recalled(place: Path, model: Path, events: Events) -> Memory | None:
    """What was kept there for this very model; None where there is nothing, or it is another's or damaged."""
    if not place.is_dir():
        return None
    try:
        check_manifest(place)
        if json.loads((place / MARK).read_text("utf-8"))["model"] != mark(model):
            raise ValueError("of another model")
        return Memory.load(place, events)
    except (FathomError, OSError, ValueError, KeyError, TypeError) as error:
        log.warning("what was remembered at %s is left aside: %s", place, error)
        return None


def mark(model: Path) -> str:
    """What tells a model's folder from any other: the digest of its manifest; "" where it has none."""
    try:
        return hashlib.sha256((model / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


class Keeper:
    """Writes a memory now and then while a server runs, and once more when it stops."""

    def __init__(self, memory: Memory, model: Path, seconds: float = SECONDS) -> None:
        self.memory, self.model, self.seconds = memory, model, seconds
        self.place = place_of(model)
        self.written = len(memory)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, within a running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._now_and_then())

    async def stop(self) -> None:
        """Write what came last."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.write()

    def write(self) -> bool:
        """Write what is remembered, whole or not at all; False where nothing is new, or it cannot be written."""
        known = len(self.memory)
        if known == self.written:
            return False
        try:
            with whole_folder(self.place) as beside:
                self.memory.save(beside)
                write_json(beside / MARK, {"model": mark(self.model)})
        except (FathomError, OSError) as error:
            log.warning("what is remembered of events cannot be kept at %s: %s", self.place, error)
            return False
        self.written = known
        return True

    async def _now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self.seconds)
            await asyncio.to_thread(self.write)
            if len(self.memory.fresh) >= SETTLED:  # before the memory must do it while an event waits
                await asyncio.to_thread(self.memory.prepare)
