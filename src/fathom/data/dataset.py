"""A dataset: rows and typed columns; media stay on disk until they are needed."""

from __future__ import annotations

import difflib
import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.kinds import Column
from fathom.errors import DataError
from fathom.messages import phrase

SHOWN = 60  # characters of a cell in a notebook


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dataset came from and what reading it found."""

    name: str = "data"  # short, names a study: "reviews" for /home/me/reviews.csv
    location: str = ""  # path, or "sample:digits", or "" for an object in memory
    notices: tuple[str, ...] = ()  # what reading decided: encoding, delimiter, rows sampled ...
    rows: int | None = None  # rows at the source, where more than were read
    part: str = ""  # the column that says which rows train, validate ("valid") and test, where the source has one
    given: str = ""  # fingerprint of the rows that this was made of, where it was made of others


@dataclass(frozen=True)
class Dataset:
    """A typed table: a Polars frame, a `Column` for each of its columns, in the frame's order.

    >>> from fathom.data.kinds import Kind
    >>> people = Dataset(pl.DataFrame({"age": [31.0, 64.0]}), (Column("age", Kind.NUMBER),))
    >>> len(people), people.column("age").kind
    (2, <Kind.NUMBER: 'number'>)
    """

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    source: Source = field(default_factory=Source)
    folder: Path | None = None  # what paths in media columns are relative to

    def __len__(self) -> int:
        return self.frame.height

    def _repr_html_(self) -> str:
        kinds = "".join(f"<th>{html.escape(f'{column.name}: {column.kind}')}</th>" for column in self.columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{html.escape(str(cell)[:SHOWN])}</td>' for cell in row)}</tr>"
            for row in self.frame.head(5).iter_rows()
        )
        said = phrase("{name}: {count:,} rows", name=self.source.name, count=len(self))
        return f"<p>{html.escape(said)}</p><table><thead><tr>{kinds}</tr></thead><tbody>{rows}</tbody></table>"

    def __getitem__(self, name: str) -> pl.Series:
        self.column(name)
        return self.frame[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`; a DataError that suggests the nearest name where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        near = difflib.get_close_matches(name, self.names, n=1)
        remedy = (
            phrase("Did you mean '{near}'?", near=near[0])
            if near
            else phrase("The columns are: {names}.", names=", ".join(self.names[:20]))
        )
        raise DataError(phrase("There is no column '{name}'.", name=name), where=self.source.location, remedy=remedy)

    def take(self, rows: npt.NDArray[np.intp] | Sequence[int]) -> Dataset:
        """The rows at these positions, in this order."""
        return replace(self, frame=self.frame[np.asarray(rows, dtype=np.intp)])

    def select(self, names: Sequence[str]) -> Dataset:
        """These columns only."""
        return replace(self, frame=self.frame.select(names), columns=tuple(self.column(name) for name in names))

    def fingerprint(self) -> str:
        """SHA-256 (hex) over names, kinds and values; the same for equal data whatever it was read from.

        Media are counted by their path or their bytes as stored in the frame.
        """
        digest = hashlib.sha256()
        for column in self.columns:
            digest.update(f"{column.name}\x1f{column.kind}\x1e".encode())
        digest.update(self.frame.hash_rows(seed=0).to_numpy().tobytes())
        return digest.hexdigest()
