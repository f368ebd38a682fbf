"""The store that a command works in."""

from __future__ import annotations

from pathlib import Path

from fathom.store import Store


def opened(folder: str | None) -> Store:
    """The store in this folder, or the person's own."""
    return Store(Path(folder).expanduser() if folder else None)
