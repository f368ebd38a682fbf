"""The language of a command: `--language` anywhere on its line, else the locale's."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.errors import FathomError
from fathom.messages import LANGUAGES, choose, phrase

OPTION = "--language"


def heard(arguments: Sequence[str]) -> list[str]:
    """The arguments without `--language CODE`, which is spoken from now on; FathomError for one that cannot be.

    >>> heard(["check", "sales.csv"])
    ['check', 'sales.csv']
    """
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, code = word.partition("=")
        if word == "--":  # whatever follows is no option
            return [*rest, word, *words]
        if name == OPTION:
            _choose(code if equals else next(words, ""))
        else:
            rest.append(word)
    return rest


def _choose(code: str) -> None:
    if code not in LANGUAGES:
        raise FathomError(
            phrase("There is no language '{code}'.", code=code),
            where=OPTION,
            remedy=phrase("The languages are: {names}.", names=", ".join(LANGUAGES)),
        )
    choose(code)
