"""Locks between processes that end with the process, however it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[Any], wait: bool) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[Any], wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock file `path`; yields whether it was got, which only `wait=False` can fail to.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "lock"
    >>> with locked(place) as first, locked(place, wait=False) as second:
    ...     print(first, second)
    True False
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:  # closing it lets go of the lock
        yield _lock(file, wait)
