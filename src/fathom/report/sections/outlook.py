"""How the answer changes with more rows: who leads, where the lead changes hands, and how probable that is."""

from __future__ import annotations

import math
from functools import partial

from fathom.messages import phrase
from fathom.protocol.curves.curve import MOST_TIMES, Outlook
from fathom.protocol.grown import leaning
from fathom.report import wording
from fathom.report.charts import curves, marks
from fathom.report.charts.plot import Axis, Size, figure, frame
from fathom.report.charts.scale import Scale
from fathom.report.growth import Growth
from fathom.report.html import Markup, tag

EVEN = 0.5
SIZES = (Size(760, 260, "wide"), Size(360, 260, "narrow"))


def rows(value: float) -> str:
    """A number of rows that was estimated, with no more digits than it deserves.

    >>> rows(1437.0), rows(123456.0), rows(87.3)
    ('1,400 rows', '120,000 rows', '87 rows')
    """
    digits = max(0, math.floor(math.log10(max(value, 1.0))) - 1)
    return phrase("{rows:,} rows", rows=round(round(value, -digits)))


def said(growth: Growth, ahead: str | None = None) -> str:
    """In a sentence or two: who leads now, and where or whether that changes; `ahead`: as the verdict has it."""
    outlook = growth.outlook
    if outlook is None:
        if all(point.rows == growth.rows for line in growth.lines for point in line.points):
            return phrase("No contender was measured on fewer rows than all of them.")
        if not growth.of("deep"):
            return phrase("No deep contender was measured, so there is no forecast of which family leads.")
        if not growth.of("classical"):
            return phrase("No classical contender was measured, so there is no forecast of which family leads.")
        return phrase(
            "The best of a family was measured on too few sizes, so there is no forecast of which family leads with "
            "more rows."
        )
    leads = phrase("Deep leads") if outlook.deep_ahead[0] >= EVEN else phrase("Classical leads")
    now = max(outlook.deep_ahead[0], 1 - outlook.deep_ahead[0])
    undecided = outlook.undecided(ahead)
    open_now = phrase(
        "Allowing for luck and for who was cut short, it is open which family leads with the rows there are: deep does "
        "with a probability of {deep}.",
        deep=wording.chance(outlook.deep_ahead[0]),
    )
    begin = phrase(
        "{leads} with the rows there are, with a probability of {now}.", leads=leads, now=wording.chance(now)
    )
    last = phrase(
        "With {times} times the rows, deep would be ahead with a probability of {then}.",
        times=round(outlook.rows[-1] / growth.rows),
        then=wording.chance(outlook.deep_ahead[-1]),
    )
    leans = leaning(outlook)
    own = [phrase("The lines below are each contender's own, from this study alone.")] if leans else []
    front = [open_now] if undecided else [begin, crossing(outlook)]
    return " ".join([*front, last, *leans, *own])


def crossing(outlook: Outlook) -> str:
    """Where the lead changes hands."""
    if outlook.crossing is None or outlook.crossing[0] is None:
        return phrase(
            "The lead is not expected to change hands within {times} times the rows (probability that it does: "
            "{crosses}).",
            times=MOST_TIMES,
            crosses=wording.chance(outlook.crosses),
        )
    middle, low, high = outlook.crossing
    assert middle is not None
    return phrase(
        "The lead is expected to change hands at about {middle} (90 % interval {low} to {high}; probability that it "
        "does within {times} times the rows: {crosses}).",
        middle=rows(middle),
        low=phrase("now") if low is None else rows(low),
        high=phrase("more than {times} times the rows", times=MOST_TIMES) if high is None else rows(high),
        times=MOST_TIMES,
        crosses=wording.chance(outlook.crosses),
    )


def chart(growth: Growth) -> Markup | None:
    """The probability that deep is ahead against the rows; None where there is no outlook."""
    outlook = growth.outlook
    if outlook is None:
        return None
    told = "; ".join(
        f"{rows(each)}: {wording.chance(ahead)}" for each, ahead in zip(outlook.rows, outlook.deep_ahead, strict=True)
    )
    caption = phrase(
        "The solid line is the probability that the best deep contender scores better than the best classical one; "
        "the thin one, that it is better by so much that it matters. On the dashed line it is a coin's toss."
    )
    return figure(
        partial(_draw, growth, outlook),
        title=phrase("Is deep ahead?"),
        alt=told,
        caption=caption,
        sizes=SIZES,
        readable=True,
    )


def _draw(growth: Growth, outlook: Outlook, size: Size) -> Markup:
    across, upward = size.across, size.upward
    doubled = tuple(each for each in outlook.rows if _doubles(each / growth.rows))
    scale = Scale(outlook.rows[0], max(outlook.rows[-1], outlook.rows[0] * 1.01), *across, log=True)
    x = Axis(scale, phrase("training rows, in times those there are"), partial(_times, growth), doubled)
    y = Axis(Scale(0, 1, *upward), phrase("probability"), wording.round_percent)
    at = [x.scale(each) for each in outlook.rows]
    ahead = [(place, y.scale(each)) for place, each in zip(at, outlook.deep_ahead, strict=True)]
    dots = [(x.scale(each), y.scale(outlook.probability(each))) for each in doubled]
    wins = [(place, y.scale(each)) for place, each in zip(at, outlook.deep_wins, strict=True)]
    tips = [
        f"{rows(each)}\n"
        + phrase("deep ahead: {ahead}", ahead=wording.chance(one))
        + "\n"
        + phrase("by so much that it matters: {wins}", wins=wording.chance(two))
        for each, one, two in zip(outlook.rows, outlook.deep_ahead, outlook.deep_wins, strict=True)
        if each in doubled
    ]
    rising = outlook.deep_ahead[-1] >= outlook.deep_ahead[0]
    left, right = (across[0] + 8, None), (across[1] - 8, "end")
    upper, lower = (left, right) if rising else (right, left)  # where the line is not
    drawn = [
        tag("rect", x=across[0], y=upward[1], width=across[1] - across[0], height=y.scale(EVEN) - upward[1],
            class_="side deep"),
        tag("rect", x=across[0], y=y.scale(EVEN), width=across[1] - across[0], height=upward[0] - y.scale(EVEN),
            class_="side classical"),
        _side(phrase("deep ahead"), upper, upward[1] + 18, "deep"),
        _side(phrase("classical ahead"), lower, upward[0] - 10, "classical"),
        marks.line([(across[0], y.scale(EVEN)), (across[1], y.scale(EVEN))], "ideal"),
        curves.line(wins, "ink thin"),
        curves.line(ahead, "ink"),
        curves.dots(dots, "ink", 3.5),
        curves.stripes([x for x, _ in dots], across, upward, tips),
    ]  # fmt: skip
    return frame(size, x, y, drawn)


def _doubles(times: float) -> bool:
    """Whether it is a power of two.

    >>> _doubles(4.0), _doubles(2.83)
    (True, False)
    """
    power = math.log2(times)
    return abs(power - round(power)) < 0.01


def _side(words: str, end: tuple[float, str | None], y: float, look: str) -> Markup:
    return tag("text", words, x=end[0], y=y, text_anchor=end[1], class_=f"name words {look}")


def _times(growth: Growth, value: float) -> str:
    times = value / growth.rows
    return phrase("now") if abs(times - 1) < 0.01 else f"×{times:.3g}"
