"""Scores: what a learner puts out where it is asked how strange each row is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

SHARE = 0.01  # of the rows that may be flagged, where nobody says how many
REASON = "reason:"
SETTINGS = ("threshold", "share")
MOST_REASONS = 3
WORTH = 0.05  # of a row's strangeness: a column that has less of it is no reason


@dataclass(frozen=True)
class Scores:
    """How strange each row is, and which columns make it so.

    `score`: float64 [rows], the higher the stranger, in the learner's own unit; `parts`: float64 [rows, columns] >= 0,
    each column's part in it, a row sums to 1 (0 throughout: no column stands out). A row is flagged from `threshold`
    on, which lets `share` of the validation rows pass it; infinity: none was set.

    >>> said = Scores(("age", "income"), np.array([0.1, 3.0]), np.array([[0.0, 0.0], [0.2, 0.8]]), threshold=2.0)
    >>> said.flagged.tolist(), said.reasons(1)
    ([False, True], [('income', 0.8), ('age', 0.2)])
    """

    columns: tuple[str, ...]
    score: Floats
    parts: Floats
    threshold: float = math.inf
    share: float = SHARE

    def __len__(self) -> int:
        return len(self.score)

    @property
    def values(self) -> Floats:
        """The scores."""
        return self.score

    @property
    def flagged(self) -> npt.NDArray[np.bool_]:
        """Which rows are strange enough for an alarm, bool [rows]."""
        flagged: npt.NDArray[np.bool_] = self.score >= self.threshold
        return flagged

    def at(self, threshold: float) -> Scores:
        """The same scores, held to another threshold."""
        return replace(self, threshold=threshold)

    def take(self, rows: npt.NDArray[np.intp]) -> Scores:
        """These rows only."""
        return replace(self, score=self.score[rows], parts=self.parts[rows])

    def reasons(self, row: int) -> list[tuple[str, float]]:
        """The columns that made a row strange, the most first, with their part of it; few, and none without weight."""
        order = np.argsort(-self.parts[row], kind="stable")[:MOST_REASONS].tolist()
        return [(self.columns[at], float(self.parts[row, at])) for at in order if self.parts[row, at] >= WORTH]

    def frame(self) -> pl.DataFrame:
        """`prediction` (whether it is flagged), `score`, `threshold`, `share` and a `reason:<column>` each."""
        each = [pl.Series(f"{REASON}{name}", self.parts[:, i]) for i, name in enumerate(self.columns)]
        settings = [pl.Series(name, [getattr(self, name)] * len(self), dtype=pl.Float64) for name in SETTINGS]
        flags = pl.Series("prediction", self.flagged.tolist(), dtype=pl.Boolean)
        return pl.DataFrame([flags, pl.Series("score", self.score), *settings, *each])

    def table(self) -> pl.DataFrame:
        """What a person wants to read: whether it is flagged, how strange, from which score on, and why."""
        why = [", ".join(f"{name} ({part:.0%})" for name, part in self.reasons(row)) for row in range(len(self))]
        return pl.DataFrame(
            {
                "prediction": pl.Series(self.flagged.tolist(), dtype=pl.Boolean),
                "score": self.score,
                "threshold": pl.Series([self._shown] * len(self), dtype=pl.Float64),
                "reasons": pl.Series(why, dtype=pl.String),
            }
        )

    def records(self) -> list[dict[str, Any]]:
        """Each row as plain data: prediction, score, threshold (None: none was set) and reasons."""
        return [
            {
                "prediction": flag,
                "score": score,
                "threshold": self._shown,
                "reasons": [{"column": name, "part": part} for name, part in self.reasons(row)],
            }
            for row, (flag, score) in enumerate(zip(self.flagged.tolist(), self.score.tolist(), strict=True))
        ]

    @property
    def _shown(self) -> float | None:
        return self.threshold if math.isfinite(self.threshold) else None


def shares_of(parts: Floats) -> Floats:
    """Parts that are not negative as shares of each row's sum, 0 throughout where a row has none; [rows, columns].

    >>> shares_of(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist()
    [[0.25, 0.75], [0.0, 0.0]]
    """
    total = parts.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)
    return shares


def is_scores(names: Sequence[str]) -> bool:
    """Whether columns of these names are what `Scores.frame` made."""
    return {"prediction", "score", *SETTINGS} <= set(names)


def read_scores(frame: pl.DataFrame) -> Scores:
    """The scores that `Scores.frame` wrote; without a row its threshold is forgotten."""
    names = [name for name in frame.columns if name.startswith(REASON)]
    settings: Mapping[str, float] = {name: float(frame[name][0]) for name in SETTINGS} if len(frame) else {}
    return Scores(
        tuple(name.removeprefix(REASON) for name in names),
        frame["score"].to_numpy().astype(np.float64),
        frame.select(names).to_numpy().astype(np.float64).reshape(len(frame), len(names)),
        **settings,
    )
