"""Errors for people: what is wrong, where, and what to do next."""

from __future__ import annotations

from fathom.messages import again, phrase


class FathomError(Exception):
    """A mistake that the person can mend; the command line prints it without a traceback.

    >>> print(FathomError("There is no column 'prise'.", where="sales.csv", remedy="Did you mean 'price'?"))
    There is no column 'prise'.
      where: sales.csv
      next:  Did you mean 'price'?
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = again(what)  # a constant may have been said before the language was chosen
        self.where = again(where)
        self.remedy = again(remedy)

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(phrase("  where: {where}", where=self.where))
        if self.remedy:
            lines.append(phrase("  next:  {remedy}", remedy=self.remedy))
        return "\n".join(lines)


class DataError(FathomError, ValueError):
    """The data cannot be read, or does not fit what is asked of it."""


class RowError(DataError):
    """One value does not fit its column; `column` names it and `row` counts the data's rows from 1.

    >>> error = RowError("'old' is no number.", column="age", row=3, where="people.csv")
    >>> print(error)
    'old' is no number.
      where: people.csv, column 'age', row 3
    """

    def __init__(self, what: str, *, column: str, row: int, where: str = "", remedy: str = "") -> None:
        place = phrase("column '{column}', row {row:,}", column=column, row=row)
        super().__init__(
            what, where=phrase("{where}, {place}", where=where, place=place) if where else place, remedy=remedy
        )
        self.column = column
        self.row = row
        self.source = where

    def further(self, rows: int) -> RowError:
        """The same of a row so many further on, where the data are a part of more.

        >>> RowError("'old' is no number.", column="age", row=3).further(100).row
        103
        """
        return RowError(self.what, column=self.column, row=self.row + rows, where=self.source, remedy=self.remedy)


class MissingExtra(FathomError, ImportError):
    """A library is needed that this installation was made without."""


class StoreError(FathomError):
    """A study or a model cannot be found, read or written."""


class TrainingError(FathomError):
    """A learner cannot learn this problem, or not in the time it was given."""


class ExportError(FathomError):
    """A model cannot be written in the format that was asked for, or what was written does not say the same."""
