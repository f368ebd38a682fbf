"""What is remembered of one entity: its later events one by one, the earlier ones as sums."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from fathom.data.events import features

Key = tuple[int, int, tuple[str, ...]]  # time, amount, entities: what tells one event from another


@dataclass(frozen=True, slots=True)
class Sums:
    """Events that are no longer kept one by one: how many, and the sums that habits are made of."""

    count: int = 0
    amount: int = 0
    log: int = 0
    square: int = 0
    cosine: int = 0
    sine: int = 0
    first: int = 0
    last: int = 0


NOTHING = Sums()


@dataclass
class State:
    """One entity's events, sorted by time; running sums stand beside them, so that any stretch is a difference.

    >>> state = State()
    >>> state.add((5, 20_000, ("a",))), state.add((5, 20_000, ("a",)))
    (True, False)
    >>> state.before(5), state.before(6)
    (0, 1)
    """

    older: Sums = NOTHING
    keys: list[Key] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    sums: list[tuple[int, int, int, int, int]] = field(default_factory=list)  # of all up to each: amount, log, ...

    def copy(self) -> State:
        """The same, to be changed on its own."""
        return State(self.older, self.keys.copy(), self.times.copy(), self.sums.copy())

    def before(self, time: int) -> int:
        """How many of the kept events are strictly earlier."""
        times = self.times
        return len(times) if not times or times[-1] < time else bisect_left(times, time)

    def total(self, place: int) -> tuple[int, int, int, int, int]:
        """The running sums of the first `place` kept events and of all that are no longer kept."""
        if place:
            return self.sums[place - 1]
        older = self.older
        return older.amount, older.log, older.square, older.cosine, older.sine

    def add(self, key: Key) -> bool:
        """Put an event in its place in time; False where it is there already."""
        keys = self.keys
        place = len(keys)
        if keys and key <= keys[-1]:
            place = bisect_left(keys, key)
            if keys[place] == key:
                return False
        keys.insert(place, key)
        self.times.insert(place, key[0])
        running = self.total(place)
        for at in range(place, len(keys)):
            running = _with(running, keys[at])
            self.sums[at : at + 1] = [running]
        return True


def _with(running: tuple[int, int, int, int, int], key: Key) -> tuple[int, int, int, int, int]:
    amount, log, square, cosine, sine = running
    size, at = features.logarithm(key[1]), features.minute(key[0])
    return (
        amount + key[1],
        log + size,
        square + size * size,
        cosine + features.COSINE[at],
        sine + features.SINE[at],
    )
