"""Kinds: what a column holds, whatever its storage type."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from fathom.messages import again, phrase, restore


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    CATEGORY = "category"
    TEXT = "text"
    TIME = "time"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    SPANS = "spans"
    LABELS = "labels"
    BOXES = "boxes"
    SERIES = "series"


TABLE_KINDS = frozenset({Kind.NUMBER, Kind.CATEGORY, Kind.TIME})
MOST_CATEGORIES = 1_000  # known values that a column lists; the rest count as unseen
MEDIA_KINDS = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO})
UNFIT = {
    "identifier": phrase("identifier"),
    "constant": phrase("constant"),
    "empty": phrase("empty"),
    "nested values": phrase("nested values"),
    "files not found": phrase("files not found"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a dataset: its kind, how that was found, and what its values look like.

    In a dataset's frame a number is Float64, a category or a text String, a time Datetime (microseconds),
    an image a String (path relative to the dataset's folder), Binary (an encoded picture) or Array (its pixels),
    spans a List of Structs (start and end as characters of the row's text, label), several labels a List of Strings,
    boxes a List of Structs (left, top, right, bottom in the upright picture's pixels, label), a series a List of
    Float64 (its values at even steps, the oldest first).

    >>> Column("age", Kind.NUMBER, low=17.0, high=90.0, middle=37.0).to_json()["kind"]
    'number'
    """

    name: str
    kind: Kind
    reason: str = ""  # how the kind was inferred, in words a person understands
    ignored: str = ""  # why it is no input: "identifier", "constant", "empty" ...; "" for a useful column
    format: str = ""  # how the raw values are written where it must be known to read them: "%d.%m.%Y", "decimal-comma"
    categories: tuple[str, ...] = ()  # a category's known values, the most frequent first
    low: float | None = None  # a number's smallest, largest and median value
    high: float | None = None
    middle: float | None = None
    missing: float = 0.0  # share of rows without a value

    def unfit(self) -> str:
        """Why it is no input, in words; "" for a useful column."""
        return again(UNFIT.get(self.ignored, self.ignored))

    @property
    def closed(self) -> bool:
        """Whether `categories` are all that training saw, so that any other value is unknown to the model."""
        return self.kind == Kind.CATEGORY and 0 < len(self.categories) < MOST_CATEGORIES

    def to_json(self) -> dict[str, Any]:
        """The column as plain JSON data."""
        return {**asdict(self), "kind": str(self.kind), "categories": list(self.categories)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Column:
        """The column that `to_json` described."""
        reason = restore(data.get("reason", ""))
        return cls(**{**data, "kind": Kind(data["kind"]), "reason": reason, "categories": tuple(data["categories"])})
