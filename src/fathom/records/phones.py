"""Phone numbers of any country, as E.164 writes them."""

from __future__ import annotations

from collections.abc import Iterator

import phonenumbers

from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.records.shapes import Shape


def shape(region: str) -> Shape:
    """Phone numbers; those without a country are taken for numbers of `region`. FathomError where there is none.

    >>> [(each.value, each.valid) for each in shape("KR").of("문의 02-2123-4567 로")]
    [('+82221234567', True)]
    """
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise FathomError(
            phrase("'{region}' is no country.", region=region),
            where="--region",
            remedy=phrase("Write two letters, such as KR, US or DE."),
        )

    def find(text: str) -> Iterator[tuple[int, int]]:
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            yield match.start, match.end

    def check(piece: str) -> tuple[str, bool]:
        try:
            number = phonenumbers.parse(piece, region)
        except phonenumbers.NumberParseException:
            return piece, False
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return str(written), bool(phonenumbers.is_valid_number(number))

    return Shape("phone", find, check)
