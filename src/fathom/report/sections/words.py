"""Which words decide: for each label those that it loses most without."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table

LEVELS = 4  # of colour
LEAST = 0.0005  # of probability: less is not marked
WEAKEST = 0.05  # of the strongest piece's worth: less is not marked either
LONGEST = 400  # characters of a text that are shown

Found = dict[str, Any]
Mark = Sequence[Any]  # start, end and worth


def body(found: Found, learner: str) -> Markup | None:
    """A table of labels and words; None where no word was found to decide anything."""
    rows = found["words"]
    if not rows:
        return None
    labels = list(dict.fromkeys(each["label"] for each in rows))
    most = max(each["drop"] for each in rows)
    caption = phrase(
        "How much less probable {learner} finds its own label when the word is left out of a text, on average over the "
        "test texts that hold it; {count:,} texts were looked at.",
        learner=learner,
        count=found["texts"],
    )
    title = phrase("The words that decide for {learner}", learner=learner)
    head: list[Child] = [phrase("label"), phrase("words, those that decide most first, with the probability lost")]
    cells: list[list[Child]] = [
        [parts.name(label, 40), [_word(each, most) for each in rows if each["label"] == label]] for label in labels
    ]
    return tag(
        "figure",
        tag("p", title, class_="figure-title"),
        table(caption, head, cells),
        class_="plot words",
    )


def _word(found: Found, most: float) -> Markup:
    tip = phrase("in {count:,} texts", count=found["rows"])
    drop = wording.percent(found["drop"])
    return tag(
        "span", tag("bdi", found["word"]), " ", tag("small", drop), class_=_look(found["drop"] / most), data_tip=tip
    )


def marked(text: str, marks: Iterable[Mark]) -> Markup:
    """A text, each piece coloured by how much its label loses without it.

    >>> marked("so good", [[3, 7, 0.5]])
    'so <mark class="for-4">good</mark>'
    """
    ordered = sorted(marks, key=lambda mark: mark[0])
    most = max((abs(worth) for _, _, worth in ordered), default=0.0)
    pieces: list[Child] = []
    at = 0
    for start, end, worth in ordered:
        if end > LONGEST:
            break
        if abs(worth) < max(LEAST, WEAKEST * most) or start < at:
            continue
        pieces += [text[at:start], tag("mark", text[start:end], class_=_look(worth / most))]
        at = end
    pieces.append(text[at:LONGEST] + ("…" if len(text) > LONGEST else ""))
    return join(pieces)


def _look(share: float) -> str:
    """The class of a piece by its worth as a share of the strongest one's: for or against, and how strongly.

    >>> _look(0.01), _look(-0.6)
    ('for-1', 'against-3')
    """
    return f"{'for' if share > 0 else 'against'}-{max(1, math.ceil(LEVELS * abs(share)))}"
