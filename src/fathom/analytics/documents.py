"""The documents to analyse: a folder of text files, a text column of a table, or a list of texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.analytics.files import is_text, read_files, text_files
from fathom.data.dataset import Dataset, Source
from fathom.data.folders import TABLES
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.errors import DataError
from fathom.messages import phrase, plural

DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
DATED_SHARE = 0.95  # of the files' names that must hold a date
HANGUL, LATIN = re.compile("[가-힣]"), re.compile("[A-Za-z]")
SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Documents:
    """Texts that are not empty, each with its name, its row at the source (from 0) and its time (NaT for none)."""

    texts: tuple[str, ...]
    names: tuple[str, ...]  # a file's path; "" in a table, where rows have numbers
    rows: npt.NDArray[np.int64]
    times: npt.NDArray[np.datetime64] | None
    source: Source
    column: str  # the text column; "" for files
    time: str  # the time column; "" for none

    def __len__(self) -> int:
        return len(self.texts)


def documents(data: Any, text: str | None = None, time: str | None = None) -> Documents:
    """The documents of a folder (.txt, .md), of one such file, of a table's text column or of a list of texts.

    `text` and `time` name columns of a table; without them the column of the longest texts and the only column of
    times are taken. DataError where there is no document.

    >>> documents(["One claim.", " ", "Two claims."]).source.notices
    ('1 empty document was left out (row 2).',)
    """
    if isinstance(data, list | tuple) and data and all(isinstance(each, str) for each in data):
        return _kept(list(data), [""] * len(data), None, Source(), "", "")
    path = _path(data)
    if path is not None and (path.is_dir() or (text is None and is_text(path) and path.is_file())):
        files = text_files(path) if path.is_dir() else [path]
        if files:
            return _of_files(files, path, text, time)
        if not any(each.suffix.lower() in TABLES for each in path.iterdir()):
            raise _nothing(str(path))
    return _of_table(read(data), text, time)


def language(text: str) -> str:
    """A text's language: "ko" where Hangul prevails, "en" for Latin letters, else "other".

    >>> language("누수 claim 피해 접수"), language("A claim"), language("12.5 🙂")
    ('ko', 'en', 'other')
    """
    sample = text[:4_000]
    hangul, latin = len(HANGUL.findall(sample)), len(LATIN.findall(sample))
    if not hangul and not latin:
        return "other"
    return "ko" if 2 * hangul >= latin else "en"  # a Hangul syllable is worth two letters and more


def _path(data: Any) -> Path | None:
    if isinstance(data, Path):
        return data.expanduser()
    if isinstance(data, str) and not re.match("(sample|openml|hf):", data):
        return Path(data).expanduser()
    return None


def _of_files(files: list[Path], path: Path, text: str | None, time: str | None) -> Documents:
    if text or time:
        raise DataError(
            phrase("These are files of text, which have no columns."),
            where=str(path),
            remedy=phrase("Leave out --text and --time; dates in the files' names are found."),
        )
    texts, names, notices = read_files(files, path)
    if not texts:
        raise DataError(
            phrase("None of {count:,} files holds text.", count=len(files)),
            where=str(path),
            remedy=phrase("Export the documents as text (.txt) or Markdown (.md)."),
        )
    times = _dates(names)
    if times is not None:
        notices.append(phrase("Times come from the dates in the files' names."))
    source = Source(path.resolve().name if path.is_dir() else path.stem, str(path), tuple(notices))
    return _kept(texts, names, times, source, "", "")


def _of_table(dataset: Dataset, text: str | None, time: str | None) -> Documents:
    column, notices = _text_column(dataset, text), list(dataset.source.notices)
    if text is None:
        notices.append(phrase("The documents are column '{column}'.", column=column))
    when = time or _time_column(dataset)
    times = None
    if when:
        if dataset.column(when).kind != Kind.TIME:
            raise DataError(
                phrase("Column '{column}' holds no times.", column=when),
                where=dataset.source.location,
                remedy=phrase("Name a column of dates with --time, or leave it out."),
            )
        times = dataset[when].cast(pl.Datetime("us")).to_numpy()
    source = Source(dataset.source.name, dataset.source.location, tuple(notices), dataset.source.rows)
    texts = ["" if value is None else str(value) for value in dataset[column].to_list()]
    return _kept(texts, [""] * len(texts), times, source, column, when)


def _text_column(dataset: Dataset, text: str | None) -> str:
    if text is not None:
        if dataset.column(text).kind not in (Kind.TEXT, Kind.CATEGORY, Kind.SPANS):
            raise DataError(
                phrase("Column '{column}' holds no text.", column=text),
                where=dataset.source.location,
                remedy=phrase("Name the column of the documents with --text."),
            )
        return text
    texts = [column.name for column in dataset.columns if column.kind == Kind.TEXT]
    texts = texts or [column.name for column in dataset.columns if column.kind == Kind.CATEGORY]
    if not texts:
        raise DataError(
            phrase("There is no column of text."),
            where=dataset.source.location,
            remedy=phrase("The columns are: {names}.", names=", ".join(dataset.names[:20])),
        )
    lengths = {name: dataset[name].cast(pl.String).str.len_chars().mean() or 0 for name in texts}
    return max(texts, key=lambda name: float(str(lengths[name])))


def _time_column(dataset: Dataset) -> str:
    found = [column.name for column in dataset.columns if column.kind == Kind.TIME and not column.ignored]
    return found[0] if len(found) == 1 else ""


def _dates(names: list[str]) -> npt.NDArray[np.datetime64] | None:
    """The dates in the names, where nearly all have one."""
    found = [DATED.search(name) for name in names]
    if sum(map(bool, found)) < max(DATED_SHARE * len(names), 2):
        return None
    return pl.Series(["-".join(match.groups()) if match else None for match in found]).str.to_datetime(
        "%Y-%m-%d", strict=False, time_unit="us"
    ).to_numpy()  # fmt: skip


def _kept(texts: list[str], names: list[str], times: npt.NDArray[np.datetime64] | None, source: Source,
          column: str, time: str) -> Documents:  # fmt: skip
    """Without empty texts, which are counted; in one form of Unicode, so that Hangul is written in one way."""
    texts = [unicodedata.normalize("NFC", SURROGATES.sub("\ufffd", each)) for each in texts]
    rows = np.array([row for row, each in enumerate(texts) if each.strip()], dtype=np.int64)
    if not len(rows):
        raise _nothing(source.location)
    notices = list(source.notices)
    if empty := len(texts) - len(rows):
        first = next(row for row, each in enumerate(texts) if not each.strip())
        notices.append(plural(
            empty,
            "{count:,} empty document was left out ({first}).",
            "{count:,} empty documents were left out (first: {first}).",
            first=names[first] or phrase("row {row:,}", row=first + 1),
        ))  # fmt: skip
    return Documents(
        tuple(texts[row] for row in rows),
        tuple(names[row] for row in rows),
        rows,
        None if times is None else times[rows],
        Source(source.name, source.location, tuple(notices), source.rows),
        column,
        time,
    )


def _nothing(where: str) -> DataError:
    return DataError(
        phrase("There is no document with text."),
        where=where,
        remedy=phrase("Give a folder of .txt or .md files, or a table and its text column (--text COLUMN)."),
    )
