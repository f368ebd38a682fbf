"""How the contenders grow: each one's measured points beside its curve, and who leads at which size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.curve import MOST_TIMES, Curve, Outlook, Point
from fathom.tasks.task import Measure

if TYPE_CHECKING:
    from fathom.protocol.study import Study

FAMILIES = ("classical", "deep")
FAR = (2, 8, 64)  # multiples of the rows there are, that tables tell


@dataclass(frozen=True, slots=True)
class Line:
    """One contender: its points in order of rows, its curve (None: too few points), and whether it is emphasised."""

    learner: str
    family: str
    points: tuple[Point, ...]
    curve: Curve | None
    best: bool

    @property
    def look(self) -> str:
        """Its family, or "other" for the baseline."""
        return "other" if self.learner == BASELINE else self.family

    def means(self) -> list[tuple[float, float]]:
        """(rows, mean score over the draws), the fewest rows first."""
        scores: dict[int, list[float]] = {}
        for point in self.points:
            scores.setdefault(point.rows, []).append(point.score)
        return [(float(rows), sum(found) / len(found)) for rows, found in sorted(scores.items())]

    def drawn(self) -> list[tuple[float, float]]:
        """(rows, score) along the line: the curve's median, or the means where there is no curve."""
        if self.curve is None:
            return self.means()
        return list(zip(self.curve.rows, self.curve.middle, strict=True))


@dataclass(frozen=True)
class Growth:
    """All lines of a study, the best contender first; `rows`: the training rows that the study has."""

    lines: tuple[Line, ...]
    rows: int
    measure: Measure
    outlook: Outlook | None

    @property
    def smallest(self) -> float:
        """The fewest rows that were measured or told."""
        return min(float(rows) for line in self.lines for rows, _ in line.drawn())

    @property
    def largest(self) -> float:
        """The most rows that a line reaches."""
        return max([float(self.rows), *(rows for line in self.lines for rows, _ in line.drawn())])

    def of(self, family: str) -> list[Line]:
        """The lines of a family, without the baseline."""
        return [line for line in self.lines if line.look == family]

    def best(self, family: str) -> Line | None:
        """The emphasised line of a family."""
        return next((line for line in self.of(family) if line.best), None)

    def curve(self, learner: str) -> Curve | None:
        """The curve of a contender; None where it has none."""
        return next((line.curve for line in self.lines if line.learner == learner), None)

    def leader(self, family: str, rows: float) -> Line | None:
        """Who of a family is best at this size by the median of its curve, of those whose curves tell of it."""
        sign = 1 if self.measure.higher_is_better else -1
        fitted = [(line, line.curve) for line in self.of(family) if line.curve is not None and line.curve.reaches(rows)]
        return max(fitted, key=lambda pair: sign * pair[1].at(rows)[0], default=(None, None))[0]

    def sizes(self) -> list[float]:
        """The sizes to read off: those the best were measured at, and those up to 64 times the rows, where told."""
        measured = {float(point.rows) for line in self.lines if line.best for point in line.points}
        doubled = {float(self.rows * 2**power) for power in range(MOST_TIMES.bit_length())}
        largest = self.largest
        return sorted(rows for rows in measured | doubled if rows <= largest * 1.001)


def growth(study: Study, measure: Measure, best: dict[str, str | None]) -> Growth | None:
    """The study's lines in the order of its trials; None where nothing was measured. `best`: whom to emphasise."""
    curves = {curve.learner: curve for curve in study.curves}
    points: dict[str, list[Point]] = {}
    for point in study.points:
        points.setdefault(point.learner, []).append(point)
    order = [trial.learner for trial in study.trials]
    families = {point.learner: point.family for point in study.points}
    families |= {curve.learner: curve.family for curve in study.curves}
    names = sorted(families, key=lambda name: order.index(name) if name in order else len(order))
    lines = tuple(
        Line(
            name,
            families[name],
            tuple(sorted(points.get(name, []), key=lambda point: (point.rows, point.seed))),
            curves.get(name),
            name != BASELINE and best.get(families[name]) == name,
        )
        for name in names
    )
    return Growth(lines, study.train_rows, measure, study.outlook) if lines else None
