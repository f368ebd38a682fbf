"""A study in a notebook: the verdict, the table of contenders, and the learning curves as a small drawing."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fathom.messages import phrase, words
from fathom.messages.figures import number
from fathom.protocol.curves.curve import Curve

if TYPE_CHECKING:
    from fathom.protocol.study import Study, Trial

WIDTH, HEIGHT, EDGE = 560, 240, 34
COLOURS = {"classical": "#0072b2", "deep": "#c24e00"}  # Okabe and Ito's palette, as the report has it
MOST_CURVES = 6
BASELINE = "baseline"  # its curve says nothing and would press the others together


def view(study: Study) -> str:
    """The study as HTML, every text of it escaped."""
    names = (phrase("learner"), phrase("family"), study.measure, phrase("95 % interval"), phrase("seconds"))
    head = _row("th", [*names, phrase("status")])
    body = "".join(_row("td", _cells(trial)) for trial in study.trials)
    shown = [each for each in study.curves if each.learner != BASELINE and len(each.rows) > 1 and _finite(each)]
    drawn = _drawing(shown[:MOST_CURVES], float(study.train_rows)) if shown else ""
    return f"<p>{html.escape(study.verdict.text)}</p><table>{head}{body}</table>{drawn}"


def _cells(trial: Trial) -> list[str]:
    interval = ""
    if trial.low is not None and trial.high is not None:
        interval = phrase("{low} to {high}", low=number(trial.low), high=number(trial.high))
    score = "" if trial.score is None else number(trial.score)
    seconds = "" if trial.fit_seconds is None else f"{trial.fit_seconds:.1f}"
    ended = trial.message or words.status(trial.status)
    return [trial.learner, words.family(trial.family), score, interval, seconds, ended]


def _row(tag: str, cells: list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _finite(curve: Curve) -> bool:
    return all(math.isfinite(value) for value in curve.middle)


def _drawing(curves: Sequence[Curve], own: float) -> str:
    """Score over training rows, by the logarithm; dashed beyond the study's own rows, where it is a forecast."""
    rows = [size for curve in curves for size in curve.rows]
    scores = [score for curve in curves for score in curve.middle]
    left, right, low, high = math.log(min(rows)), math.log(max(rows)), min(scores), max(scores)

    def place(size: float, score: float) -> tuple[float, float]:
        across = EDGE + (WIDTH - 2 * EDGE) * (math.log(size) - left) / ((right - left) or 1)
        return round(across, 1), round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (score - low) / ((high - low) or 1), 1)

    lines = []
    for curve in curves:
        known = [place(*each) for each in zip(curve.rows, curve.middle, strict=True) if each[0] <= own * 1.001]
        later = [place(*each) for each in zip(curve.rows, curve.middle, strict=True) if each[0] > own * 1.001]
        colour = COLOURS.get(curve.family, "gray")
        lines += [_line(known, colour, curve.learner), _line([*known[-1:], *later], colour, curve.learner, dashed=True)]
    ends = [
        _text(EDGE, HEIGHT - 12, f"{min(rows):,.0f}", "start"),
        _text(WIDTH - EDGE, HEIGHT - 12, phrase("{rows:,.0f} training rows", rows=max(rows)), "end"),
        _text(EDGE, 16, number(high), "start"),
        _text(EDGE, HEIGHT - EDGE + 10, number(low), "start"),
    ]
    said = html.escape(phrase("Learning curves, dashed where they are a forecast"))
    opening = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" aria-label="{said}">'
    key = ", ".join(
        f'<span style="color:{colour}">{html.escape(words.family(family))}</span>' for family, colour in COLOURS.items()
    )
    return f"<figure>{opening}{''.join(lines)}{''.join(ends)}</svg><figcaption>{said}: {key}</figcaption></figure>"


def _line(places: Sequence[tuple[float, float]], colour: str, name: str, *, dashed: bool = False) -> str:
    if len(places) < 2:
        return ""
    points = " ".join(f"{x:g},{y:g}" for x, y in places)
    style = ' stroke-dasharray="5 4"' if dashed else ""
    look = f'fill="none" stroke="{colour}" stroke-width="2"{style}'
    return f'<polyline points="{points}" {look}><title>{html.escape(name)}</title></polyline>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    look = 'font-size="11" fill="currentColor" font-family="sans-serif"'
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {look}>{html.escape(words)}</text>'
