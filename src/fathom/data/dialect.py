"""How a text table is written: its encoding and its delimiter."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from fathom.data.mixture import CHUNK, HANGUL, MIXED, holds, is_mixed, korean, lines_by_encoding
from fathom.data.mixture import DAMAGED as DAMAGED_LINES
from fathom.errors import DataError
from fathom.messages import again, phrase, plural

SAMPLE = 1 << 18  # bytes that delimiters are tried on
LINES = 200
DELIMITERS = (",", "\t", ";", "|")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DAMAGED = "utf-8-damaged"  # a name of ours: UTF-8 read with replacements
SPOKEN = {
    "utf-8": "UTF-8",
    "utf-8-sig": phrase("UTF-8 with a byte order mark"),
    DAMAGED: phrase("UTF-8, but for some damaged bytes, which became �"),
    MIXED: phrase("several encodings, found line by line"),
    "utf-16": "UTF-16",
    "cp949": phrase("CP949 (Korean Windows)"),
    "cp1252": "Windows-1252 (Latin-1)",
    "latin-1": phrase("Latin-1, for want of a better one: parts may be garbled if the file mixes encodings"),
}
DELIMITERS_SPOKEN = {",": phrase("commas"), "\t": phrase("tabs"), ";": phrase("semicolons"), "|": phrase("bars")}
PLAIN = re.compile(r"^\s*(?:[+-]?[\d.,]+\s?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|[\w .'@:/+-]*)\s*$")


def encoding_of(path: Path) -> str:
    """The encoding of a whole file, as Python names it: UTF-8 where it is valid, else CP949, else Latin-1.

    Where lines differ, it is `MIXED`, a codec that reads each line in its own.
    A NUL byte outside UTF-16 is a DataError that names the line.
    """
    with path.open("rb") as file:
        start = file.read(CHUNK)
        for mark, encoding in BOMS:
            if start.startswith(mark):
                return encoding
        refuse_nul(file, path)
        if _valid(file, "utf-8"):
            return "utf-8"
        if korean(start) and _valid(file, "cp949") and not holds(path, HANGUL):
            return "cp949"
        if is_mixed(path):
            return MIXED
        if _mostly_utf8(start):
            return DAMAGED
        if korean(start) and _valid(file, "cp949"):
            return "cp949"
        return "cp1252" if _valid(file, "cp1252") else "latin-1"


def codec_of(encoding: str) -> tuple[str, str]:
    """The codec of an encoding, and what to do about bytes that it does not know."""
    return ("utf-8", "replace") if encoding == DAMAGED else (encoding, "strict")


def encoding_told(path: Path, encoding: str) -> list[str]:
    """Notices of a file's encoding: none for UTF-8; where lines differ, how many do and the first of them."""
    if encoding != MIXED:
        return [] if encoding == "utf-8" else [phrase("Encoding: {encoding}.", encoding=again(SPOKEN[encoding]))]
    found = lines_by_encoding(path)
    damaged = found.pop(DAMAGED_LINES, None)
    most, *others = sorted(found, key=lambda name: -found[name][0])
    notices = []
    for other in others:
        count, first = found[other]
        notices.append(
            plural(
                count,
                "Line {first:,} is in {encoding} in a file in {most}; it was read as such.",
                "{count:,} lines are in {encoding} in a file in {most}, the first is line {first:,}; "
                "they were read as such.",
                first=first,
                encoding=again(SPOKEN[other]),
                most=again(SPOKEN[most]),
            )
        )
    if damaged:
        notices.append(
            plural(
                damaged[0],
                "Line {first:,} has damaged bytes, which became �.",
                "{count:,} lines have damaged bytes, which became � (first: line {first:,}).",
                first=damaged[1],
            )
        )
    return notices


def refuse_nul(file: BinaryIO, path: Path) -> None:
    """Raise a DataError that names the first line with a NUL byte."""
    file.seek(0)
    lines = 1
    while chunk := file.read(CHUNK):
        if (place := chunk.find(b"\0")) >= 0:
            line = lines + chunk.count(b"\n", 0, place)
            raise DataError(
                phrase("A NUL byte stands in the text: the file is damaged, or no text table."),
                where=phrase("{path}, line {line:,}", path=path, line=line),
                remedy=phrase("Export it again as CSV in UTF-8."),
            )
        lines += chunk.count(b"\n")


def _valid(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if not (encoding == "utf-8" and chunk.isascii()):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(start: bytes) -> bool:
    """Whether many characters are whole UTF-8 and few are not: one bad byte must not garble all the others."""
    text = start.decode("utf-8", errors="replace")
    beyond = len(re.findall(r"[^\x00-\x7f]", text))
    bad = text.count("\ufffd")
    return beyond - bad >= 20 and bad <= 0.05 * beyond


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the text into the most regular table of the plainest cells.

    After van den Burg et al., "Wrangling messy CSV files by detecting row and type patterns", 2019.

    >>> delimiter_of("name;price\\nbread;1,20\\nmilk;0,95\\n")
    ';'
    """
    scores = {mark: _regularity(text, mark) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: scores[mark])


def _regularity(text: str, delimiter: str) -> float:
    try:
        rows = [row for row in islice(csv.reader(text.splitlines(True), delimiter=delimiter), LINES) if row]
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    header = len(rows[0]) == width
    cells = [cell for row in rows for cell in row]
    plain = sum(bool(PLAIN.match(cell)) for cell in cells) / len(cells)
    return (1 - 1 / width) * (count / len(rows)) ** 2 * (0.2 + plain) * (1.0 if header else 0.5)
