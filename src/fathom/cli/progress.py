"""Progress on stderr: a moving bar on a terminal, a plain line for each step elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from fathom.cli import output
from fathom.messages import again, phrase, words
from fathom.protocol.progress import Listener
from fathom.protocol.progress import Progress as News

STAGES = {
    "read": phrase("reading the data"),
    "faces": phrase("looking for faces"),
    "check": phrase("checking the data"),
    "split": phrase("holding out test rows"),
    "train": phrase("training the contenders"),
    "score": phrase("scoring on the test rows"),
    "explain": phrase("measuring what matters"),
}
COLUMNS = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), TimeElapsedColumn())
SILENCE = 20.0  # seconds after which a plain listener is told that training goes on


@contextmanager
def shown() -> Iterator[Listener]:
    """A listener that shows the news while the body runs."""
    if not sys.stderr.isatty():
        yield Lines().hear
        return
    console = Console(stderr=True, highlight=False, no_color=not output.coloured(sys.stderr))
    with Progress(*COLUMNS, console=console, transient=True) as bars:
        yield Bar(bars).hear


class Lines:
    """News as plain lines: each stage once, each contender's end, and a sign of life in between."""

    def __init__(self) -> None:
        self.stage = ""
        self.last = time.monotonic()

    def hear(self, news: News) -> None:
        """Write a line where there is something new to say."""
        if news.status:
            self._say(ended(news))
        elif news.stage == "read" and news.note:
            self._say(phrase("note: {what}", what=news.note))
        elif news.stage != self.stage and news.stage in STAGES:
            self._say(again(STAGES[news.stage]))
        elif news.contender and time.monotonic() - self.last > SILENCE:
            self._say(f"{news.contender} {news.done:.0%} {news.note}".rstrip())
        self.stage = news.stage

    def _say(self, line: str) -> None:
        self.last = time.monotonic()
        output.say(output.printable(line))


class Bar:
    """News as one moving bar, with a line left above it for each contender that has ended."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.task: TaskID = bars.add_task(phrase("starting"), total=None)
        self.now = ""

    def hear(self, news: News) -> None:
        """Move the bar."""
        if news.status:
            self.bars.console.print(output.printable(ended(news)), markup=False)
        if news.stage == "read" and news.note:
            self.bars.console.print(output.printable(phrase("note: {what}", what=news.note)), markup=False)
            return
        title = news.contender or again(STAGES.get(news.stage, news.stage))
        if title != self.now:
            self.now = title
            self.bars.reset(self.task, total=1.0 if news.contender else None)
        description = output.printable(f"{title} {news.note}".rstrip())[:60]
        self.bars.update(self.task, description=description, completed=news.done)


def ended(news: News) -> str:
    """How a contender ended.

    >>> ended(News("train", "ridge", 1.0, status="done", score=12.345678))
    'ridge: done, 12.35 on the test rows'
    >>> ended(News("train", "ridge", 1.0, status="done", score=12.345678, kept=True))
    'ridge: kept from before, 12.35 on the test rows'
    """
    note = f" ({news.note})" if news.note and news.status != "done" else ""
    how = words.status(news.status)
    if news.kept:
        how = phrase("kept from before") if news.status == "done" else phrase("{how}, kept from before", how=how)
    if news.score is not None:
        how = phrase("{how}, {score:.4g} on the test rows", how=how, score=news.score)
    return f"{news.contender}: {how}{note}"
