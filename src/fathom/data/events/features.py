"""The features of an event: their names, their order, and how figures are rounded so that sums are exact.

Sums are of whole numbers (amounts in ten-thousandths, their logarithms in 1/1024, hours as points of a circle), which
no order of adding changes to the last bit. So the batch and the stream say the same, whatever came first.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from fathom.data.events.events import DAY, HOUR, WINDOWS, Events

Ints = npt.NDArray[np.int64]

UNIT = 10_000  # parts of an amount that are told apart
MOST = 9e14 / UNIT  # above, amounts count as this much: their sums stay exact
FINE = 1_024  # steps of a logarithm
CIRCLE = 4_096  # points of a circle's radius
RECENT = 16  # how many events back different partners are counted
DISTINCT = ("1 d", "7 d")
STEPS = 16  # events of the first entity that are told one by one, for networks that read them in turn
FEWEST = 3  # earlier events from which on there is a habit
NARROWEST = 0.1  # of a habit in amounts, as a logarithm: who always pays the same may pay a tenth more
MINUTES = 1_440
COSINE = [round(CIRCLE * math.cos(2 * math.pi * minute / MINUTES)) for minute in range(MINUTES)]
SINE = [round(CIRCLE * math.sin(2 * math.pi * minute / MINUTES)) for minute in range(MINUTES)]


def pairs(events: Events) -> list[tuple[str, str]]:
    """Every two entities, in the order they were named.

    >>> pairs(Events(entities=("card", "device", "shop")))
    [('card', 'device'), ('card', 'shop'), ('device', 'shop')]
    """
    named = events.entities
    return [(one, other) for place, one in enumerate(named) for other in named[place + 1 :]]


def names(events: Events) -> list[str]:
    """What the features are called, in their order.

    >>> names(Events(entities=("card",), time="at"))[:3]
    ['card: events in 1 h', 'card: events in 1 d', 'card: events in 7 d']
    """
    if events.time is None:
        return []
    found = []
    for entity in events.entities:
        found += [f"{entity}: events in {window}" for window in WINDOWS]
        found += [f"{entity}: hours since last", f"{entity}: days known", f"{entity}: hour against habit"]
        if events.amount is not None:
            found += [f"{entity}: {events.amount} in {window}" for window in WINDOWS]
            found += [f"{entity}: {events.amount} against habit", f"{entity}: {events.amount} to mean"]
        for other in events.entities:
            found += [f"{entity}: different {other} in {window}" for window in DISTINCT if other != entity]
    found += [f"{one}: times with this {other}" for one, other in pairs(events)]
    found += [name for back in range(1, STEPS + 1) for name in step(events, back)]
    return [*found, f"{events.time}: hour", f"{events.time}: weekday"]


def step(events: Events, back: int) -> list[str]:
    """What the features of the first entity's event so many back are called: amount, hours since, others the same.

    >>> step(Events(entities=("card", "shop"), time="at", amount="paid"), 2)
    ['card: paid 2 back', 'card: hours to 2 back', 'card: others as 2 back']
    """
    if not events.follows:
        return []
    whose = events.entities[0]
    amount = [] if events.amount is None else [f"{whose}: {events.amount} {back} back"]
    others = [f"{whose}: others as {back} back"] if len(events.entities) > 1 else []
    return [*amount, f"{whose}: hours to {back} back", *others]


def whole(amount: float | None) -> int:
    """An amount in ten-thousandths; 0 for none.

    >>> whole(12.3456789), whole(None), whole(float("nan"))
    (123457, 0, 0)
    """
    if amount is None or amount != amount:
        return 0
    return round(min(max(amount, -MOST), MOST) * UNIT)


def logarithm(whole_amount: int) -> int:
    """How large an amount is, as a logarithm in 1/1024; refunds are as large as they are negative.

    >>> logarithm(0), logarithm(10_000), logarithm(-10_000)
    (0, 710, -710)
    """
    size = round(FINE * math.log1p(abs(whole_amount) / UNIT))
    return size if whole_amount >= 0 else -size


def deviation(log: int, count: int, total: int, squares: int) -> float | None:
    """How many deviations a logarithm is above the mean of `count` earlier ones; None where there is no habit yet."""
    if count < FEWEST:
        return None
    mean = total / count
    spread = math.sqrt(max(squares / count - mean * mean, 0.0))
    return (log - mean) / max(spread, NARROWEST * FINE)


def ratio(amount: int, count: int, total: int) -> float | None:
    """An amount as a multiple of the mean of the earlier ones; None where that is not above zero."""
    return float(amount) * count / total if total > 0 else None


def oddness(minute: int, count: int, cosines: int, sines: int) -> float | None:
    """How far a minute of the day is from those of earlier events, 0 (always then) to 2; None without a habit."""
    if count < FEWEST:
        return None
    return 1.0 - (COSINE[minute] * cosines + SINE[minute] * sines) / (count * CIRCLE * CIRCLE)


def clock(time: int) -> tuple[float, float]:
    """Hour of the day and weekday (Monday is 0) of microseconds since 1970.

    >>> clock(0)
    (0.0, 3.0)
    """
    return (time % DAY) / HOUR, float((time // DAY + 3) % 7)


def minute(time: int) -> int:
    """The minute of the day."""
    return time % DAY // (60_000_000)
