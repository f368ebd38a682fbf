"""Files that a command writes: refused early, written beside, renamed into place."""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it becomes `target` in one rename, or nothing is left of it."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise FathomError(
            f"'{target.name}' could not be written: {error.strerror or error}.",
            where=str(target),
            remedy="Nothing was changed. Free some space or choose another place, then repeat the command.",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
