"""A phrase: a text that knows its template and its values, so that it can be said again in another language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Self

from fathom.messages.language import current

FOLDER = Path(__file__).parent


class Phrase(str):
    """What was said, as a plain `str` in the language of the moment; `template` (English) and `values` made it.

    A value is a number, a text, or itself a phrase.
    """

    template: str
    values: dict[str, Any]

    __slots__ = ("template", "values")

    def __new__(cls, template: str, values: dict[str, Any]) -> Self:
        """Say it now; in the words of the catalogue where it has some, else in English."""
        text = _catalogue(current()).get(template, template)
        said = super().__new__(cls, text.format(**values))
        said.template, said.values = template, values
        return said

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        return self.template, self.values


def phrase(template: str, /, **values: Any) -> Phrase:
    """The English `template` with its {values} filled in, in the language of the person.

    The template must stand in the call as one literal text, because a test holds the catalogue to all of them.

    >>> phrase("There is no column '{name}'.", name="prise")
    "There is no column 'prise'."
    """
    return Phrase(template, values)


def plural(count: float, one: str, many: str, /, **values: Any) -> Phrase:
    """`one` or `many` of something: both templates are told the `count`.

    >>> plural(1, "{count:,} row", "{count:,} rows"), plural(1797, "{count:,} row", "{count:,} rows")
    ('1 row', '1,797 rows')
    """
    return Phrase(one if count == 1 else many, {"count": count, **values})


def stored(text: str) -> Any:
    """A phrase as plain JSON data, for a record that may be read in another language; other texts as they are.

    >>> stored(phrase("at {seconds:.1f} s", seconds=2.5))
    {'phrase': 'at {seconds:.1f} s', 'values': {'seconds': 2.5}}
    """
    if not isinstance(text, Phrase):
        return text
    return {"phrase": text.template, "values": {name: stored(value) for name, value in text.values.items()}}


def restore(data: Any) -> Any:
    """What `stored` described, said in the language of this moment.

    >>> restore({"phrase": "at {seconds:.1f} s", "values": {"seconds": 2.5}})
    'at 2.5 s'
    """
    if not isinstance(data, dict) or set(data) != {"phrase", "values"}:
        return data
    return Phrase(data["phrase"], {name: restore(value) for name, value in data["values"].items()})


@cache
def _catalogue(language: str) -> dict[str, str]:
    """English templates and what they are in this language."""
    if language == "en":
        return {}
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
