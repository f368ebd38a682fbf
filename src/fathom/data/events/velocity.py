"""The features of many events at once, each from strictly earlier events alone.

Sorted by entity and time, a window is a stretch: two searches find its ends, and a difference of running sums is what
was in it. Events of one moment do not see one another. An event is known by its time, its amount and its entities: one
that stands twice counts once for those after it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.cast import as_text
from fathom.data.events import features
from fathom.data.events.events import DAY, HOUR, WINDOWS, Events

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TIME, AMOUNT = "\0time", "\0amount"  # columns of known events that no file has


def known(frame: pl.DataFrame, events: Events) -> pl.DataFrame:
    """Rows as events are known: time (microseconds, null where there is none), whole amount, entities as text."""
    assert events.time is not None
    amounts = [0] * frame.height
    if events.amount is not None:
        amounts = [features.whole(each) for each in frame[events.amount].to_list()]
    times = frame[events.time].cast(pl.Datetime("us")).to_physical().alias(TIME)
    entities = [as_text(frame[name]).replace({"": None}).alias(name) for name in events.entities]
    return pl.DataFrame([times, pl.Series(AMOUNT, amounts, dtype=pl.Int64), *entities])


def velocity(frame: pl.DataFrame, events: Events) -> pl.DataFrame:
    """The features of each row, Float64, by `features.names`; null where there is nothing to tell.

    `frame` holds the columns that `events` names; rows may be in any order, and what stands later in time changes
    nothing. A row without a time sees nothing and is not seen.

    >>> from datetime import datetime
    >>> rows = pl.DataFrame({"card": ["a", "a", "b"], "at": [datetime(2024, 5, 1, hour) for hour in (9, 10, 11)]})
    >>> velocity(rows, Events(entities=("card",), time="at"))["card: events in 1 d"].to_list()
    [0.0, 1.0, 0.0]
    """
    rows = known(frame, events)
    apart = rows.unique(maintain_order=True).filter(pl.col(TIME).is_not_null())
    order = _Order.of(apart, events)
    columns = {name: np.full(apart.height, np.nan) for name in features.names(events)}
    for entity in events.entities:
        _of_entity(order, entity, columns, events)
    _steps(order, columns, events)
    for one, other in features.pairs(events):
        codes = np.where(
            (order.codes[one] >= 0) & (order.codes[other] >= 0),
            order.codes[one] * (order.codes[other].max(initial=0) + 1) + order.codes[other],
            -1,
        )
        line = _Line.of(codes, order)
        columns[f"{one}: times with this {other}"][line.rows] = line.before - line.start
    columns[f"{events.time}: hour"] = (order.times % DAY) / HOUR
    columns[f"{events.time}: weekday"] = ((order.times // DAY + 3) % 7).astype(np.float64)
    made = order.apart.with_columns(pl.Series(name, values).fill_nan(None) for name, values in columns.items())
    keys = [TIME, AMOUNT, *events.entities]
    joined = rows.join(made, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.select(features.names(events))


@dataclass(frozen=True)
class _Order:
    """Known events in the one order that time, amount and entities give them."""

    apart: pl.DataFrame
    times: Ints
    moments: Ints  # the different times, sorted
    ranks: Ints  # each event's place among them
    amounts: Ints
    codes: dict[str, Ints]  # of each entity, by name; -1: none

    @classmethod
    def of(cls, apart: pl.DataFrame, events: Events) -> _Order:
        codes = {name: _codes(apart[name]) for name in events.entities}
        keys = [codes[name] for name in reversed(events.entities)]
        order = np.lexsort([*keys, apart[AMOUNT].to_numpy(), apart[TIME].to_numpy()])
        apart = apart[order]
        times = apart[TIME].to_numpy()
        moments, ranks = np.unique(times, return_inverse=True)
        amounts = apart[AMOUNT].to_numpy()
        return cls(apart, times, moments, ranks, amounts, {name: each[order] for name, each in codes.items()})


@dataclass(frozen=True)
class _Line:
    """Events sorted by entity, then by time: of each its row, where its entity begins, and how many came before it."""

    rows: npt.NDArray[np.intp]
    keys: Ints
    base: Ints  # the key of the entity's first moment
    start: npt.NDArray[np.intp]
    before: npt.NDArray[np.intp]  # one past the last strictly earlier event

    @classmethod
    def of(cls, codes: Ints, order: _Order) -> _Line:
        rows = np.flatnonzero(codes >= 0)
        rows = rows[np.argsort(codes[rows], kind="stable")]
        dense = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)  # products of codes could overflow
        base = dense * (len(order.moments) + 1)
        keys = base + order.ranks[rows]
        return cls(rows, keys, base, np.searchsorted(keys, base), np.searchsorted(keys, keys))

    def since(self, ranks: Ints) -> npt.NDArray[np.intp]:
        """The first event of the entity from the moment of this rank on."""
        return np.searchsorted(self.keys, self.base + ranks[self.rows])


def _of_entity(order: _Order, entity: str, columns: dict[str, Floats], events: Events) -> None:
    """Fill in what one entity's earlier events say."""
    line = _Line.of(order.codes[entity], order)
    rows, start, before = line.rows, line.start, line.before
    times, amounts = order.times[rows], order.amounts[rows]
    seen = before > start
    last, first = times[np.maximum(before - 1, 0)], times[start] if len(rows) else times
    columns[f"{entity}: hours since last"][rows] = np.where(seen, (times - last) / HOUR, np.nan)
    columns[f"{entity}: days known"][rows] = np.where(seen, (times - first) / DAY, np.nan)
    stretches = {}
    for window, length in WINDOWS.items():
        begin = line.since(np.searchsorted(order.moments, order.times - length))
        stretches[window] = begin
        columns[f"{entity}: events in {window}"][rows] = before - begin
    count = before - start
    minutes = times % DAY // 60_000_000
    cosine, sine = np.array(features.COSINE)[minutes], np.array(features.SINE)[minutes]
    around = cosine * _between(cosine, start, before) + sine * _between(sine, start, before)
    habit = count >= features.FEWEST
    of = np.maximum(count, 1)
    circle = features.CIRCLE * features.CIRCLE
    columns[f"{entity}: hour against habit"][rows] = np.where(habit, 1.0 - around / (of * circle), np.nan)
    if events.amount is not None:
        for window, begin in stretches.items():
            total = _between(amounts, begin, before)
            columns[f"{entity}: {events.amount} in {window}"][rows] = total / features.UNIT
        logs = logarithms(amounts)
        mean = _between(logs, start, before) / of
        spread = np.sqrt(np.maximum(_between(logs * logs, start, before) / of - mean * mean, 0.0))
        away = (logs - mean) / np.maximum(spread, features.NARROWEST * features.FINE)
        columns[f"{entity}: {events.amount} against habit"][rows] = np.where(habit, away, np.nan)
        total = _between(amounts, start, before)
        to_mean = np.where(total > 0, amounts.astype(np.float64) * count / np.maximum(total, 1), np.nan)
        columns[f"{entity}: {events.amount} to mean"][rows] = to_mean
    for other in events.entities:
        if other != entity:
            different = _different(order.codes[other][rows], start, before)
            for window in features.DISTINCT:
                reach = np.minimum(before - stretches[window], features.RECENT)
                columns[f"{entity}: different {other} in {window}"][rows] = different[reach, np.arange(len(rows))]


def _steps(order: _Order, columns: dict[str, Floats], events: Events) -> None:
    """Fill in the events of the first entity one by one."""
    if not events.entities:
        return
    line = _Line.of(order.codes[events.entities[0]], order)
    rows, times, amounts = line.rows, order.times[line.rows], order.amounts[line.rows]
    others = [order.codes[name][rows] for name in events.entities[1:]]
    for back in range(1, features.STEPS + 1):
        place = line.before - back
        there = place >= line.start
        place = np.maximum(place, 0)
        told = [] if events.amount is None else [amounts[place] / features.UNIT]
        told.append((times - times[place]) / HOUR)
        if others:
            told.append(np.sum([(codes == codes[place]) & (codes >= 0) for codes in others], axis=0, dtype=np.float64))
        for name, values in zip(features.step(events, back), told, strict=True):
            columns[name][rows] = np.where(there, values, np.nan)


def _between(values: Ints, begin: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> Ints:
    """The sum of each stretch, exact."""
    total = np.concatenate([[0], np.cumsum(values)])
    found: Ints = total[end] - total[begin]
    return found


def _different(codes: Ints, start: npt.NDArray[np.intp], before: npt.NDArray[np.intp]) -> npt.NDArray[np.int8]:
    """How many different codes stand in the last 0, 1, 2 ... events before each, int8 [RECENT + 1, events]."""
    found = np.zeros((features.RECENT + 1, len(codes)), dtype=np.int8)
    codes = codes.astype(np.int32)
    met: list[npt.NDArray[Any]] = []
    for back in range(1, features.RECENT + 1):
        place = before - back
        there = place >= start
        code = np.where(there, codes[np.maximum(place, 0)], -1) if len(codes) else codes
        new = code >= 0
        for earlier in met:
            new &= code != earlier
        met.append(code)
        found[back] = found[back - 1] + new
    return found


def logarithms(amounts: Ints) -> Ints:
    """Of each amount its logarithm; by the function that one event has, for libraries differ in the last bit."""
    sizes, place = np.unique(np.abs(amounts), return_inverse=True)
    logs = np.array(
        [round(features.FINE * math.log1p(size / features.UNIT)) for size in sizes.tolist()], dtype=np.int64
    )
    found: Ints = np.where(amounts >= 0, 1, -1) * logs[place] if len(amounts) else amounts
    return found


def _codes(names: pl.Series) -> Ints:
    """Each name's place among the different names, sorted; -1 where there is none."""
    return (names.rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy()
