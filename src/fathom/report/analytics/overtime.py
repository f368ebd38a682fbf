"""How many documents of each topic were written when: a row of bars for each topic, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.analytics.analysis import Analysis
from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.charts.plot import Size, figure
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, table

MOST = 16  # topics in the chart, the largest ones; the table has all
ROW, NARROW_ROW = 40.0, 56.0
TOP, BOTTOM = 6.0, 26.0
NAMES = 210.0  # pixels beside the bars, for the topics' names; on narrow screens they stand above
CHART = 900.0
LETTERS, NARROW_LETTERS = 30, 44
TICKS, NARROW_TICKS = 8, 4
GAP = 0.18  # of a bar's place


def body(analysis: Analysis) -> Markup:
    """The chart, and its figures as a table."""
    if not analysis.periods or not analysis.topics:
        return parts.absent(phrase("The documents have no times, or too few of them."))
    shown = analysis.topics[:MOST]
    caption = phrase(
        "Each bar counts a topic's documents of a {period}; all topics share one scale, the row of all documents has "
        "its own.",
        period=period(analysis.period),
    )
    sizes = (
        Size(CHART, TOP + BOTTOM + ROW * (len(shown) + 1), "wide"),
        Size(360, TOP + BOTTOM + NARROW_ROW * (len(shown) + 1), "narrow"),
    )
    return figure(
        lambda size: _draw(analysis, size),
        title=phrase("Documents by {period}", period=period(analysis.period)),
        alt="; ".join(_told(analysis, topic.name, topic.over_time) for topic in shown),
        caption=caption,
        sizes=sizes,
        extra=folded(phrase("The figures"), _table(analysis)),
    )


def period(length: str) -> str:
    """A period's name in a sentence.

    >>> period("week")
    'week'
    """
    words = {"day": phrase("day"), "week": phrase("week"), "month": phrase("month"), "quarter": phrase("quarter"),
             "year": phrase("year")}  # fmt: skip
    return words[length]


def named(start: str, length: str) -> str:
    """A period as it is written at an axis, by its first day.

    >>> named("2024-05-01", "month"), named("2024-04-01", "quarter"), named("2024-05-06", "week")
    ('2024-05', '2024 Q2', '2024-05-06')
    """
    if length == "quarter":
        return f"{start[:4]} Q{(int(start[5:7]) + 2) // 3}"
    return start[: {"year": 4, "month": 7}.get(length, 10)]


def _told(analysis: Analysis, name: str, counts: Sequence[int]) -> str:
    most = max(range(len(counts)), key=counts.__getitem__)
    when = named(analysis.periods[most], analysis.period)
    return phrase("{topic}: most in {when}, {count:,}", topic=name, when=when, count=counts[most])


def _draw(analysis: Analysis, size: Size) -> Markup:
    narrow = size.name == "narrow"
    left = 8.0 if narrow else NAMES
    places = [left + (size.width - 8 - left) * at / len(analysis.periods) for at in range(len(analysis.periods) + 1)]
    rows: list[Child] = [_row(analysis, phrase("all documents"), analysis.per_period, max(analysis.per_period), places,
                              0, narrow, "other")]  # fmt: skip
    most = max(max(topic.over_time) for topic in analysis.topics[:MOST]) or 1
    for at, topic in enumerate(analysis.topics[:MOST], start=1):
        rows.append(_row(analysis, topic.name, topic.over_time, most, places, at, narrow, "classical"))
    return join(tag("g", rows), _axis(analysis, places, size))


def _row(analysis: Analysis, name: str, counts: Sequence[int], most: int, places: list[float], at: int,
         narrow: bool, look: str) -> Markup:  # fmt: skip
    height = NARROW_ROW if narrow else ROW
    base = TOP + height * (at + 1) - 4
    room = (height - 22) if narrow else height - 10
    words = wording.short(name, NARROW_LETTERS if narrow else LETTERS)
    label = tag("text", words, x=8 if narrow else 0, y=round(base - room - 5 if narrow else base - 8, 1),
                class_="name", data_tip=name if words != name else None)  # fmt: skip
    bars = [
        tag("rect", x=round(x + GAP * (end - x) / 2, 1), y=round(base - room * count / max(most, 1), 1),
            width=round((end - x) * (1 - GAP), 1), height=round(room * count / max(most, 1), 1), class_=f"bar {look}")
        for x, end, count in zip(places, places[1:], counts, strict=False)
        if count
    ]  # fmt: skip
    touched = [
        tag("rect", x=round(x, 1), y=round(base - room, 1), width=round(end - x, 1), height=room, class_="touch",
            data_tip=_tip(analysis, name, place, count))
        for place, (x, end, count) in enumerate(zip(places, places[1:], counts, strict=False))
    ]  # fmt: skip
    line = tag("line", x1=places[0], x2=places[-1], y1=base, y2=base, class_="grid")
    return join(label, line, bars, touched)


def _tip(analysis: Analysis, name: str, place: int, count: int) -> str:
    when = named(analysis.periods[place], analysis.period)
    total = analysis.per_period[place]
    share = f" ({wording.percent(count / total)})" if total and count != total else ""
    return f"{when}\n{name}\n{wording.count(count, 'document')}{share}"


def _axis(analysis: Analysis, places: list[float], size: Size) -> Markup:
    """Periods written below, evenly spread."""
    count, most = len(analysis.periods), NARROW_TICKS if size.name == "narrow" else TICKS
    step = -(-count // most)
    return tag("g", [
        tag("text", named(analysis.periods[at], analysis.period), x=round((places[at] + places[at + 1]) / 2, 1),
            y=size.height - 8, text_anchor="start" if at == 0 and size.name == "narrow" else "middle", class_="tick")
        for at in range(0, count, step)
    ])  # fmt: skip


def _table(analysis: Analysis) -> Markup:
    head: list[Child] = [period(analysis.period), phrase("all documents"), *(topic.name for topic in analysis.topics)]
    rows = [
        [named(start, analysis.period), f"{analysis.per_period[at]:,}",
         *(f"{topic.over_time[at]:,}" for topic in analysis.topics)]
        for at, start in enumerate(analysis.periods)
    ]  # fmt: skip
    return table(phrase("Documents by topic"), head, rows, numbers=range(1, len(head)))
