"""What commands print: results on stdout, everything else on stderr; plain text, UTF-8, no colours where unwanted."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

LONGEST_LINE = 100
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def speak_utf8() -> None:
    """Have stdout and stderr write UTF-8 whatever the locale is: labels and paths may be in any script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(text: str) -> None:
    """A line for the person at the terminal, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def show(data: Any, text: str, as_json: bool) -> None:
    """A command's result on stdout: as JSON, or as text."""
    if as_json:
        print_json(data)
    else:
        sys.stdout.write(text.rstrip("\n") + "\n")


def print_json(data: Any) -> None:
    """One JSON value on stdout; a number that JSON has no word for is null."""
    sys.stdout.write(json.dumps(finite(data), ensure_ascii=False, indent=2, default=str) + "\n")


def finite(data: Any) -> Any:
    """The same data with null for NaN and infinities.

    >>> finite({"score": float("nan"), "list": (1.0, float("inf"))})
    {'score': None, 'list': [1.0, None]}
    """
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, dict):
        return {str(key): finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [finite(value) for value in data]
    return data


def coloured(stream: TextIO) -> bool:
    """Whether to write colours: to a terminal, unless NO_COLOR is set or the terminal is dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def bold(text: str) -> str:
    """The text in bold, where stdout shows colours."""
    return f"{BOLD}{text}{PLAIN}" if coloured(sys.stdout) else text


def wrapped(text: str) -> str:
    """The text in lines that fit the terminal and the eye."""
    room = min(shutil.get_terminal_size((LONGEST_LINE, 0)).columns, LONGEST_LINE)
    if text.isascii():
        return textwrap.fill(text, room)
    lines = [""]
    for word in text.split():  # by terminal cells, which `textwrap` does not know
        if lines[-1] and width(lines[-1]) + 1 + width(word) > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return "\n".join(lines)


def width(text: str) -> int:
    """The number of terminal cells that the text takes; Hangul and other wide letters take two.

    >>> width("한글"), width("abc")
    (4, 3)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """The rows under their header in aligned columns; `right`: positions of the columns that align right.

    >>> print(table(["name", "rows"], [["digits", "1,797"], ["sales", "12"]], right=[1]))
    name     rows
    digits  1,797
    sales      12
    """
    lines = [[printable(cell) for cell in line] for line in [header, *rows]]
    widths = [max(width(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(_padded(cell, widths[i], i in right) for i, cell in enumerate(line)).rstrip() for line in lines
    )


def printable(text: str) -> str:
    """The text without line breaks and control letters: a value from a file must not steer the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _padded(cell: str, cells: int, right: bool) -> str:
    space = " " * (cells - width(cell))
    return space + cell if right else cell + space
