"""Numbers as a person writes them. What was not measured is a dash, never a zero."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from fathom.messages import phrase, plural
from fathom.messages.figures import NOTHING as NOTHING
from fathom.messages.figures import known as known
from fathom.messages.figures import number as number
from fathom.tasks.task import Measure


def count(value: float | None, what: str = "") -> str:
    """A whole number, and of what.

    >>> count(1797, "row"), count(1, "row"), count(2, "class")
    ('1,797 rows', '1 row', '2 classes')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if not what:
        return f"{value:,.0f}"
    return NOUNS[what](round(value))


NOUNS: dict[str, Callable[[int], str]] = {
    "row": lambda count: plural(count, "{count:,} row", "{count:,} rows"),
    "test row": lambda count: plural(count, "{count:,} test row", "{count:,} test rows"),
    "training row": lambda count: plural(count, "{count:,} training row", "{count:,} training rows"),
    "document": lambda count: plural(count, "{count:,} document", "{count:,} documents"),
    "class": lambda count: plural(count, "{count:,} class", "{count:,} classes"),
    "byte": lambda count: plural(count, "{count:,} byte", "{count:,} bytes"),
    "wrong answer": lambda count: plural(count, "{count:,} wrong answer", "{count:,} wrong answers"),
}


def score(measure: Measure, value: float | None, unit: bool = True) -> str:
    """A score in the measure's own way of writing.

    >>> from fathom.tasks.measures import ACCURACY, RMSE
    >>> score(ACCURACY, 0.9722), score(RMSE, 53.44)
    ('97.2 %', '53.4')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if not measure.percent:
        return number(value)
    return f"{100 * value:.1f}" + (" %" if unit else "")


def interval(measure: Measure, low: float | None, high: float | None) -> str:
    """An interval in the measure's own way of writing.

    >>> from fathom.tasks.measures import ACCURACY
    >>> interval(ACCURACY, 0.961, 0.98), interval(ACCURACY, None, None)
    ('96.1 to 98.0 %', '')
    """
    if not (known(low) and known(high)):
        return ""
    return phrase("{low} to {high}", low=score(measure, low, unit=False), high=score(measure, high))


def percent(share: float | None) -> str:
    """A share of one, in points of a hundred.

    >>> percent(0.057)
    '5.7 %'
    """
    if share is None or not math.isfinite(share):
        return NOTHING
    return f"{100 * share:.1f} %"


def seconds(value: float | None) -> str:
    """A time.

    >>> seconds(0.0123), seconds(45.2), seconds(125.0), seconds(3725.0)
    ('0.012 s', '45.2 s', '2 min 05 s', '1 h 02 min')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if value < 1:
        return f"{value:.3f} s" if value < 0.1 else f"{value:.2f} s"
    if value < 99.95:
        return f"{value:.1f} s"
    if value < 3600:
        return f"{int(value) // 60} min {int(value) % 60:02d} s"
    return f"{int(value) // 3600} h {int(value) % 3600 // 60:02d} min"


def milliseconds(value: float | None) -> str:
    """A short time.

    >>> milliseconds(0.01234), milliseconds(0.0000675)
    ('0.0123 ms', '67.5 ns')
    """
    if not known(value):
        return NOTHING
    return f"{number(value)} ms" if value >= 1e-3 or value == 0 else f"{number(1e6 * value)} ns"


def megabytes(value: float | None) -> str:
    """A size.

    >>> megabytes(0.1), megabytes(812.3), megabytes(2048.0), megabytes(0.004)
    ('0.1 MB', '812 MB', '2.0 GB', '4 kB')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if value < 0.1:
        return f"{max(value * 1000, 0):.0f} kB"
    if value >= 1000:
        return f"{value / 1024:.1f} GB"
    return f"{value:.0f} MB" if value >= 10 else f"{value:.1f} MB"


def money(value: float) -> str:
    """A sum in whatever currency the price was told in.

    >>> money(1.25), money(0.0), money(0.00003)
    ('1.25', '0', '< 0.0001')
    """
    return "< 0.0001" if 0 < value < 1e-4 else number(value)


def short(text: object, most: int = 60) -> str:
    """The text, cut where it would break a page; white space made single.

    >>> short("a very long   name", 10)
    'a very lo…'
    """
    words = " ".join(str(text)[: 4 * most].split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def value(cell: Any) -> str:
    """A cell of a table, as text.

    >>> value(None), value(3.0), value("red"), value(b"abc"), value(datetime(2024, 5, 1))
    ('–', '3', 'red', '3 bytes', '2024-05-01')
    """
    if cell is None:
        return NOTHING
    if isinstance(cell, bytes):
        return count(len(cell), "byte")
    if isinstance(cell, float):
        return number(cell)
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell.replace(microsecond=0))
    return short(cell)


def plain(data: Any) -> str:
    """Plain JSON data in one line, for settings and hardware.

    >>> plain({"cores": 2, "gpu": None}), plain(["a", "b"]), plain(True)
    ('cores 2, gpu –', 'a, b', 'yes')
    """
    if isinstance(data, dict):
        return ", ".join(f"{key} {plain(each)}" for key, each in data.items()) or NOTHING
    if isinstance(data, list | tuple):
        return ", ".join(plain(each) for each in data) or NOTHING
    if isinstance(data, bool):
        return phrase("yes") if data else phrase("no")
    if data is None or data == "":
        return NOTHING
    return number(data) if isinstance(data, float) else str(data)


def difference(measure: Measure, gap: float | None, unit: bool = True) -> str:
    """A difference of two scores, with its sign.

    >>> from fathom.tasks.measures import ACCURACY
    >>> difference(ACCURACY, 0.004), difference(ACCURACY, -0.02)
    ('+0.4 points', '−2.0 points')
    """
    if gap is None or not math.isfinite(gap):
        return NOTHING
    sign = "−" if gap < 0 else "+"
    if not measure.percent:
        return sign + number(abs(gap))
    points = f"{sign}{100 * abs(gap):.1f}"
    return phrase("{points} points", points=points) if unit else points


def differences(measure: Measure, low: float | None, high: float | None) -> str:
    """An interval of differences.

    >>> from fathom.tasks.measures import ACCURACY
    >>> differences(ACCURACY, -0.005, 0.013)
    '−0.5 to +1.3 points'
    """
    if not (known(low) and known(high)):
        return NOTHING
    return phrase("{low} to {high}", low=difference(measure, low, unit=False), high=difference(measure, high))


def round_percent(share: float) -> str:
    """A share at an axis, with no more digits than it needs.

    >>> round_percent(0.9), round_percent(0.985)
    ('90 %', '98.5 %')
    """
    return f"{number(100 * share)} %"


def chance(probability: float) -> str:
    """A probability, without the certainty that nobody has.

    >>> chance(0.923), chance(0.9999), chance(0.001)
    ('92 %', 'more than 99 %', 'less than 1 %')
    """
    if probability > 0.99:
        return phrase("more than {percent} %", percent=99)
    if probability < 0.01:
        return phrase("less than {percent} %", percent=1)
    return f"{100 * probability:.0f} %"
