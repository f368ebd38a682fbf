"""Which task a person most likely means, from the kinds of the columns."""

from __future__ import annotations

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind

FEW_VALUES = 20  # up to so many different whole numbers are labels (digits, grades, stars), not quantities


def propose(dataset: Dataset, target: str) -> str:
    """The name of the task that predicts `target`: by what goes in first, then by what comes out.

    >>> import polars as pl
    >>> from fathom.data.kinds import Column
    >>> columns = (Column("rooms", Kind.NUMBER), Column("price", Kind.NUMBER))
    >>> homes = Dataset(pl.DataFrame({"rooms": [1.0, 2.0], "price": [99.5, 120.25]}), columns)
    >>> propose(homes, "price"), propose(homes, "rooms")
    ('tabular-regression', 'tabular-classification')
    """
    column = dataset.column(target)
    others = [each for each in dataset.columns if each.name != target and not each.ignored]
    if column.kind == Kind.SPANS:
        return "named-entity-recognition"
    if column.kind == Kind.BOXES:
        return "object-detection"
    kinds = {each.kind for each in others}
    if column.kind == Kind.LABELS:
        return "multi-label-image-classification" if Kind.IMAGE in kinds else "multi-label-text-classification"
    if column.kind == Kind.NUMBER and not _are_labels(dataset, target):
        return "tabular-regression"
    if Kind.IMAGE in kinds:
        return "image-classification"
    return "text-classification" if Kind.TEXT in kinds else "tabular-classification"


def _are_labels(dataset: Dataset, target: str) -> bool:
    """Whether a column of numbers holds few different whole ones."""
    values = dataset[target].drop_nulls()
    whole = bool((values == values.round()).all())
    return whole and values.n_unique() <= min(FEW_VALUES, max(2, len(values) // 2))
