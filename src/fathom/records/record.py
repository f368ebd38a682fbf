"""From a text's entities, learned and known by their shape, to one row of columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from fathom import catalog
from fathom.messages import phrase
from fathom.records.shapes import PLAIN, Found, Shape, given
from fathom.tasks.predictions import Entity, Spans

SEVERAL = "; "  # stands between the values of one column
LIBRARIES = ("fathom.records.dates:shape", "fathom.records.phones:shape")


def shapes(patterns: Iterable[str] = (), region: str = "KR") -> tuple[Shape, ...]:
    """All known shapes, those of the person's patterns first; a pattern called like a known shape replaces it.

    MissingExtra where the libraries for dates and phone numbers are not there.
    """
    catalog.require("text", phrase("A record"))
    own = [given(each) for each in patterns]
    known = [*PLAIN, *(catalog.load(each)(region) for each in LIBRARIES)]
    taken = {each.name for each in own}
    return (*own, *(each for each in known if each.name not in taken))


@dataclass(frozen=True)
class Form:
    """The columns of a record: the labels of a model, then what is known by its shape.

    A column that a shape knows has a second one, `<name>_valid`. Several values of a text are joined by "; ".

    >>> form = Form(("city",), PLAIN)
    >>> said = Spans.of([[Entity(0, 5, "Seoul", "city", 0.9)]])
    >>> form.frame(["Seoul, emma@example.org"], said).select("city", "email", "email_valid").row(0)
    ('Seoul', 'emma@example.org', True)
    """

    labels: tuple[str, ...]
    shapes: tuple[Shape, ...]

    @cached_property
    def known(self) -> dict[str, Shape]:
        """The shapes by name."""
        return {shape.name: shape for shape in self.shapes}

    @cached_property
    def columns(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """The names of the columns and their types."""
        names = dict.fromkeys([*self.labels, *self.known])
        found: dict[str, pl.DataType | type[pl.DataType]] = {}
        for name in names:
            found[name] = pl.String
            if name in self.known:
                found[f"{name}_valid"] = pl.Boolean
        return found

    def frame(self, texts: Sequence[str | None], said: Spans) -> pl.DataFrame:
        """One row for each text."""
        rows = [self._row(text or "", entities) for text, entities in zip(texts, said.rows, strict=True)]
        return pl.DataFrame(
            {name: [row.get(name) for row in rows] for name in self.columns}, schema=dict(self.columns), strict=False
        )

    def _row(self, text: str, entities: Sequence[Entity]) -> dict[str, str | bool]:
        row: dict[str, str | bool] = {}
        values: dict[str, list[str]] = {}
        for found in self.found(text, entities):
            values.setdefault(found.label, []).append(found.value)
            if found.label in self.known:
                name = f"{found.label}_valid"
                row[name] = bool(row.get(name, True)) and found.valid
        return {**row, **{label: SEVERAL.join(dict.fromkeys(each)) for label, each in values.items()}}

    def found(self, text: str, entities: Sequence[Entity]) -> list[Found]:
        """What a text holds, in order: a strong shape before an entity that was learned, and that before a weak one.

        A strong shape that cannot be right (an account number with a wrong digit) holds against what lies inside it.
        """
        learned = [self._checked(each) for each in entities]
        strong = [each for shape in self.shapes if shape.strong for each in shape.of(text)]
        rivals = [*learned, *(each for each in strong if each.valid)]
        strong = [
            each
            for each in strong
            if each.valid or all(_apart(each, rival) or _inside(rival, each) for rival in rivals)
        ]
        weak = [each for shape in self.shapes for each in shape.of(text)]
        kept: list[Found] = []
        for each in (*strong, *learned, *weak):
            if all(_apart(each, other) for other in kept):
                kept.append(each)
        return sorted(kept, key=lambda each: each.start)

    def _checked(self, entity: Entity) -> Found:
        """A learned entity, its value as its label's shape writes it."""
        shape = self.known.get(entity.label)
        value, valid = shape.check(entity.text) if shape else (" ".join(entity.text.split()), True)
        return Found(entity.start, entity.end, entity.label, value, valid)


def _apart(one: Found, other: Found) -> bool:
    return one.end <= other.start or other.end <= one.start


def _inside(one: Found, other: Found) -> bool:
    """Whether one is a part of the other, and not all of it."""
    return other.start <= one.start and one.end <= other.end and one.end - one.start < other.end - other.start
