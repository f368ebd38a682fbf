"""What a study tells whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One piece of news.

    `stage`: "read", "faces", "check", "split", "train", "score", "explain" or "done". While training, `contender` says
    which, `done` the share of it in 0..1, and when it has ended `status` how and `score` what it scored (None: not
    tested). `kept` says that it ended in an earlier run of the study and was not run again. While reading, `note` is
    what was put right or left out.

    >>> Progress("train", "ridge", 0.5, "fitting").contender
    'ridge'
    """

    stage: str
    contender: str = ""
    done: float = 0.0
    note: str = ""
    status: str = ""
    score: float | None = None
    kept: bool = False


Listener = Callable[[Progress], None]


def silent(news: Progress) -> None:
    """Nobody is watching."""
