"""When to prefer a learner that reads several things, for one of them."""

from __future__ import annotations

from fathom.catalog.row import LearnerRow, Reads
from fathom.messages import phrase

PREFERRED: dict[tuple[str, Reads], str] = {
    ("ridge", "series"): phrase("many series that repeat their past, with columns known ahead; fastest to train"),
    ("gradient-boosting", "image"): phrase("few pictures whose colours and textures tell them apart"),
    ("gradient-boosting", "text"): phrase("texts beside which columns tell much"),
    ("gradient-boosting", "series"): phrase("many series with columns known ahead, whose effects have thresholds"),
    ("gradient-boosting", "events"): phrase("events of any number, with sums and counts of those before"),
    ("feedforward", "image"): phrase("never before filters; it tells what those add"),
    ("feedforward", "series"): phrase("many series, or one of thousands of steps; the quickest of the networks"),
    ("feedforward", "events"): phrase("many rows whose columns depend on one another"),
    ("convolutional", "text"): phrase("texts where single phrases decide"),
    ("convolutional", "series"): phrase("long series whose shapes come again, at any time"),
    ("recurrent", "series"): phrase("many series that are alike, whose order of steps counts"),
    ("recurrent", "events"): phrase("customers with many events, whose order counts"),
    ("transformer", "image"): phrase("many thousand pictures"),
    ("transformer", "series"): phrase("many long series, where steps far back count"),
    ("transformer", "events"): phrase("customers with long histories, where events far back count"),
}  # fmt: skip


def preferred(row: LearnerRow, reads: Reads) -> str:
    """When to prefer a learner for problems that read this.

    >>> from fathom.catalog.learner_rows import LEARNERS
    >>> ridge = next(row for row in LEARNERS if row.name == "ridge")
    >>> preferred(ridge, "table") == ridge.prefer, preferred(ridge, "series") == ridge.prefer
    (True, False)
    """
    return PREFERRED.get((row.name, reads), row.prefer)
