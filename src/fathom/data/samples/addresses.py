"""Lines of letters and labels on parcels, in English and Korean, with what they name: made up by a grammar."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import polars as pl

from fathom.data.samples import address_words as words
from fathom.data.spans import Span, stored

ROWS = 500
SLOT = re.compile(r"([\[{])(\w+)[\]}]")
FORGOTTEN = 0.02  # share of entities that whoever marked them overlooked
LOWERED, SLIPPED = 0.07, 0.06  # share of texts in small letters, and of those with a letter too few

Random = np.random.Generator
Makers = dict[str, Callable[[Random], str]]


def addresses() -> pl.DataFrame:
    """500 lines with names, streets, postal codes, cities, dates and product ids in `entities`. Always the same ones.

    >>> frame = addresses()
    >>> text, spans = frame.row(0)
    >>> frame.height, all(text[span["start"] : span["end"]].strip() for span in spans)
    (500, True)
    """
    chance = np.random.default_rng(20_260_311)
    texts, rows = [], []
    for _ in range(ROWS):
        korean = chance.random() < 0.4
        template = str(chance.choice(words.KOREAN if korean else words.ENGLISH))
        text, spans = _filled(template, KOREAN if korean else ENGLISH, chance)
        text, spans = _slipped(text, spans, chance)
        texts.append(text.lower() if chance.random() < LOWERED else text)
        rows.append([span for span in spans if chance.random() >= FORGOTTEN])
    return pl.DataFrame([pl.Series("text", texts), stored("entities", rows)])


def _filled(template: str, makers: Makers, chance: Random) -> tuple[str, list[Span]]:
    """The template with its slots filled, and where those in brackets came to stand."""
    text, spans, done = "", [], 0
    for slot in SLOT.finditer(template):
        text += template[done : slot.start()]
        value = makers[slot[2]](chance)
        if slot[1] == "[":
            spans.append((len(text), len(text) + len(value), slot[2]))
        text += value
        done = slot.end()
    return text + template[done:], spans


def _slipped(text: str, spans: list[Span], chance: Random) -> tuple[str, list[Span]]:
    """Now and then a letter is missing."""
    if chance.random() >= SLIPPED:
        return text, spans
    place = int(chance.integers(len(text)))
    if text[place] == " " or any(start == place and end == place + 1 for start, end, _ in spans):
        return text, spans
    moved = [(start - (start > place), end - (end > place), label) for start, end, label in spans]
    text = text[:place] + text[place + 1 :]
    return text, [span for span in moved if text[span[0] : span[1]].strip() == text[span[0] : span[1]]]


def _one_of(names: tuple[str, ...]) -> Callable[[Random], str]:
    return lambda chance: str(chance.choice(names))


def _digits(count: int) -> Callable[[Random], str]:
    return lambda chance: "".join(map(str, [chance.integers(1, 10), *chance.integers(0, 10, count - 1)]))


def _street(chance: Random) -> str:
    number, name = chance.integers(1, 200), chance.choice(words.STREETS)
    return f"{number} {name}" if chance.random() < 0.7 else f"{name} {number}"


def _date(chance: Random) -> str:
    day, month, year = chance.integers(1, 29), int(chance.integers(1, 13)), chance.integers(2019, 2027)
    name = words.MONTHS[month - 1]
    return str(
        chance.choice(
            (
                f"{day} {name} {year}",
                f"{name} {day}, {year}",
                f"{year}-{month:02}-{day:02}",
                f"{day:02}/{month:02}/{year}",
                f"{name} {day}",
            )
        )
    )


def _korean_date(chance: Random) -> str:
    day, month, year = chance.integers(1, 29), chance.integers(1, 13), chance.integers(2019, 2027)
    return str(chance.choice((f"{year}년 {month}월 {day}일", f"{month}월 {day}일", f"{year}.{month:02}.{day:02}")))


def _product(chance: Random) -> str:
    mark = "-" if chance.random() < 0.8 else ""
    return f"{chance.choice(words.PREFIXES)}{mark}{_digits(4)(chance)}"


def _code(chance: Random) -> str:
    return f"{chance.choice(('RE', 'CT', 'AB', 'KX'))}-{_digits(int(chance.choice((3, 4, 6))))(chance)}"


def _amount(chance: Random) -> str:
    return f"{chance.integers(2, 90)},{chance.integers(1, 10)}00"


COMMON: Makers = {
    "product_id": _product,
    "postal_code": _digits(5),
    "number": lambda chance: _digits(int(chance.choice((4, 5, 8))))(chance),
    "small": lambda chance: str(chance.integers(1, 120)),
    "amount": _amount,
    "code": _code,
    "word": _one_of(("the front desk", "accounting", "Customer Service", "our driver", "Sales")),
}
ENGLISH: Makers = {
    **COMMON,
    "first_name": _one_of(words.FIRST_NAMES),
    "last_name": _one_of(words.LAST_NAMES),
    "street": _street,
    "city": _one_of(words.CITIES),
    "date": _date,
    "phone": lambda chance: f"+44 20 {_digits(4)(chance)} {_digits(4)(chance)}",
}
KOREAN: Makers = {
    **COMMON,
    "first_name": _one_of(words.KOREAN_FIRST_NAMES),
    "last_name": _one_of(words.KOREAN_LAST_NAMES),
    "street": _one_of(words.KOREAN_STREETS),
    "city": _one_of(words.KOREAN_CITIES),
    "date": _korean_date,
    "phone": lambda chance: f"02-{_digits(4)(chance)}-{_digits(4)(chance)}",
}
