"""Files that a command is asked to write: refused before any work is done."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from fathom.errors import FathomError
from fathom.messages import phrase


def writable(path: str, option: str, suffixes: Sequence[str]) -> Path:
    """The path, once it is sure that a file with a known suffix can stand there; checked before any work is done."""
    place = Path(path).expanduser()
    if place.is_dir():
        raise FathomError(
            phrase("A folder stands where a file is to be written."),
            where=f"{option} {path}",
            remedy=phrase("Name a file in it: {option} {place}", option=option, place=place / ("result" + suffixes[0])),
        )
    if place.suffix.lower() not in suffixes:
        near = difflib.get_close_matches(place.suffix.lower(), suffixes, n=1) or suffixes[:1]
        raise FathomError(
            phrase("'{suffix}' is no kind of file that can be written here.", suffix=place.suffix or place.name),
            where=f"{option} {path}",
            remedy=phrase(
                "The suffix is one of {names}; for example {option} {place}",
                names=", ".join(suffixes),
                option=option,
                place=place.with_suffix(near[0]),
            ),
        )
    if not place.parent.is_dir():
        raise FathomError(
            phrase("There is no folder '{parent}'.", parent=place.parent),
            where=f"{option} {path}",
            remedy=phrase("Make it first: mkdir -p '{parent}'", parent=place.parent),
        )
    return place
