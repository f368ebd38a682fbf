"""Small pieces that several sections show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fathom.messages import phrase, words
from fathom.report import wording
from fathom.report.html import Child, Markup, tag
from fathom.tasks.task import Measure

if TYPE_CHECKING:
    from fathom.protocol.study import Trial


def name(text: object, most: int = 60) -> Markup:
    """A label or a column's name: cut where too long, and kept from turning the text around it right to left."""
    words = str(text)
    cut = wording.short(words, most)
    return tag("bdi", cut, class_="name", title=words[:500] if cut != words else None)


def names(texts: tuple[str, ...] | list[str], most: int = 8) -> Markup:
    """Several names, and how many more there are."""
    shown: list[Child] = []
    for position, text in enumerate(texts[:most]):
        shown += [", " if position else None, name(text, 40)]
    rest = len(texts) - most
    return tag("span", shown, phrase(" and {rest:,} more", rest=rest) if rest > 0 else None)


def family(look: str) -> Markup:
    """A family, in its colour and with its shape."""
    return tag("span", words.family(look), class_=f"family {look if look in ('classical', 'deep') else 'other'}")


def score(measure: Measure, trial: Trial) -> Markup:
    """A trial's score with its interval."""
    interval = wording.interval(measure, trial.low, trial.high)
    return tag(
        "span",
        tag("b", wording.score(measure, trial.score)),
        tag("small", f" ({interval})") if interval else None,
        class_="score",
    )


def absent(why: str) -> Markup:
    """Why there is nothing to see."""
    return tag("p", why, class_="absent")


def legend() -> Markup:
    """The two families; a click hides or shows one."""
    return tag(
        "p",
        [
            tag(
                "button",
                words.family(look),
                type="button",
                class_=f"family {look}",
                data_family=look,
                aria_pressed="true",
            )
            for look in ("classical", "deep")
        ],
        class_="legend",
    )
