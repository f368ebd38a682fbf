"""Which columns go into a problem."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.data import media_paths
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.messages import either, phrase


def place_of(dataset: Dataset, column: str) -> str:
    """Where a column is, for an error."""
    place = phrase("column '{column}'", column=column)
    where = dataset.source.location
    return phrase("{where}, {place}", where=where, place=place) if where else place


def inputs_for(dataset: Dataset, target: str, kinds: frozenset[Kind]) -> tuple[Column, ...]:
    """The useful columns of these kinds, the target left out; a DataError where none is left."""
    dataset.column(target)
    others = [column for column in dataset.columns if column.name != target]
    inputs = tuple(column for column in others if column.kind in kinds and not column.ignored)
    if inputs:
        return inputs
    refuse_lost(dataset, others)
    wanted = either(sorted(kinds))
    found = "; ".join(f"{column.name}: {column.unfit() or column.kind}" for column in others[:10])
    raise DataError(
        phrase(
            "No column is left to predict '{target}' from: a {wanted} column is needed.", target=target, wanted=wanted
        ),
        where=f"{dataset.source.location} ({found or phrase('no other column')})",
        remedy=phrase(
            "See what each column was taken for with `fathom check`, and override it with --kind COLUMN=KIND."
        ),
    )


def refuse_lost(dataset: Dataset, columns: Sequence[Column]) -> None:
    """Raise a DataError if one of the columns names pictures, sounds or films that are not where it says."""
    for column in columns:
        if column.ignored == media_paths.LOST:
            first = dataset[column.name].drop_nulls()[0]
            raise DataError(
                phrase("The files that '{column}' names are not found; the first is '{first}'.",
                       column=column.name, first=first),
                where=place_of(dataset, column.name),
                remedy=media_paths.beside(),
            )  # fmt: skip


def one_input(dataset: Dataset, target: str, kinds: frozenset[Kind]) -> tuple[Column, ...]:
    """The one useful column of these kinds; a DataError where there is none, or more than one."""
    inputs = inputs_for(dataset, target, kinds)
    if len(inputs) > 1:
        names = [column.name for column in inputs]
        raise DataError(
            phrase("One {kind} a row can be read, not {count} ({names}).",
                   kind=inputs[0].kind, count=len(names), names=", ".join(names)),
            where=dataset.source.location,
            remedy=phrase("Leave the others out: --drop {names}", names=",".join(names[1:])),
        )  # fmt: skip
    return inputs
