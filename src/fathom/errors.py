"""Errors for people: what is wrong, where, and what to do next."""

from __future__ import annotations


class FathomError(Exception):
    """A mistake that the person can mend; the command line prints it without a traceback.

    >>> print(FathomError("There is no column 'prise'.", where="sales.csv", remedy="Did you mean 'price'?"))
    There is no column 'prise'.
      where: sales.csv
      next:  Did you mean 'price'?
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.remedy:
            lines.append(f"  next:  {self.remedy}")
        return "\n".join(lines)


class DataError(FathomError, ValueError):
    """The data cannot be read, or does not fit what is asked of it."""


class MissingExtra(FathomError, ImportError):
    """A library is needed that this installation was made without."""


class StoreError(FathomError):
    """A study or a model cannot be found, read or written."""


class TrainingError(FathomError):
    """A learner cannot learn this problem, or not in the time it was given."""
