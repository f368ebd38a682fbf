"""Names of studies and models: checked where they come in, because they become names of folders."""

from __future__ import annotations

import re
import unicodedata

from fathom.errors import StoreError
from fathom.messages import phrase

LONGEST = 64
NAME = re.compile(r"[^\W_][\w.-]*")  # letters and digits of any script; no separator can pass
RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"})


def check_name(name: str) -> str:
    """The name in its normal form; a StoreError where it cannot be a folder's name everywhere.

    >>> check_name("café-2")
    'café-2'
    """
    normal = unicodedata.normalize("NFC", name)
    stem = normal.partition(".")[0].casefold()
    if (
        not NAME.fullmatch(normal)
        or unicodedata.normalize("NFKC", normal) != normal  # look-alikes of dots and slashes
        or len(normal.encode()) > LONGEST * 3
        or len(normal) > LONGEST
        or normal.endswith(".")
        or stem in RESERVED
    ):
        raise StoreError(
            phrase("{name} cannot be a name.", name=repr(name)),
            remedy=phrase(
                "Use up to {longest} letters, digits, dots, dashes and underscores, a letter or digit first.",
                longest=LONGEST,
            ),
        )
    return normal


def name_from(text: str) -> str:
    """A name made from any text.

    >>> name_from("Sales, 2024 (final).csv"), name_from("../..")
    ('Sales-2024-final-.csv', 'data')
    """
    normal = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFKC", text)).strip("-._")[: LONGEST - 8].rstrip("-.")
    try:
        return check_name(normal)
    except StoreError:
        return "data"
