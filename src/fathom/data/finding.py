"""A finding: one thing that the data check saw, or could not see."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from fathom.messages import restore

Level = Literal["ok", "note", "warning", "error", "unchecked"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note", "ok", "unchecked")  # in the order a person reads them


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, in which columns and rows (positions from 0, the worst first), and what to do.

    "ok": looked and nothing wrong; "note": good to know; "warning": may make scores wrong; "error": stops training;
    "unchecked": could not be looked at, so nothing is known. `named`: each thing that it was found in, in the words in
    which `what` names the first of them; a hundred at most.

    >>> Finding.from_json(Finding("note", "12 rows stand twice.").to_json()).level
    'note'
    """

    level: Level
    what: str
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    remedy: str = ""
    named: tuple[str, ...] = ()

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Those of `named` that stand not in `what`."""
        return tuple(each for each in self.named if each not in self.what)

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON data."""
        return {**asdict(self), "columns": list(self.columns), "rows": list(self.rows), "named": list(self.named)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Finding:
        """The finding that `to_json` described."""
        said = restore(data)
        parts = {name: tuple(said.get(name, ())) for name in ("columns", "rows", "named")}
        return cls(**{**said, **parts})
