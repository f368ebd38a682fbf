"""The learning curves of a study as a few lines of text, for the terminal."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fathom.cli import output
from fathom.messages import phrase, words
from fathom.protocol.study import Study
from fathom.report import wording
from fathom.report.evidence import Evidence
from fathom.report.growth import FAMILIES, Growth, Line
from fathom.tasks.task import Measure

HEIGHT = 11  # lines of the plot itself
NARROWEST, WIDEST = 44, 76  # columns; in fewer, a plot tells nothing
MARKS = {"classical": ("●", "○"), "deep": ("◆", "◇")}  # a measured score, the end of the forecast
LETTERS = {"classical": ("C", "c"), "deep": ("D", "d")}  # the same where only ASCII can be shown
COLOURS = {"classical": "\x1b[36m", "deep": "\x1b[33m"}
BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille letter, by row and column
DASH = 3  # dots drawn and left out in a forecast
SIMPLE = ("dumb", "linux", "vt100", "vt220")  # terminals whose letters hold no braille


def curve_plot(study: Study, columns: int) -> str:
    """The best curve of each family as a plot no wider than `columns`; "" without curves, or in too few columns."""
    growth = Evidence(study).growth
    if growth is None or columns < NARROWEST:
        return ""
    lines = [line for line in map(growth.best, FAMILIES) if line is not None and line.curve is not None]
    if not lines:
        return ""
    return drawn(growth, lines, min(columns, WIDEST), plain=_plain(), coloured=output.coloured(sys.stdout))


def drawn(growth: Growth, lines: list[Line], columns: int, *, plain: bool, coloured: bool) -> str:
    """The plot of these lines. `plain`: ASCII alone."""
    scores = [score for line in lines for _, score in [*line.drawn(), *line.means()]]
    low, high = min(scores), max(scores)
    room = 0.04 * (high - low) or abs(high) * 0.01 or 1.0
    low, high = low - room, high + room
    if growth.measure.percent:
        low, high = max(low, 0.0), min(high, 1.0)
    ticks = {
        at: _written(growth.measure, high - at / (HEIGHT - 1) * (high - low)) for at in (0, HEIGHT // 2, HEIGHT - 1)
    }
    margin = max(map(output.width, ticks.values())) + 1
    width = columns - margin - 1
    across = np.log([growth.smallest, growth.largest])

    def place(rows: float) -> float:
        return float((np.log(rows) - across[0]) / max(across[1] - across[0], 1e-9))

    here = round(place(growth.rows) * (width - 1))
    canvas = Canvas(width, HEIGHT, plain, upright=here)
    for line in lines:
        _draw(canvas, line, growth.rows, lambda share: float(np.exp(across[0] + share * (across[1] - across[0]))),
              place, lambda score: (high - score) / (high - low))  # fmt: skip
    body = [
        f"{ticks.get(at, ''):>{margin}}{'|' if plain else '│'}{row}" for at, row in enumerate(canvas.rows(coloured))
    ]
    return "\n".join(
        [_legend(growth, lines, columns, plain, coloured), *body, *_axis(growth, margin, width, here, plain)]
    )


def _draw(
    canvas: Canvas,
    line: Line,
    now: float,
    size: Callable[[float], float],
    place: Callable[[float], float],
    depth: Callable[[float], float],
) -> None:
    """One line: the curve, dashed beyond the rows there are, a mark at each measured size and one at the end."""
    assert line.curve is not None
    first, last = place(line.curve.rows[0]), place(line.curve.rows[-1])
    for dot in range(canvas.across):
        share = dot / max(canvas.across - 1, 1)
        forecast = size(share) > now * 1.001
        if first <= share <= last and not (forecast and dot % (2 * DASH) >= DASH):
            canvas.dot(share, depth(line.curve.at(size(share))[0]), line.family)
    measured, told = (LETTERS if canvas.plain else MARKS)[line.family]
    canvas.mark(last, depth(line.curve.middle[-1]), told, line.family)
    for rows, score in line.means():
        canvas.mark(place(rows), depth(score), measured, line.family)


def _legend(growth: Growth, lines: list[Line], columns: int, plain: bool, coloured: bool) -> str:
    marks = LETTERS if plain else MARKS
    named = [
        " ".join(
            [
                _tinted(marks[line.family][0], line.family, coloured),
                f"{words.family(line.family)}: {output.printable(line.learner)}",
            ]
        )
        for line in lines
    ]
    parts = [phrase("{measure} by training rows", measure=growth.measure.name), *named]
    bare = sum(output.width(part) for part in parts) - len(named) * (len(COLOURS["deep"] + output.PLAIN) * coloured)
    return ("   " if bare + 3 * len(named) <= columns else "\n").join(parts)


def _axis(growth: Growth, margin: int, width: int, here: int, plain: bool) -> list[str]:
    """The axis, and under it the sizes: the smallest, the rows there are, the largest."""
    rule = ["-" if plain else "─"] * width
    rule[here] = "+" if plain else "┴"
    now = phrase("{rows:,} rows", rows=growth.rows)
    first, last = f"{growth.smallest:,.0f}", f"{growth.largest:,.0f}"
    words = first + " " * width
    left = min(max(here - output.width(now) // 2, len(first) + 2), width - len(last) - output.width(now) - 2)
    words = words[:left] + now
    words += " " * max(width - output.width(words) - len(last), 1) + last
    space = " " * margin
    return [f"{space}{'+' if plain else '└'}{''.join(rule)}", f"{space} {words}"]


@dataclass
class Canvas:
    """Cells of text with dots in them: two across and four down in braille, one in ASCII."""

    width: int
    height: int
    plain: bool
    dots: dict[tuple[int, int], int] = field(default_factory=dict)  # (row, column): the dots of the cell
    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    families: dict[tuple[int, int], str] = field(default_factory=dict)
    upright: int = -1  # the column of a faint line behind everything else

    @property
    def across(self) -> int:
        """How many dots lie side by side."""
        return self.width if self.plain else 2 * self.width

    def dot(self, share: float, depth: float, family: str) -> None:
        """A dot at so much of the width and of the height from the top; beyond the canvas, none."""
        if not 0 <= depth <= 1:
            return
        down = round(depth * (self.height * (1 if self.plain else 4) - 1))
        right = round(share * (self.across - 1))
        if self.plain:
            self.marks.setdefault((down, right), LETTERS[family][1])
            self.families.setdefault((down, right), family)
            return
        cell = (down // 4, right // 2)
        self.dots[cell] = self.dots.get(cell, 0) | DOTS[down % 4][right % 2]
        self.families[cell] = family

    def mark(self, share: float, depth: float, letter: str, family: str) -> None:
        """A letter instead of dots."""
        if 0 <= depth <= 1:
            cell = (round(depth * (self.height - 1)), round(share * (self.width - 1)))
            self.marks[cell], self.families[cell] = letter, family

    def rows(self, coloured: bool) -> list[str]:
        """The lines of text."""
        return ["".join(self._cell((row, column), coloured) for column in range(self.width)).rstrip()
                for row in range(self.height)]  # fmt: skip

    def _cell(self, cell: tuple[int, int], coloured: bool) -> str:
        letter = self.marks.get(cell) or (chr(BRAILLE + self.dots[cell]) if cell in self.dots else "")
        if not letter:
            return (":" if self.plain else "╎") if cell[1] == self.upright else " "
        return _tinted(letter, self.families[cell], coloured)


def _tinted(text: str, family: str, coloured: bool) -> str:
    return f"{COLOURS[family]}{text}{output.PLAIN}" if coloured else text


def _written(measure: Measure, value: float) -> str:
    return wording.score(measure, value)


def _plain() -> bool:
    """Whether only ASCII can be relied on: a simple terminal, or a locale without Unicode on any terminal."""
    if not sys.stdout.isatty():
        return False  # a file or a pipe, which gets UTF-8 like everything else that is written
    if os.environ.get("TERM", "") in SIMPLE:
        return True
    return locale.getencoding().lower().replace("-", "") not in ("utf8", "cp65001")
