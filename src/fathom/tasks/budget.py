"""The alarm budget: how many rows may be flagged, as a person says it, and which share of the rows that is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.errors import DataError, FathomError
from fathom.messages import again, phrase
from fathom.tasks.scores import SHARE

WORDS = {
    "minute": phrase("minute"),
    "hour": phrase("hour"),
    "day": phrase("day"),
    "week": phrase("week"),
    "month": phrase("month"),
    "year": phrase("year"),
}
SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_629_800, "year": 31_557_600}
RATE = re.compile(r"(?i)^\s*(\d+(?:\.\d+)?)\s*(?:/|per|an?|each|every)\s*(minute|hour|day|week|month|year)s?\s*$")
PART = re.compile(r"(?i)^\s*(\d+(?:\.\d+)?(?:e-?\d+)?|\.\d+)\s*(%?)\s*$")
MOST = 0.5  # share of the rows; what is flagged more often than not is no alarm


@dataclass(frozen=True)
class Budget:
    """At most `count` alarms in each `unit` of time, or where no unit is named a share of the rows.

    >>> Budget.of("20 per day"), Budget.of("1%"), Budget.of(1e-05)
    (Budget(count=20.0, unit='day'), Budget(count=0.01, unit=''), Budget(count=1e-05, unit=''))
    """

    count: float
    unit: str = ""

    @classmethod
    def of(cls, said: str | float | None) -> Budget:
        """The budget that these words say, one row in a hundred by default; a FathomError where they say none."""
        if said is None or said == "":
            return cls(SHARE)
        if rate := RATE.match(str(said)):
            found = cls(float(rate[1]), rate[2].lower())
        elif part := PART.match(str(said)):
            found = cls(float(part[1]) / (100 if part[2] else 1))
        else:
            raise _unclear(said)
        if found.count <= 0 or not (found.unit or found.count <= MOST):
            raise _unclear(said)
        return found

    def share(self, dataset: Dataset, time: str | None) -> float:
        """The share of the rows that this is, by how many rows each unit of time has; a DataError where that is open.

        `time` is the column that says when a row was; None: the only one of that kind.
        """
        if not self.unit:
            return self.count
        name = time or _only_time(dataset, self)
        rate = _rows_a_second(dataset, name) * SECONDS[self.unit]
        if self.count >= MOST * rate:
            raise DataError(
                phrase(
                    "{count:g} alarms per {unit} are no budget where there are {rate:.3g} rows per {unit}.",
                    count=self.count,
                    unit=again(WORDS[self.unit]),
                    rate=rate,
                ),
                where=dataset.source.location,
                remedy=phrase("Allow less than half of the rows, or say a share such as --alerts 0.01."),
            )
        return self.count / rate


def a_day(said: str | float) -> float:
    """How many alerts a day these words allow; a plain number is a day's. A FathomError where they say no such thing.

    >>> a_day("20"), a_day("70 per week")
    (20.0, 10.0)
    """
    try:
        count = float(said)
    except ValueError:
        if not (rate := RATE.match(str(said))):
            raise FathomError(
                phrase("'{said}' does not say how many alerts there may be in a time.", said=said),
                where="--alerts",
                remedy=phrase(
                    "Frauds are alerted by time, not by a share of rows: say 20 for a day, or '70 per week'."
                ),
            ) from None
        count = float(rate[1]) * SECONDS["day"] / SECONDS[rate[2].lower()]
    if not 0 < count < math.inf:
        raise FathomError(
            phrase("{count} alerts a day make no sense.", count=count), remedy=phrase("Give a number above zero.")
        )
    return count


def check_alerts(said: str | float) -> None:
    """Raise a FathomError where these words are no budget, whatever is looked for."""
    if str(said).replace(".", "", 1).isdigit() or not isinstance(said, str):
        a_day(said)
    else:
        Budget.of(said)


def _only_time(dataset: Dataset, budget: Budget) -> str:
    names = [column.name for column in dataset.columns if column.kind == Kind.TIME]
    if len(names) == 1:
        return names[0]
    what = (
        phrase("Several columns hold times ({names}): which of them counts alarms?", names=", ".join(names))
        if names
        else phrase("No column holds times, so alarms per {unit} cannot be counted.", unit=again(WORDS[budget.unit]))
    )
    remedy = (
        phrase("Name it: --time '{name}'.", name=names[0])
        if names
        else phrase("Say a share of the rows, such as --alerts 0.01.")
    )
    raise DataError(what, where=dataset.source.location, remedy=remedy)


def _rows_a_second(dataset: Dataset, name: str) -> float:
    """How many rows there are in a second, over all the time that the column covers."""
    column = dataset.column(name)
    times = dataset[name].drop_nulls()
    low, high = (times.cast(pl.Int64).min(), times.cast(pl.Int64).max()) if column.kind == Kind.TIME else (None, None)
    if not isinstance(low, int) or not isinstance(high, int) or high <= low:
        raise DataError(
            phrase("'{name}' holds no two different times, so alarms cannot be counted by time.", name=name),
            where=dataset.source.location,
            remedy=phrase("Say a share of the rows, such as --alerts 0.01."),
        )
    return len(times) / ((high - low) / 1e6)


def _unclear(said: str | float) -> FathomError:
    return FathomError(
        phrase("An alarm budget of '{said}' makes no sense.", said=said),
        where="--alerts",
        remedy=phrase("Say how many alarms per time, such as '20 per day', or a share of the rows up to half: 0.01."),
    )
