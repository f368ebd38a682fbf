"""What a column of text holds: numbers, times, media, free text, identifiers or categories."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from fathom.data import media_paths, numbers, times
from fathom.data.cast import SPOKEN, texts
from fathom.data.kinds import Column, Kind
from fathom.messages import listed, phrase, plural

LOOK = 2_000  # distinct values that a first look takes in
MOST_MISTAKES = 0.1  # share of values that may be slips in a column of numbers
FEW_ROWS = 20  # below, that all values differ says nothing
FEW_VALUES = 20  # so few distinct values are labels, however long
YES_OR_NO = {
    frozenset(pair)
    for pair in (
        ("yes", "no"),
        ("true", "false"),
        ("y", "n"),
        ("t", "f"),
        ("on", "off"),
        ("예", "아니오"),
        ("예", "아니요"),
    )
}
WORDS_OF_TEXT, WORDS_OF_NAMED = 4.0, 1.5  # on average; the latter where the column's name says that it holds texts
TEXT_NAME = re.compile(
    r"(?i)(^|[_\W])(text|review|comment|sentence|tweet|message|question|utterance|document|headline|feedback|opinion)s?$"
    r"|글$|리뷰|댓글|본문|문장|질문|메시지|후기|의견"
)
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}]"  # scripts that put no spaces between words; two characters make a word
UNIQUE = 0.95  # share of distinct values from which short words are names of rows
ID_NAME = re.compile(
    r"(?i:^$|^unnamed[:_ ]*\d*$|^index$|^row([_ ]?(id|no|nr|num|number))?$|(^|[_\W])(id|uuid|guid|key|no|nr|num|pk)$"
    r"|number$)|[a-z](ID|Id|Key|No|Nr)$|번호$|순번$|아이디$"
)


def guess_text(series: pl.Series, folder: Path | None, *, only: Kind | None = None) -> Column:
    """The column that these texts make; with `only`, how they would be read as a number or a time."""
    words = texts(series)
    filled = words.drop_nulls()
    look = _look(filled)
    if only == Kind.NUMBER:
        return Column(series.name, Kind.NUMBER, format=numbers.detect(look)[0])
    if only == Kind.TIME:
        numbered = look.cast(pl.Float64, strict=False)
        if len(look) and not numbered.null_count() and not times.compact(look):
            return Column(series.name, Kind.TIME, format=times.counted(numbered))
        return Column(series.name, Kind.TIME, format=times.detect(look, share=0.0))
    if not len(filled):
        markers = ", ".join(f"'{value}'" for value in series.unique(maintain_order=True).drop_nulls().head(3))
        reason = phrase("only {markers}, which say nothing", markers=markers)
        return Column(series.name, Kind.CATEGORY, reason=reason, ignored="empty")
    note = _marked(series, words)
    found = (
        media_paths.guess(series.name, look, folder)
        or (_time(series.name, filled, look, note) if times.compact(look) else None)
        or _number(series.name, filled, look, note)
        or _time(series.name, filled, look, note)
    )
    return found or _words(series.name, filled, look, note)


def identifies_rows(series: pl.Series) -> str:
    """Why whole numbers name rows instead of measuring something; "" where they do not.

    >>> identifies_rows(pl.Series("customer_id", range(100)))
    'a different number in every row'
    >>> identifies_rows(pl.Series("size", range(100)))
    ''
    """
    series = series.drop_nulls()
    if len(series) < FEW_ROWS or not ID_NAME.search(series.name):
        return ""
    whole = series.dtype.is_integer() or (series.dtype.is_float() and (series == series.floor()).all())
    return phrase("a different number in every row") if whole and series.n_unique() >= 0.99 * len(series) else ""


def _look(filled: pl.Series) -> pl.Series:
    """Distinct values from all over the column."""
    step = max(1, len(filled) // (LOOK * 5))
    return filled.gather_every(step).unique(maintain_order=True).head(LOOK)


def _marked(series: pl.Series, words: pl.Series) -> str:
    """Which marker counts as missing, and how often."""
    marked = series.filter(words.is_null() & series.is_not_null() & (series.str.strip_chars() != ""))
    if not len(marked):
        return ""
    return phrase("'{marker}' counts as missing ({count:,} rows)", marker=marked[0].strip(), count=len(marked))


def _noted(reason: str, note: str) -> str:
    return phrase("{reason}; {note}", reason=reason, note=note) if note else reason


def _number(name: str, filled: pl.Series, look: pl.Series, note: str) -> Column | None:
    format, share = numbers.detect(look)
    if share < 0.5 or (numbers.codes(look) and numbers.codes(filled)):
        return None
    said = filled.set(filled.is_in(SPOKEN), None).drop_nulls()
    values = numbers.parse(said, format)
    slips = values.null_count()
    if slips > MOST_MISTAKES * len(said) or (slips and look.len() <= FEW_VALUES and len(said) > 2 * FEW_VALUES):
        return None
    if not slips and (named := identifies_rows(values.alias(name))):
        return Column(name, Kind.NUMBER, reason=named, ignored="identifier", format=format)
    comma = numbers.DECIMAL_COMMA in format
    reason: str = phrase("numbers, written with a decimal comma") if comma else phrase("numbers")
    if unit := format.partition(numbers.UNIT)[2]:
        reason = phrase("{numbers} in {unit}", numbers=reason, unit=unit)
    if slips:
        slip = said.filter(values.is_null())[0][:40]
        reason = plural(
            slips,
            "{numbers}, but for the value '{slip}'",
            "{numbers}, but for {count:,} values such as '{slip}'",
            numbers=reason,
            slip=slip,
        )
    return Column(name, Kind.NUMBER, reason=_noted(reason, note), format=format)


def _time(name: str, filled: pl.Series, look: pl.Series, note: str) -> Column | None:
    format = times.detect(look)
    if not format:
        return None
    reason = phrase("dates such as '{date}'", date=filled[0])
    doubtful = times.ambiguous(look, format)
    if doubtful and (other := times.evener(look, format)):
        reason = phrase("{dates}, read with the month first, for then their steps are even", dates=reason)
        return Column(name, Kind.TIME, reason=_noted(reason, note), format=other)
    if doubtful:
        reason = phrase("{dates}, read with the day first (nothing in them tells)", dates=reason)
    return Column(name, Kind.TIME, reason=_noted(reason, note), format=format)


def _words(name: str, filled: pl.Series, look: pl.Series, note: str) -> Column:
    """Free text, names of rows, or categories."""
    distinct = filled.n_unique()
    share = distinct / len(filled)
    length = words_of(look)
    if length >= WORDS_OF_NAMED and TEXT_NAME.search(name) and distinct > FEW_VALUES and share > 0.5:
        return Column(name, Kind.TEXT, reason=_noted(_free(length), note))
    if length >= WORDS_OF_TEXT and distinct > FEW_VALUES and share > 0.05:
        return Column(name, Kind.TEXT, reason=_noted(_free(length), note))
    if len(filled) >= FEW_ROWS and (share == 1.0 or (share >= UNIQUE and distinct > 1_000)):
        reason = phrase("{distinct:,} different values in {count:,} rows", distinct=distinct, count=len(filled))
        return Column(name, Kind.CATEGORY, reason=_noted(reason, note), ignored="identifier")
    if length >= WORDS_OF_TEXT and distinct > 2 and share == 1.0:
        return Column(name, Kind.TEXT, reason=_noted(_free(length), note))
    if distinct == 2 and frozenset(look.str.to_lowercase()) in YES_OR_NO:
        reason = phrase("yes or no, written {words}", words=listed(look.sort()))
        return Column(name, Kind.CATEGORY, reason=_noted(reason, note))
    values = plural(distinct, "{count:,} different value", "{count:,} different values")
    return Column(name, Kind.CATEGORY, reason=_noted(values, note))


def words_of(texts: pl.Series) -> float:
    """Words of a text, on average.

    >>> words_of(pl.Series(["a good film", "好电影"]))
    2.25
    """
    spaced = texts.str.replace_all(UNSPACED, " ").str.count_matches(r"\S+")
    count = (spaced + texts.str.count_matches(UNSPACED) / 2).mean()
    return count if isinstance(count, float) else 0.0


def _free(length: float) -> str:
    return phrase("free text, {length:.0f} words on average", length=length)
