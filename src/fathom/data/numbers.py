"""Numbers written as text: thousands separators, decimal commas, percent signs, currencies."""

from __future__ import annotations

import polars as pl

DECIMAL_COMMA = "decimal-comma"
UNIT = "unit:"
SAME_UNIT = 0.9  # share of values that must bear it; the others may be bare numbers
FEW_TEXTS = 20
GROUPS = "[ \u00a0\u202f'’]"  # what else stands between thousands: spaces, apostrophes
CURRENCY = r"[₩￦$€£¥]|(?i:krw|usd|eur)"
BEFORE = rf"^([+-]?)\s*(?:{CURRENCY})\s*"
AFTER = rf"\s*(?:{CURRENCY}|[%％원])$"


def parse(texts: pl.Series, format: str = "") -> pl.Series:
    """Trimmed texts as Float64; null where a text is no finite number.

    `format` is "" for a decimal point or "decimal-comma", then "unit:" and what follows every number.
    A percentage or an amount keeps its figure: "12 %" is 12.

    >>> parse(pl.Series(["1,234.5", "₩ 12,000", "7 %", "(3)", "none"])).to_list()
    [1234.5, 12000.0, 7.0, -3.0, None]
    >>> parse(pl.Series(["1.234,5", "0,25", "7"]), DECIMAL_COMMA).to_list()
    [1234.5, 0.25, 7.0]
    >>> parse(pl.Series(["70 kg", "65kg", "80"]), "unit:kg").to_list()
    [70.0, 65.0, 80.0]
    """
    format, _, unit = format.partition(UNIT)
    if unit:
        texts = texts.str.strip_suffix(unit).str.strip_chars_end()
    if format.strip() == DECIMAL_COMMA:
        return _finite(_clean(texts, comma=True).cast(pl.Float64, strict=False))
    plain = texts.cast(pl.Float64, strict=False)
    rest = (plain.is_null() & texts.is_not_null()).arg_true()
    if len(rest):
        plain = plain.scatter(rest, _clean(texts.gather(rest), comma=False).cast(pl.Float64, strict=False))
    return _finite(plain)


def detect(texts: pl.Series) -> tuple[str, float]:
    """The format that reads most of these texts, and the share that it reads.

    >>> detect(pl.Series(["1,5", "2,25", "x", "3"]))
    ('decimal-comma', 0.75)
    """
    total = len(texts) - texts.null_count()
    if not total:
        return "", 0.0
    with_point = parse(texts).count() / total
    if with_point < 0.5 and (unit := _unit(texts)):
        format, share = detect(texts.str.strip_suffix(unit).str.strip_chars_end())
        return f"{format} {UNIT}{unit}".strip(), share
    if with_point == 1.0 or not texts.str.contains(",", literal=True).any():
        return "", with_point
    with_comma = parse(texts, DECIMAL_COMMA).count() / total
    return (DECIMAL_COMMA, with_comma) if with_comma > with_point else ("", with_point)


def _unit(texts: pl.Series) -> str:
    """The one unit that follows nearly every number, "kg" in "70 kg"; "" where there is none.

    Without a space it could be part of a label ("1a"), so then more different texts are asked for.
    """
    units = texts.drop_nulls().str.extract(r"^[+-]?[\d.,]*\d\s*(\p{L}[\p{L}\d/²³°·]{0,11})$").drop_nulls()
    if len(units) < SAME_UNIT * texts.count() or units.n_unique() != 1:
        return ""
    unit = str(units[0])
    spaced = texts.str.contains(r"\d\s").any()
    return unit if spaced or texts.n_unique() > FEW_TEXTS else ""


def codes(texts: pl.Series) -> bool:
    """Whether digits with leading zeros and one length make these codes (postal, product), not quantities."""
    zeros = texts.str.contains(r"^0\d+$").sum()
    if not zeros or zeros < 0.01 * texts.count():
        return False
    return texts.str.len_chars().n_unique() - (1 if texts.null_count() else 0) == 1


def _clean(texts: pl.Series, *, comma: bool) -> pl.Series:
    """Texts as a float parser wants them; null where separators stand where none can."""
    bare = pl.col("").str.replace_all("[−–]", "-").str.replace(r"^\((.+)\)$", "-$1")
    bare = bare.str.replace(BEFORE, "$1").str.replace(AFTER, "").str.strip_chars()
    mark, group = (",", r"\.") if comma else (r"\.", ",")
    grouped = bare.str.contains(rf"^[+-]?[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?:{mark}\d*)?$")
    spaced = bare.str.contains(rf"^[+-]?\d{{1,3}}(?:{GROUPS}\d{{3}})+(?:{mark}\d*)?$")
    simple = bare.str.contains(rf"^[+-]?(?:\d+{mark}?\d*|{mark}\d+)(?:[eE][+-]?\d+)?$")
    without = bare.str.replace_all(group if comma else ",", "").str.replace_all(GROUPS, "")
    if comma:
        without = without.str.replace(",", ".", literal=True)
    number = pl.when(grouped | spaced | simple).then(without)
    return texts.alias("").to_frame().select(number.alias("")).to_series().alias(texts.name)


def _finite(numbers: pl.Series) -> pl.Series:
    return numbers.set(~numbers.is_finite(), None)
