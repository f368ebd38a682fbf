"""What of many events is kept: the later ones of each entity one by one, of the earlier ones sums; as Parquet files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from fathom.data.events import features
from fathom.data.events.events import DAY, LONGEST, Events
from fathom.data.events.velocity import AMOUNT, TIME, logarithms
from fathom.errors import StoreError
from fathom.messages import phrase

LAST = 32  # events that are kept of each entity, however old
MOST_EVENTS = 1_000_000  # kept one by one; the oldest beyond become sums
MOST_ENTITIES = 2_000_000  # remembered by sums; those longest not seen beyond are forgotten
EVENTS, SUMS = "events.parquet", "sums.parquet"
KIND, VALUE = "kind", "value"
BETWEEN = "\x1f"  # in the name of a pair of entities
FIGURES = ("count", "amount", "log", "square", "cosine", "sine", "first", "last")
ADDED = FIGURES[:-2]
SCHEMA: dict[str, type[pl.DataType]] = {KIND: pl.String, VALUE: pl.String, **dict.fromkeys(FIGURES, pl.Int64)}


@dataclass(frozen=True)
class Kept:
    """Events that are kept one by one, in their order; sums of those that are not; how many entities were forgotten."""

    events: pl.DataFrame
    sums: pl.DataFrame
    forgotten: int = 0

    @classmethod
    def of(cls, events: pl.DataFrame, told: Events, sums: pl.DataFrame | None = None) -> Kept:
        """What is kept of these events (`velocity.known`) and of earlier sums."""
        named = list(told.entities)
        there = pl.col(TIME).is_not_null() & pl.any_horizontal(pl.col(name).is_not_null() for name in named)
        events = events.filter(there).unique(maintain_order=True)
        events = events.sort([TIME, AMOUNT, *named])
        late = events.height - pl.int_range(pl.len()) <= MOST_EVENTS
        later = pl.int_range(pl.len()).reverse()
        recent = pl.col(TIME) >= pl.col(TIME).max() - LONGEST
        stays = [((later < LAST) | recent).over(name) & pl.col(name).is_not_null() for name in named]
        stay = events.select((pl.any_horizontal(stays) & late).alias("stay"))["stay"]
        earlier = pl.DataFrame(schema=SCHEMA) if sums is None else sums
        gone = events.filter(~stay)
        kinds = [(name, (name,)) for name in named] + [(BETWEEN.join(two), two) for two in features.pairs(told)]
        parts = [earlier, *(_summed(gone, kind, names) for kind, names in kinds)]
        together = pl.concat(parts).group_by(KIND, VALUE, maintain_order=True)
        whole = together.agg(pl.col(ADDED).sum(), pl.col("first").min(), pl.col("last").max())
        forgotten = max(whole.height - MOST_ENTITIES, 0)
        if forgotten:
            whole = whole.sort("last", maintain_order=True).tail(MOST_ENTITIES)
        return cls(events.filter(stay), whole, forgotten)

    def save(self, folder: Path) -> None:
        """Write both tables into an existing folder."""
        plain = {TIME: "time", AMOUNT: "amount"}
        names = {name: plain.get(name, f"entity:{name}") for name in self.events.columns}
        self.events.rename(names).write_parquet(folder / EVENTS)
        self.sums.write_parquet(folder / SUMS)

    @classmethod
    def load(cls, folder: Path, told: Events) -> Kept:
        """What `save` wrote; a StoreError where it is damaged, or of other entities."""
        schema = {"time": pl.Int64, "amount": pl.Int64, **{f"entity:{name}": pl.String for name in told.entities}}
        try:
            events, sums = (pl.read_parquet(folder / name) for name in (EVENTS, SUMS))
            if dict(events.schema) != schema or dict(sums.schema) != SCHEMA:
                raise ValueError("other columns")
            if events["time"].null_count() or sums.select(FIGURES).null_count().sum_horizontal()[0]:
                raise ValueError("values are missing")
        except (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise StoreError(
                phrase("What the model remembers of earlier events is damaged."),
                where=str(folder),
                remedy=phrase("Train the model again; where it was served, take away the file of its state."),
            ) from error
        back = {"time": TIME, "amount": AMOUNT, **{f"entity:{name}": name for name in told.entities}}
        return cls(events.rename(back), sums)


def _summed(events: pl.DataFrame, kind: str, names: tuple[str, ...]) -> pl.DataFrame:
    """Sums of events by the values of one entity, or of two at once."""
    events = events.drop_nulls(names)
    minutes = (events[TIME] % DAY // 60_000_000).to_numpy()
    logs = pl.Series(logarithms(events[AMOUNT].to_numpy()), dtype=pl.Int64)
    wide = events.select(
        pl.lit(kind).alias(KIND),
        pl.concat_str(names, separator=BETWEEN).alias(VALUE),
        pl.lit(1, dtype=pl.Int64).alias("count"),
        pl.col(AMOUNT).alias("amount"),
        logs.alias("log"),
        (logs * logs).alias("square"),
        pl.Series("cosine", np.array(features.COSINE)[minutes], dtype=pl.Int64),
        pl.Series("sine", np.array(features.SINE)[minutes], dtype=pl.Int64),
        pl.col(TIME).alias("first"),
        pl.col(TIME).alias("last"),
    )
    grouped = wide.group_by(KIND, VALUE, maintain_order=True)
    return grouped.agg(pl.col(ADDED).sum(), pl.col("first").min(), pl.col("last").max())
