"""A memory of entities: what went before an event, one event at a time, to the bit what `velocity` says of all at once.

Rules, for a stream: an event sees what is strictly earlier by its own time, of all that has arrived. One that arrives
late is put where it belongs, and counts for those that come after it. One that arrives twice counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl

from fathom.data.events import features
from fathom.data.events.events import DAY, HOUR, WINDOWS, Events
from fathom.data.events.kept import BETWEEN, FIGURES, KIND, VALUE, Kept
from fathom.data.events.state import NOTHING, State, Sums
from fathom.data.events.velocity import AMOUNT, TIME, known

EPOCH, MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
DISTINCT = [list(WINDOWS).index(window) for window in features.DISTINCT]
MOST_FRESH = 250_000  # events that are added before what is too old becomes sums

Told = tuple[int, int, tuple[str, ...]]


@dataclass
class Memory:
    """The state of each entity. `row` tells what went before an event, `add` remembers it; one thread at a time.

    Entities are brought to mind when they are first asked for; `beside` is the same memory to be changed on its own.

    >>> rows = pl.DataFrame({"card": ["a", "a"], "at": [datetime(2024, 5, 1, hour) for hour in (9, 10)]})
    >>> memory = Memory.of(rows, Events(entities=("card",), time="at"))
    >>> event = {"card": "a", "at": datetime(2024, 5, 1, 10, 30)}
    >>> memory.row(event)[:2], memory.add(event), memory.add(event)
    ([1.0, 2.0], True, False)
    """

    events: Events
    kept: Kept
    under: Memory | None = None
    live: dict[tuple[str, str], State] = field(default_factory=dict, repr=False)
    fresh: list[Told] = field(default_factory=list, repr=False)
    prepared: tuple[Kept, int, Memory] | None = field(default=None, repr=False, compare=False)
    turn: Lock = field(default_factory=Lock, repr=False, compare=False)  # who writes it must not see it settle

    @classmethod
    def of(cls, frame: pl.DataFrame, events: Events) -> Memory:
        """The memory of these rows, in whatever order they stand."""
        return cls(events, Kept.of(known(frame, events), events))

    @classmethod
    def empty(cls, events: Events) -> Memory:
        """The memory of nothing yet."""
        schema = {TIME: pl.Int64, AMOUNT: pl.Int64, **dict.fromkeys(events.entities, pl.String)}
        return cls(events, Kept.of(pl.DataFrame(schema=schema), events))

    def afresh(self) -> Memory:
        """The same memory; neither knows what is added to the other from now on."""
        live = {place: state.copy() for place, state in self.live.items()}
        return Memory(self.events, self.kept, self.under, live, self.fresh.copy())

    def beside(self) -> Memory:
        """The same memory; what is added to it, this one does not know."""
        return Memory(self.events, self.kept, under=self)

    def __len__(self) -> int:
        return self.kept.events.height + len(self.fresh)

    def frame(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The features of rows, each told of all that is remembered and of strictly earlier rows; nothing is kept."""
        memory, events = self.beside(), self.events
        assert events.time is not None
        records = rows.select([name for name in (*events.entities, events.time, events.amount) if name]).to_dicts()
        for record in records:
            memory.add(record)
        made = [memory.row(record) for record in records]
        return pl.DataFrame(made, schema=dict.fromkeys(features.names(events), pl.Float64), orient="row")

    def add(self, record: Mapping[str, Any]) -> bool:
        """Remember an event; False where it is known already, or has no time or nobody to remember it of."""
        if self.prepared is not None:
            self._take()
        time, amount, values = self._told(record)
        return time is not None and self._add(time, amount, values)

    def _add(self, time: int, amount: int, values: tuple[str, ...]) -> bool:
        key, new = (time, amount, values), False
        for name, value in zip(self.events.entities, values, strict=True):
            if value:
                new |= self._state(name, value).add(key)
        if not new:
            return False
        for kind, one, other in self._pairs:
            if values[one] and values[other]:
                self._state(kind, f"{values[one]}{BETWEEN}{values[other]}").add(key)
        self.fresh.append(key)
        if len(self.fresh) >= MOST_FRESH and self.under is None:
            self.settle()
        return True

    def row(self, record: Mapping[str, Any]) -> list[float | None]:
        """The features of an event, in the order of `features.names`."""
        time, amount, values = self._told(record)
        if time is None:
            return [None] * len(self.names)
        found: list[float | None] = []
        for place, (name, value) in enumerate(zip(self.events.entities, values, strict=True)):
            found += self._of_entity(self._state(name, value), place, time, amount) if value else self._unknown
        for kind, one, other in self._pairs:
            if values[one] and values[other]:
                state = self._state(kind, f"{values[one]}{BETWEEN}{values[other]}")
                found.append(float(state.older.count + state.before(time)))
            else:
                found.append(None)
        return [*found, *self._steps(time, values), *features.clock(time)]

    def _steps(self, time: int, values: tuple[str, ...]) -> list[float | None]:
        """The events of the first entity one by one, the latest first."""
        first = self.events.entities[0]
        wide = (self.events.amount is not None) + 1 + (len(values) > 1)
        if not values[0]:
            return [None] * (wide * features.STEPS)
        state = self._state(first, values[0])
        keys, end = state.keys, state.before(time)
        found: list[float | None] = []
        for place in range(end - 1, max(end - 1 - features.STEPS, -1), -1):
            then, amount, others = keys[place]
            if self.events.amount is not None:
                found.append(amount / features.UNIT)
            found.append((time - then) / HOUR)
            if len(values) > 1:
                found.append(
                    float(sum(mine == theirs != "" for mine, theirs in zip(values[1:], others[1:], strict=True)))
                )
        return found + [None] * (wide * features.STEPS - len(found))

    def arrange(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The event's own cells and its features, by name."""
        return {**record, **dict(zip(self.names, self.row(record), strict=True))}

    @cached_property
    def names(self) -> list[str]:
        """What the features are called."""
        return features.names(self.events)

    def _of_entity(self, state: State, place: int, time: int, amount: int) -> list[float | None]:
        older, end = state.older, state.before(time)
        count = older.count + end
        begins = [state.before(time - length) for length in WINDOWS.values()]
        found: list[float | None] = [float(end - begin) for begin in begins]
        last = state.times[end - 1] if end else older.last
        first = older.first if older.count else state.times[0] if end else 0
        found.append(max(time - last, 0) / HOUR if count else None)
        found.append(max(time - first, 0) / DAY if count else None)
        total, logs, squares, cosines, sines = state.total(end)
        found.append(features.oddness(features.minute(time), count, cosines, sines))
        if self.events.amount is not None:
            found += [(total - state.total(begin)[0]) / features.UNIT for begin in begins]
            found.append(features.deviation(features.logarithm(amount), count, logs, squares))
            found.append(features.ratio(amount, count, total))
        for other in range(len(self.events.entities)):
            if other != place:
                found += _different(state, other, end, [end - begins[at] for at in DISTINCT])
        return found

    @cached_property
    def _unknown(self) -> list[None]:
        """What is told of an entity that an event does not name."""
        amounts = len(WINDOWS) + 2 if self.events.amount is not None else 0
        others = len(features.DISTINCT) * (len(self.events.entities) - 1)
        return [None] * (len(WINDOWS) + 3 + amounts + others)

    @cached_property
    def _pairs(self) -> list[tuple[str, int, int]]:
        """Every two entities: what the pair is called, and their places."""
        named = self.events.entities
        return [
            (f"{one}{BETWEEN}{other}", named.index(one), named.index(other))
            for one, other in features.pairs(self.events)
        ]

    def _told(self, record: Mapping[str, Any]) -> tuple[int | None, int, tuple[str, ...]]:
        """Time in microseconds, whole amount, and the entities ("": none) of an event."""
        events = self.events
        assert events.time is not None
        at = record[events.time]
        time = None if at is None else (at - EPOCH) // MICROSECOND
        amount = 0 if events.amount is None else features.whole(record[events.amount])
        return time, amount, tuple([record[name] or "" for name in events.entities])

    def _state(self, kind: str, value: str) -> State:
        place = (kind, value)
        state = self.live.get(place)
        if state is None:
            state = self.live[place] = self._recalled(kind, value)
        return state

    def _recalled(self, kind: str, value: str) -> State:
        """An entity, or a pair, as it is kept."""
        if self.under is not None:
            there = self.under.live.get((kind, value))
            return self.under._recalled(kind, value) if there is None else there.copy()
        state, frame = State(self._sums.get((kind, value), NOTHING)), self.kept.events
        for at in self._places[kind].get(value, ()):
            time, amount, *values = frame.row(at)
            state.add((time, amount, tuple([each or "" for each in values])))
        return state

    @cached_property
    def _sums(self) -> dict[tuple[str, str], Sums]:
        """The sums of events that are not kept one by one, by entity and pair."""
        columns = [self.kept.sums[name].to_list() for name in FIGURES]
        places = zip(self.kept.sums[KIND].to_list(), self.kept.sums[VALUE].to_list(), strict=True)
        return {place: Sums(*row) for place, *row in zip(places, *columns, strict=True)}

    @cached_property
    def _places(self) -> dict[str, dict[str, list[int]]]:
        """Where the kept events of each entity and pair stand."""
        frame = self.kept.events.with_row_index("row")
        found = {}
        for kind in (*self.events.entities, *(kind for kind, _, _ in self._pairs)):
            names = kind.split(BETWEEN) if kind not in self.events.entities else [kind]
            valued = frame.drop_nulls(names).select(pl.concat_str(names, separator=BETWEEN).alias(VALUE), "row")
            grouped = valued.group_by(VALUE, maintain_order=True).agg("row")
            found[kind] = dict(zip(grouped[VALUE].to_list(), grouped["row"].to_list(), strict=True))
        return found

    def _all(self) -> pl.DataFrame:
        """All events that are known one by one."""
        names = self.events.entities
        rows = [(time, amount, *(value or None for value in values)) for time, amount, values in self.fresh]
        schema = {TIME: pl.Int64, AMOUNT: pl.Int64, **dict.fromkeys(names, pl.String)}
        return pl.concat([self.kept.events, pl.DataFrame(rows, schema=schema, orient="row")])

    def latest(self) -> dict[str, Any]:
        """Time and entities of the latest event that is kept, as plain JSON data; empty where there is none."""
        assert self.events.time is not None
        if not self.kept.events.height:
            return {}
        time, _, *values = self.kept.events.row(-1)
        at = (EPOCH + time * MICROSECOND).isoformat(timespec="seconds")
        return {self.events.time: at, **dict(zip(self.events.entities, values, strict=True))}

    def recall(self) -> None:
        """Find where everything stands now, which else the first event waits for."""
        _ = self._places, self._sums

    def prepare(self) -> None:
        """Settle in another thread than the one that adds, which takes what was made here before its next event."""
        with self.turn:
            base, told = self.kept, self.fresh.copy()
        after = Memory(self.events, Kept.of(Memory(self.events, base, fresh=told)._all(), self.events, base.sums))
        after.recall()
        self.prepared = base, len(told), after

    def _take(self) -> None:
        """Go on from what was prepared, with what came since; nothing where it was prepared of another state."""
        assert self.prepared is not None
        (base, count, after), self.prepared = self.prepared, None
        if base is not self.kept:
            return
        since = self.fresh[count:]
        with self.turn:
            self.kept, self.fresh = after.kept, []
        self.live = {}
        for name in ("_places", "_sums"):
            self.__dict__[name] = after.__dict__[name]
        for time, amount, values in since:
            self._add(time, amount, values)

    def settle(self) -> None:
        """Make sums of what has become too old to be kept one by one; afterwards nothing is fresh."""
        kept = Kept.of(self._all(), self.events, self.kept.sums)
        with self.turn:
            self.kept, self.fresh = kept, []
        self.live = {}
        for name in ("_places", "_sums"):
            self.__dict__.pop(name, None)

    def save(self, folder: Path) -> None:
        """Write all that is remembered into an existing, empty folder; another thread may add to it meanwhile."""
        with self.turn:
            now = Memory(self.events, self.kept, fresh=self.fresh.copy())
        kept = Kept.of(now._all(), now.events, now.kept.sums) if now.fresh else now.kept
        kept.save(folder)

    @classmethod
    def load(cls, folder: Path, events: Events) -> Memory:
        """The memory that `save` wrote."""
        return cls(events, Kept.load(folder, events))


def _different(state: State, other: int, end: int, reaches: list[int]) -> list[float | None]:
    """How many different values of another entity the last so many events name, of at most the recent ones."""
    keys, met, counts = state.keys, set(), [0]
    for back in range(1, min(max(reaches), features.RECENT) + 1):
        value = keys[end - back][2][other]
        if value:
            met.add(value)
        counts.append(len(met))
    return [float(counts[min(reach, features.RECENT)]) for reach in reaches]
