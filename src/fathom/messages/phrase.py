"""A phrase: a text that knows its template and its values, so that it can be said again in another language."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from fathom.messages.language import current

FOLDER = Path(__file__).parent
FIELD = re.compile(r"\{(\w+)(?::[<>^]?\+?\d{0,2},?(?:\.\d{1,2})?[a-z%]?)?\}")  # a value as a record may show it


class Phrase(str):
    """What was said, as a plain `str` in the language of the moment; `template` (English) and `values` made it.

    A value is a number, a text, or itself a phrase; whatever else is given is kept as its text.
    """

    template: str
    values: dict[str, Any]

    __slots__ = ("template", "values")

    def __new__(cls, template: str, values: dict[str, Any]) -> Self:
        """Say it now; in the words of the catalogue where it has some, else in English."""
        values = {name: _plain(value) for name, value in values.items()}
        text = _catalogue(current()).get(template, template)
        said = super().__new__(cls, text.format(**values))
        said.template, said.values = template, values
        return said

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        return self.template, self.values


def phrase(template: str, /, **values: Any) -> str:
    """The English `template` with its {values} filled in, in the language of the person.

    The template must stand in the call as one literal text, because a test holds the catalogue to all of them.

    >>> phrase("There is no column '{name}'.", name="prise")
    "There is no column 'prise'."
    """
    return Phrase(template, values)


def plural(count: float, one: str, many: str, /, **values: Any) -> str:
    """`one` or `many` of something: both templates are told the `count`.

    >>> plural(1, "{count:,} row", "{count:,} rows"), plural(1797, "{count:,} row", "{count:,} rows")
    ('1 row', '1,797 rows')
    """
    return Phrase(one if count == 1 else many, {"count": count, **values})


def listed(names: Iterable[str]) -> str:
    """Names as a list that is read: "a, b and c".

    >>> listed(["torch", "safetensors"]), listed(["a", "b", "c"]), listed(["a"])
    ('torch and safetensors', 'a, b and c', 'a')
    """
    *others, last = names
    return phrase("{others} and {last}", others=_commas(others), last=last) if others else last


def either(names: Iterable[str]) -> str:
    """Names to choose from: "a, b or c".

    >>> either(["png", "jpeg"])
    'png or jpeg'
    """
    *others, last = names
    return phrase("{others} or {last}", others=_commas(others), last=last) if others else last


def strung(texts: Iterable[str]) -> str:
    """Texts one after the other, as one that can be said again; "" for none.

    >>> strung(["ridge: failed", "feedforward: timed out"])
    'ridge: failed; feedforward: timed out'
    """
    said = list(texts)
    return functools.reduce(lambda before, after: phrase("{before}; {after}", before=before, after=after), said or [""])


def again(text: str) -> str:
    """A phrase said in the language of this moment, whatever it was when it was made; other texts as they are."""
    return Phrase(text.template, text.values) if isinstance(text, Phrase) else text


def stored(data: Any) -> Any:
    """The phrases in plain data as plain JSON data, for a record that may be read in another language.

    >>> stored(["ridge", phrase("at {seconds:.1f} s", seconds=2.5)])
    ['ridge', {'phrase': 'at {seconds:.1f} s', 'values': {'seconds': 2.5}}]
    """
    if isinstance(data, Phrase):
        return {"phrase": data.template, "values": stored(data.values)}
    if isinstance(data, dict):
        return {name: stored(value) for name, value in data.items()}
    return [stored(each) for each in data] if isinstance(data, list | tuple) else data


def restore(data: Any) -> Any:
    """What `stored` described, said in the language of this moment.

    >>> restore({"message": {"phrase": "at {seconds:.1f} s", "values": {"seconds": 2.5}}})
    {'message': 'at 2.5 s'}
    """
    if isinstance(data, list):
        return [restore(each) for each in data]
    if not isinstance(data, dict):
        return data
    if set(data) == {"phrase", "values"} and _harmless(data):
        return Phrase(data["phrase"], restore(data["values"]))
    return {name: restore(value) for name, value in data.items()}


def _commas(texts: list[str]) -> str:
    if not any(isinstance(each, Phrase) for each in texts):
        return ", ".join(texts)
    return functools.reduce(lambda before, after: phrase("{before}, {after}", before=before, after=after), texts)


def _plain(value: Any) -> Any:
    if isinstance(value, Phrase):
        return again(value)
    if value is None or isinstance(value, str | int | float):
        return value
    return value.item() if hasattr(value, "item") else str(value)  # NumPy's numbers are as good as Python's


def _harmless(data: dict[str, Any]) -> bool:
    """Whether a record's phrase only shows its values, and none of them at a length that fills the memory."""
    template, values = data["phrase"], data["values"]
    if not isinstance(template, str) or not isinstance(values, dict):
        return False
    plain = template.replace("{{", "").replace("}}", "")
    return not re.search(r"[{}]", FIELD.sub("", plain)) and set(FIELD.findall(plain)) <= set(values)


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    """English templates and what they are in this language."""
    if language == "en":
        return {}
    import tomllib  # here, because English needs none of it

    known: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        known |= tomllib.loads(path.read_text("utf-8"))
    return known
