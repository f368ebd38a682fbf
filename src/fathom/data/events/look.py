"""What is odd about events: no time, nobody, refunds, the future, one that stands twice. Roles that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.events.velocity import known
from fathom.data.finding import Finding
from fathom.data.kinds import TABLE_KINDS, Kind
from fathom.errors import DataError
from fathom.messages import phrase, plural

SHOWN = 100  # rows that a finding names
OFTEN = 1.5  # events that an entity has, at least, for it to be one
WORDS = (
    "id",
    "card",
    "account",
    "customer",
    "user",
    "device",
    "merchant",
    "terminal",
    "client",
    "email",
    "phone",
    "ip",
)


def looked(dataset: Dataset, events: Events, target: str) -> list[Finding]:
    """The findings about events; a DataError where a column cannot be what it was named as."""
    _roles(dataset, events, target)
    findings = [*_amounts(dataset, events), *_times(dataset, events), *_entities(dataset, events)]
    if events.follows and not events.given:
        rows = known(dataset.frame, events)
        twice = rows.height - rows.unique().height
        if twice:
            said = plural(
                twice,
                "{count:,} row has time, amount and entities of another; for later events, both count once.",
                "{count:,} rows have time, amount and entities of another; for later events, each counts once.",
            )
            findings.append(
                Finding(
                    "note",
                    said,
                    (*events.entities,),
                    _some(rows.is_duplicated() & ~rows.select(pl.struct(rows.columns).is_first_distinct()).to_series()),
                )
            )
    return findings + _unsaid(dataset, events, target)


def likely(dataset: Dataset, target: str) -> list[str]:
    """Columns that look like entities: named like one, or identifiers by their values, that come again.

    >>> from fathom.data.read import read
    >>> likely(read({"card_id": ["a", "b", "a", "b"] * 5, "sum": [1.0, 2.5] * 10, "y": [0, 1] * 10}), "y")
    ['card_id']
    """
    found = []
    for column in dataset.columns:
        words = column.name.lower().replace("-", "_").split("_")
        named = any(word in WORDS or word.removesuffix("s") in WORDS for word in words)
        if column.name == target or column.kind not in TABLE_KINDS - {Kind.TIME} or not named:
            continue
        different = dataset[column.name].n_unique()
        if 1 < different <= len(dataset) / OFTEN:
            found.append(column.name)
    return found


def _roles(dataset: Dataset, events: Events, target: str) -> None:
    roles: list[tuple[str | None, Kind | None, str]] = [
        (events.amount, Kind.NUMBER, phrase("the amount")),
        (events.time, Kind.TIME, phrase("the time")),
        *((name, None, phrase("an entity")) for name in events.entities),
    ]
    for name, wanted, role in roles:
        if name is None:
            continue
        column = dataset.column(name)
        if name == target:
            what = phrase("'{name}' is predicted, so it cannot say what an event was.", name=name)
            raise DataError(what, where=dataset.source.location)
        fits = column.kind in (Kind.NUMBER, Kind.CATEGORY, Kind.TEXT) if wanted is None else column.kind == wanted
        if not fits or column.ignored == "empty":
            kind = wanted or Kind.CATEGORY
            raise DataError(
                phrase("'{name}' is to be {wanted} of events, and holds {kind}.", name=name, wanted=role,
                       kind=column.unfit() or column.kind),
                where=dataset.source.location,
                remedy=phrase("Name another column, or say what it holds: --kind {name}={kind}", name=name, kind=kind),
            )  # fmt: skip


def _amounts(dataset: Dataset, events: Events) -> list[Finding]:
    if events.amount is None:
        return []
    amounts = dataset[events.amount]
    found = []
    if (below := (amounts < 0).fill_null(False)).any():
        said = plural(
            int(below.sum()),
            "'{name}': {count:,} amount is below zero; it counts as a refund, and loses nothing as a fraud.",
            "'{name}': {count:,} amounts are below zero; they count as refunds, and lose nothing as frauds.",
            name=events.amount,
        )
        found.append(Finding("warning", said, (events.amount,), _some(below)))
    if gaps := amounts.null_count():
        said = plural(
            gaps,
            "'{name}': {count:,} event has no amount; it adds nothing to sums.",
            "'{name}': {count:,} events have no amount; they add nothing to sums.",
            name=events.amount,
        )
        found.append(Finding("note", said, (events.amount,), _some(amounts.is_null())))
    return found


def _times(dataset: Dataset, events: Events, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> list[Finding]:
    if events.time is None:
        return []
    times = dataset[events.time]
    found = []
    if gaps := times.null_count():
        said = plural(
            gaps,
            "'{name}': {count:,} event has no time; nothing goes before it, it counts for no other, and it trains.",
            "'{name}': {count:,} events have no time; nothing goes before them, they count for no other, and "
            "they train.",
            name=events.time,
        )
        found.append(Finding("warning", said, (events.time,), _some(times.is_null())))
    ahead = (times > now().replace(tzinfo=None)).fill_null(False)
    if ahead.any():
        said = plural(
            int(ahead.sum()),
            "'{name}': {count:,} event lies in the future ({latest}); the latest events are tested on.",
            "'{name}': {count:,} events lie in the future (up to {latest}); the latest events are tested on.",
            name=events.time,
            latest=str(times.max())[:10],
        )
        remedy = phrase("Look whether day and month, or the time zone, are read right.")
        found.append(Finding("warning", said, (events.time,), _some(ahead), remedy))
    return found


def _entities(dataset: Dataset, events: Events) -> list[Finding]:
    found = []
    for name in events.entities:
        values = dataset[name]
        if gaps := values.null_count():
            said = plural(
                gaps,
                "'{name}': {count:,} event names none; nothing is told of what went before it there.",
                "'{name}': {count:,} events name none; nothing is told of what went before them there.",
                name=name,
            )
            found.append(Finding("note", said, (name,), _some(values.is_null())))
        if values.n_unique() > len(values) / OFTEN:
            said = phrase("'{name}' hardly ever comes again, so there is little that went before.", name=name)
            found.append(Finding("warning", said, (name,)))
    return found


def _unsaid(dataset: Dataset, events: Events, target: str) -> list[Finding]:
    """What could have been said of the events and was not."""
    if events.entities and events.time is None:
        what = phrase("Without a column of times nobody knows what went before: entities are not followed.")
        return [Finding("warning", what, events.entities, (), phrase("Name it: --time COLUMN"))]
    names = [] if events.entities else likely(dataset, target)
    if not names:
        return []
    what = phrase("Likely entities: {names}. What each did before tells frauds apart.", names=", ".join(names))
    remedy = phrase("Have it counted: --entity {names} --time COLUMN --amount COLUMN", names=",".join(names))
    return [Finding("note", what, tuple(names), (), remedy)]


def _some(rows: pl.Series) -> tuple[int, ...]:
    return tuple(rows.arg_true().head(SHOWN).to_list())
