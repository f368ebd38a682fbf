"""What is known by its shape: e-mail addresses, account numbers, postal codes, and patterns that a person gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fathom.errors import FathomError
from fathom.messages import phrase

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b")
LENGTHS = {  # of an account number by country, as the register of IBANs has them
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "TR": 26, "AE": 23,
}  # fmt: skip
# Five digits are many things; a postal code stands in brackets, behind its name, or before a town.
POSTAL = re.compile(
    r"(?<=\()\d{5}(?=\))|(?<=우편번호 )\d{5}\b|(?<=우편번호: )\d{5}\b|\b\d{5}(?:-\d{4})?(?= [A-Z][a-z])"
    r"|(?<=\b[A-Z]{2} )\d{5}(?:-\d{4})?\b|(?<=〒)\d{3}-\d{4}"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b"
)
NAMED_CODE = re.compile(  # "(우)06236", "postal code: 06236"
    r"(?:\(우\)|우편\s?번호|\b(?:postal|post|zip)\s?code)\s*[:：)]?\s*(\d{5}(?:-\d{4})?)(?!\d|[-,.]\d)", re.IGNORECASE
)
BEHIND_STREET = re.compile(  # "테헤란로 152, 06236"; no Korean code begins with more than a 6
    r"[가-힣](?:로|길)\s?\d{1,4}(?:-\d{1,4})?(?:\s?\([^()]{1,30}\))?,\s?([0-6]\d{4})(?![\w-]|[,.]\d)"
)
CODE = re.compile(
    r"\d{5}(-\d{4})?|\d{3}-\d{4}|\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text, what it is called, its value in one way of writing and whether it can be right."""

    start: int
    end: int
    label: str
    value: str
    valid: bool


@dataclass(frozen=True)
class Shape:
    """One kind of value: `find` yields where it stands in a text; `check` says a piece's value and whether it is valid.

    `strong`: so particular that it holds against an entity that was learned.
    """

    name: str
    find: Callable[[str], Iterator[tuple[int, int]]]
    check: Callable[[str], tuple[str, bool]]
    strong: bool = True

    def of(self, text: str) -> list[Found]:
        """All that a text holds."""
        return [Found(start, end, self.name, *self.check(text[start:end])) for start, end in self.find(text)]


def matching(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    """A function that finds what a pattern matches."""
    return lambda text: (found.span() for found in pattern.finditer(text) if found[0])


def email(piece: str) -> tuple[str, bool]:
    """An e-mail address, its domain in small letters.

    >>> email("Emma.Baker@Example.ORG"), email("emma@nowhere")
    (('Emma.Baker@example.org', True), ('emma@nowhere', False))
    """
    name, _, domain = piece.strip().rpartition("@")
    return f"{name}@{domain.lower()}", bool(EMAIL.fullmatch(piece.strip())) and ".." not in piece


def iban(piece: str) -> tuple[str, bool]:
    """An account number without blanks; valid where its length is its country's and its check digits are right.

    >>> iban("DE89 3704 0044 0532 0130 00"), iban("DE89 3704 0044 0532 0130 01")
    (('DE89370400440532013000', True), ('DE89370400440532013001', False))
    """
    number = re.sub(r"[\s-]", "", piece).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", number):
        return number, False
    digits = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return number, int(digits) % 97 == 1 and len(number) == LENGTHS.get(number[:2], len(number))


def postal_code(piece: str) -> tuple[str, bool]:
    """A postal code; valid where it is written as one of the countries' that are known.

    >>> postal_code("sw1a 1aa"), postal_code("1234567")
    (('SW1A 1AA', True), ('1234567', False))
    """
    code = " ".join(piece.upper().split())
    return code, bool(CODE.fullmatch(code))


def postal_codes(text: str) -> Iterator[tuple[int, int]]:
    """Where postal codes stand in a text.

    >>> text = "서울 강남구 테헤란로 152, 06236"
    >>> [text[start:end] for start, end in postal_codes(text)]
    ['06236']
    """
    found = {each.span() for each in POSTAL.finditer(text)}
    found.update(each.span(1) for pattern in (NAMED_CODE, BEHIND_STREET) for each in pattern.finditer(text))
    yield from sorted(found)


def given(written: str) -> Shape:
    """The shape of NAME=PATTERN, a regular expression; a FathomError where it is none.

    >>> [each.value for each in given(r"product_id=[A-Z]{2}-\\d{4}").of("one of KX-1234, please")]
    ['KX-1234']
    """
    name, equals, pattern = written.partition("=")
    example = phrase("Write it like --pattern 'product_id=[A-Z]{{2}}-\\d{{4}}'.")
    if not (equals and name.strip().isidentifier() and pattern):
        raise FathomError(
            phrase("'{written}' is not NAME=PATTERN.", written=written), where="--pattern", remedy=example
        )
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise FathomError(
            phrase("'{pattern}' is no regular expression: {error}.", pattern=pattern, error=error),
            where="--pattern",
            remedy=example,
        ) from error
    return Shape(name.strip(), matching(compiled), lambda piece: (piece, bool(compiled.fullmatch(piece))))


PLAIN = (
    Shape("email", matching(EMAIL), email),
    Shape("iban", matching(IBAN), iban),
    Shape("postal_code", postal_codes, postal_code, strong=False),
)
