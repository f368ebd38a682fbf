"""CoNLL: a word and its tag on each line, a blank line after each sentence; or a character and its tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from fathom.data.dialect import codec_of, encoding_of, encoding_told
from fathom.data.spans import Span, stored
from fathom.data.tags import OUTSIDE, TAG, decode, scheme_of
from fathom.errors import DataError
from fathom.messages import phrase

TEXT, ENTITIES = "text", "entities"  # what the columns are called
SUFFIXES = (".conll", ".bio", ".iob", ".iob2", ".bioes", ".ner", ".annotated")
DOCUMENT = "-DOCSTART-"
LOOK = 400  # lines that tell whether a text file is CoNLL
FEWEST = 5  # lines with a tag
NO_TAG = re.compile(r"(?:-|_|\*)?\Z")
ONE_CHARACTER = 0.999  # share of words of one character from which they are characters

Table = tuple[pl.DataFrame, tuple[str, ...]]


@dataclass
class Sentence:
    """Words, their tags, and the line of the first."""

    line: int
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def is_conll(path: Path) -> bool:
    """Whether a text file looks like CoNLL: on each line a word and a tag, the same number of columns everywhere."""
    if not path.is_file():  # a pipe or a device would be waited on for ever
        return False
    try:
        with path.open("rb") as file:
            lines = [line.decode("utf-8", "replace") for line in islice(file, LOOK)]
    except OSError:
        return False
    widths, tagged = set(), 0
    for line in lines:
        cells = _cells(line.rstrip("\r\n"))
        if not cells or cells[0] == DOCUMENT:
            continue
        if len(cells) < 2 or not TAG.match(cells[-1]):
            if _is_comment(line, cells):
                continue
            return False
        widths.add(len(cells))
        tagged += cells[-1] != OUTSIDE
    return len(widths) == 1 and tagged > 0 and len(lines) >= FEWEST


def read_conll(path: Path) -> Table:
    """Sentences as `text`, their words joined by blanks, and `entities`; notices of what was found and mended.

    A word is the first column of its line and its tag the last. Where words are single characters, they are joined
    by nothing.
    """
    encoding = encoding_of(path)
    codec, errors = codec_of(encoding)
    text = path.read_bytes().decode(codec, errors=errors).removeprefix("\ufeff")
    sentences = list(_sentences(text, path))
    if not sentences:
        raise DataError(
            phrase("The file is empty."), where=str(path), remedy=phrase("Check how it was exported or copied.")
        )
    scheme = scheme_of(sentence.tags for sentence in sentences)
    if not scheme:
        raise _no_scheme(sentences, path)
    characters = _are_characters(sentences)
    rows, broken = [], []
    for sentence in sentences:
        spans, wrong = _placed(sentence, scheme, "" if characters else " ")
        rows.append(spans)
        broken += [sentence.line + place for place in wrong]
    texts = [("" if characters else " ").join(sentence.words) for sentence in sentences]
    frame = pl.DataFrame([pl.Series(TEXT, texts, dtype=pl.String), stored(ENTITIES, rows)])
    return frame, _notices(frame, scheme, characters, encoding_told(path, encoding), broken)


def _sentences(text: str, path: Path) -> Iterator[Sentence]:
    sentence = Sentence(1)
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        cells = _cells(line)
        if not cells or cells[0] == DOCUMENT:
            if sentence.words:
                yield sentence
            sentence = Sentence(number + 1)
            continue
        if _is_comment(line, cells):
            if not sentence.words:
                sentence.line = number + 1
            continue
        if len(cells) < 2:
            raise DataError(
                phrase("The word '{word}' has no tag.", word=cells[0][:40]),
                where=phrase("{path}, line {line:,}", path=path, line=number),
                remedy=phrase("Write a word, a tab or a blank, and its tag (O where it belongs to nothing)."),
            )
        sentence.words.append(cells[0])
        sentence.tags.append(OUTSIDE if NO_TAG.match(cells[-1]) else cells[-1])
    if sentence.words:
        yield sentence


def _cells(line: str) -> list[str]:
    """The columns of a line: parted by tabs where it has one, else by blanks; none for a blank line."""
    if not line.strip():
        return []
    if "\t" in line:
        word, *others = line.split("\t")
        return [word, *(cell.strip() for cell in others)]
    cells = line.split()
    return [" ", *cells] if line[0] == " " and len(cells) == 1 else cells


def _is_comment(line: str, cells: list[str]) -> bool:
    """Whether a line that begins with # is a remark and no word: then it does not end in a tag."""
    return line.startswith("#") and (len(cells) < 2 or not TAG.match(cells[-1]))


def _are_characters(sentences: list[Sentence]) -> bool:
    """Whether the file cuts its text into characters; blanks are then characters too, or not written at all."""
    lengths = [len(word) for sentence in sentences for word in sentence.words]
    single = sum(length <= 1 for length in lengths)
    blanks = any(word == " " for sentence in sentences for word in sentence.words)
    return single >= ONE_CHARACTER * len(lengths) and (blanks or len(lengths) > 10 * len(sentences))


def _placed(sentence: Sentence, scheme: str, gap: str) -> tuple[list[Span], list[int]]:
    """The sentence's spans by characters of its text, and the words whose tags break the rules."""
    starts, place = [], 0
    for word in sentence.words:
        starts.append(place)
        place += len(word) + len(gap)
    found, broken = decode(sentence.tags, scheme)
    ends = [start + len(word) for start, word in zip(starts, sentence.words, strict=True)]
    return [(starts[first], ends[after - 1], label) for first, after, label in found], broken


def _notices(
    frame: pl.DataFrame, scheme: str, characters: bool, encoding: list[str], broken: list[int]
) -> tuple[str, ...]:
    entities = int(frame[ENTITIES].list.len().sum())
    said = phrase(
        "Read as CoNLL ({scheme} tags of words): {sentences:,} sentences, {entities:,} entities.",
        scheme=scheme,
        sentences=frame.height,
        entities=entities,
    )
    if characters:
        said = phrase(
            "Read as CoNLL ({scheme} tags of characters): {sentences:,} sentences, {entities:,} entities.",
            scheme=scheme,
            sentences=frame.height,
            entities=entities,
        )
    notices = [said, *encoding]
    if broken:
        notices.append(
            phrase(
                "{count:,} tags break the rules of {scheme} (first: line {line:,}); what goes on without a beginning "
                "was taken as one.",
                count=len(broken),
                scheme=scheme,
                line=broken[0],
            )
        )
    return tuple(notices)


def _no_scheme(sentences: list[Sentence], path: Path) -> DataError:
    """The error for tags that are written in no scheme: the first that has no prefix."""
    for sentence in sentences:
        for place, tag in enumerate(sentence.tags):
            if tag != OUTSIDE and not TAG.match(tag):
                return DataError(
                    phrase("'{tag}' is no tag.", tag=tag[:40]),
                    where=phrase("{path}, line {line:,}", path=path, line=sentence.line + place),
                    remedy=phrase("Tags are O, or B- and I- with a label behind them (also BIOES and BILOU)."),
                )
    return DataError(phrase("No line has a tag."), where=str(path))
