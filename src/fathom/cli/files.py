"""Files that a command is asked to write: refused before any work is done."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from fathom.errors import FathomError


def writable(path: str, option: str, suffixes: Sequence[str]) -> Path:
    """The path, once it is sure that a file with a known suffix can stand there; checked before any work is done."""
    place = Path(path).expanduser()
    if place.is_dir():
        raise FathomError(
            "A folder stands where a file is to be written.",
            where=f"{option} {path}",
            remedy=f"Name a file in it: {option} {place / ('result' + suffixes[0])}",
        )
    if place.suffix.lower() not in suffixes:
        near = difflib.get_close_matches(place.suffix.lower(), suffixes, n=1) or suffixes[:1]
        raise FathomError(
            f"'{place.suffix or place.name}' is no kind of file that can be written here.",
            where=f"{option} {path}",
            remedy=f"The suffix is one of {', '.join(suffixes)}; for example {option} {place.with_suffix(near[0])}",
        )
    if not place.parent.is_dir():
        raise FathomError(
            f"There is no folder '{place.parent}'.", where=f"{option} {path}", remedy=f"mkdir -p '{place.parent}'"
        )
    return place
