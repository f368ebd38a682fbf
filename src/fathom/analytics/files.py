"""A folder of documents: text files in any encoding that is found, one document each; what is none is counted."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

from fathom.data.dialect import SPOKEN, codec_of, encoding_of
from fathom.errors import DataError
from fathom.messages import again, phrase, plural

SUFFIXES = (".txt", ".md", ".markdown", ".text")
MOST_BYTES = 64 << 20  # of one file; what is longer is cut
PRINTABLE = 0.95  # share of letters that a text has of those a person types
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
TYPED = re.compile(r"[\t\n\r -~가-힣ㄱ-ㅣ\u2010-\u2027\u3000-\u303f\uff01-\uff5e\u00a0-\u024f]")
MARKS = (  # of Markdown, what is no text
    (re.compile(r"\A---\n.*?\n---\n", re.DOTALL), ""),
    (re.compile(r"^```.*?^```\s*$", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"^#{1,6}[ \t]+(.*)$", re.MULTILINE), r"\1\n"),
    (re.compile(r"[*_`]{1,3}([^\s*_`][^*_`\n]*)[*_`]{1,3}"), r"\1"),
)
Read = tuple[list[str], list[str], list[str]]  # texts, names, notices


def is_text(path: Path) -> bool:
    """Whether the path is a text file by its name."""
    return path.suffix.lower() in SUFFIXES


def text_files(folder: Path) -> list[Path]:
    """The text files below a folder, sorted; hidden ones are left out."""
    found = []
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        found += [Path(place) / name for name in names if not name.startswith(".") and is_text(Path(name))]
    return sorted(found)


def read_files(paths: list[Path], root: Path) -> Read:
    """The documents of these files, their names relative to `root`, and notices of what was found and left out."""
    texts, names, notices = [], [], []
    encodings: Counter[str] = Counter()
    refused, cut = [], []
    for path in paths:
        name = str(path.relative_to(root).as_posix()) if path != root else path.name
        try:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise DataError(
                phrase("The file cannot be read: {strerror}.", strerror=error.strerror or error), where=str(path)
            ) from error
        if len(data) > MOST_BYTES:
            cut.append(name)
            data = data[:MOST_BYTES]
        decoded = decode(data, path)
        if decoded is None:
            refused.append(name)
            continue
        text, encoding = decoded
        encodings[encoding] += 1
        texts.append(plain(text) if path.suffix.lower() in (".md", ".markdown") else text)
        names.append(name)
    for encoding, count in encodings.items():
        if encoding != "utf-8":
            spoken = again(SPOKEN.get(encoding, encoding.upper()))
            notices.append(plural(count, "{count:,} file in {encoding}.", "{count:,} files in {encoding}.",
                                  encoding=spoken))  # fmt: skip
    if refused:
        notices.append(plural(
            len(refused),
            "{count:,} file was left out, because it holds no text: {first}.",
            "{count:,} files were left out, because they hold no text (first: {first}).",
            first=refused[0],
        ))  # fmt: skip
    if cut:
        notices.append(phrase("Of {first} the first {most:,} bytes were read.", first=cut[0], most=MOST_BYTES))
    return texts, names, notices


def decode(data: bytes, path: Path) -> tuple[str, str] | None:
    """The text of a file and its encoding; None where it is no text."""
    if b"\0" not in data:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
        else:
            return (text, "utf-8") if readable(text) else None
    try:
        encoding = encoding_of(path)
    except DataError:  # a NUL byte: no text, or UTF-16 without its mark
        return _unmarked(data)
    codec, errors = codec_of(encoding)
    text = data.decode(codec, errors if errors == "replace" else "ignore").removeprefix("\ufeff")
    return (text, encoding) if readable(text) else None


def _unmarked(data: bytes) -> tuple[str, str] | None:
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data[: len(data) // 2 * 2].decode(encoding, errors="replace")
        if text and len(TYPED.findall(text)) >= PRINTABLE * len(text):
            return text, "utf-16"
    return None


def readable(text: str) -> bool:
    """Whether a text is no binary file in disguise: control characters are rare in it."""
    return len(CONTROL.findall(text)) <= (1 - PRINTABLE) * len(text) / 10


def plain(text: str) -> str:
    """Markdown without its marks.

    >>> plain("# Claim\\nSee [the policy](a.md), **now**.")
    'Claim\\n\\nSee the policy, now.'
    """
    text = text.replace("\r\n", "\n")
    for mark, kept in MARKS:
        text = mark.sub(kept, text)
    return text
