"""Text files that mix encodings: each line is read in the one that fits it, by a codec of Python's that knows lines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHUNK = 1 << 24
MIXED = "fathom_mixed_lines"  # the codec
DAMAGED = "damaged"  # a line of UTF-8 that is read with replacements
PAIRED = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xfe]{2})*")  # all that CP949 takes from KS X 1001
ACCENTED = re.compile(rb"[A-Za-z][\xc0-\xfe]|[\xc0-\xfe][A-Za-z]")  # a letter of Latin-1 in a word
WHOLE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")  # about UTF-8
HANGUL = re.compile(rb"(?:[\xea-\xed][\x80-\xbf]{2}){2}")  # two syllables in UTF-8; hardly ever CP949


def korean(data: bytes) -> bool:
    """Whether bytes above 127 come in the pairs of common Hangul; Latin letters with accents stand alone."""
    high = len(re.findall(rb"[\x80-\xff]", data))
    pairs = len(re.findall(rb"[\xb0-\xc8][\xa1-\xfe]", data))
    return high > 0 and 2 * pairs >= 0.6 * high


def read_line(line: bytes) -> tuple[str, str]:
    """A line, and the encoding that it is read in: "" where all is ASCII, so that any does.

    >>> [read_line("가나".encode(name)) for name in ("utf-8", "cp949")]
    [('가나', 'utf-8'), ('가나', 'cp949')]
    """
    if line.isascii():
        return line.decode("ascii"), ""
    try:
        return line.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if korean(line) or PAIRED.fullmatch(line):
        try:
            return line.decode("cp949"), "cp949"
        except UnicodeDecodeError:
            pass
    if not ACCENTED.search(line) or WHOLE.search(line):
        return line.decode("utf-8", "replace"), DAMAGED
    try:
        return line.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return line.decode("latin-1"), "cp1252"


def lines_by_encoding(path: Path) -> dict[str, tuple[int, int]]:
    """How many lines of a file are in each encoding, and the first of them (from 1); those in ASCII are not counted."""
    found: dict[str, tuple[int, int]] = {}
    for number, encoding in _encodings(path):
        count, first = found.get(encoding, (0, number))
        found[encoding] = count + 1, first
    return found


def is_mixed(path: Path) -> bool:
    """Whether lines that only UTF-8 explains stand beside lines that only another encoding does."""
    if not holds(path, WHOLE):  # much faster than line by line
        return False
    found = set()
    for _, encoding in _encodings(path):
        found.add(encoding)
        if "utf-8" in found and ("cp949" in found or "cp1252" in found):
            return True
    return False


def holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether a pattern stands anywhere in a file."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if pattern.search(chunk + file.readline()):  # whole lines
                return True
    return False


def _encodings(path: Path) -> Iterator[tuple[int, str]]:
    """The encoding of each line that is not all ASCII."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.isascii():
                yield number, read_line(line)[1]


class _Lines(codecs.BufferedIncrementalDecoder):
    """Keeps the begun line until its end has come."""

    def _buffer_decode(self, data: Any, errors: str, final: bool) -> tuple[str, int]:
        data = bytes(data)
        whole = data if final else data[: data.rfind(b"\n") + 1]
        return _decode(whole)


def _decode(data: Any, errors: str = "strict") -> tuple[str, int]:
    data = bytes(data)
    return "".join(read_line(line)[0] for line in _parted(data)), len(data)


def _parted(data: bytes) -> Iterator[bytes]:
    """Lines with their ends; only \\n ends one, as in a file of bytes."""
    *whole, last = data.split(b"\n")
    yield from (line + b"\n" for line in whole)
    yield last


def _found(name: str) -> codecs.CodecInfo | None:
    if name != MIXED:
        return None
    return codecs.CodecInfo(codecs.utf_8_encode, _decode, incrementaldecoder=_Lines, name=MIXED)


codecs.register(_found)
