"""The person's own list of terms to review: a file with a term a line and, after a comma, its category."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fathom.analytics.words import WORD
from fathom.data.dialect import codec_of, encoding_of
from fathom.data.samples.documents import terms as sample_terms
from fathom.errors import DataError
from fathom.messages import phrase

HEADERS = frozenset({"term", "terms", "word", "pattern", "용어", "단어", "검토어"})
MOST = 5_000  # terms; a longer list is a dictionary, and everything would be a hit
SAMPLE = "sample:documents"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as the person wrote it, its category ("" for none), and its words in small letters."""

    text: str
    category: str
    words: tuple[str, ...]


Given = str | Path | Iterable[str | tuple[str, str]] | Mapping[str, str]


def terms(given: Given) -> tuple[Term, ...]:
    """The terms of a file, of "sample:documents", or of a list of terms or of pairs of term and category.

    A line that begins with # is a remark. DataError, with the line, for what holds no word.

    >>> [term.category for term in terms([("cash only", "payment"), "receipt"])]
    ['payment', '']
    """
    where = ""
    if isinstance(given, str | Path):
        where = str(given)
        pairs = _rows(sample_terms() if where == SAMPLE else _text(Path(given).expanduser()), where)
    elif isinstance(given, Mapping):
        pairs = [(str(term), str(category)) for term, category in given.items()]
    else:
        pairs = [(each, "") if isinstance(each, str) else (str(each[0]), str(each[1])) for each in given]
    found: dict[tuple[str, ...], Term] = {}
    for term, category in pairs:
        words = tuple(WORD.findall(unicodedata.normalize("NFC", term).lower()))
        if not words:
            raise DataError(
                phrase("The term '{term}' holds no word.", term=term[:60]),
                where=where,
                remedy=phrase("Write a term a line, and its category after a comma: cash only,payment"),
            )
        found.setdefault(words, Term(" ".join(term.split()), category.strip(), words))
    if not found:
        raise DataError(
            phrase("The list of terms is empty."),
            where=where,
            remedy=phrase("Write a term a line, and its category after a comma: cash only,payment"),
        )
    if len(found) > MOST:
        raise DataError(
            phrase("There are {count:,} terms; {most:,} can be looked for.", count=len(found), most=MOST),
            where=where,
            remedy=phrase("Shorten the list, or look for its parts one after the other."),
        )
    return tuple(found.values())


def _rows(text: str, where: str) -> list[tuple[str, str]]:
    """Term and category of each line, a header and remarks left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, skipinitialspace=True)]
    except csv.Error as error:
        raise DataError(
            phrase("The list of terms cannot be read: {error}.", error=error),
            where=where,
            remedy=phrase("Look at its quotes."),
        ) from error
    if rows and rows[0] and rows[0][0].lower() in HEADERS and (len(rows[0]) > 1 or len(rows) > 1):
        rows = rows[1:]
    return [(row[0], row[1] if len(row) > 1 else "") for row in rows if row and row[0]]


def _text(path: Path) -> str:
    if not path.is_file():
        raise DataError(
            phrase("There is no file '{path}'.", path=path),
            where="--terms",
            remedy=phrase("Write a term a line, and its category after a comma: cash only,payment"),
        )
    encoding, errors = codec_of(encoding_of(path))
    return path.read_bytes().decode(encoding, errors).removeprefix("\ufeff")
