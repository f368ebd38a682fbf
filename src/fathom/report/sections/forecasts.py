"""Forecasts: how far off they are step by step, how much their bands hold, and series drawn with what was said."""

from __future__ import annotations

import numpy as np

from fathom.messages import phrase
from fathom.report import parts, wording
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup
from fathom.report.tables import table
from fathom.tasks.forecasts import Forecasts

MOST_STEPS = 12  # rows of a table of steps


def body(evidence: Evidence) -> Markup:
    """The error by step ahead."""
    if evidence.forecasts is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to check."))
    said, answers = evidence.forecasts
    errors = np.abs(answers.truth["future"] - said.values)
    naive = np.abs(answers.truth["future"] - answers.truth["naive"])
    rows: list[list[Child]] = []
    for first, last in stretches(errors.shape[1]):
        ours, theirs = (float(np.nanmean(each[:, first:last])) for each in (errors, naive))
        steps = f"{first + 1}" if last == first + 1 else f"{first + 1}–{last}"
        rows.append([steps, wording.number(ours), wording.number(theirs)])
    told = phrase("How far off forecasts are, on average, by how many steps ahead they look")
    head = (phrase("steps ahead"), phrase("error"), phrase("seasonal naive"))
    return table(told, head, rows, numbers=(1, 2))


def sureness(said: Forecasts, answers: Answers) -> Markup:
    """How often what came lies within the bands."""
    truth = answers.truth["future"]
    seen = np.isfinite(truth)
    rows: list[list[Child]] = []
    for low, high in ((0.05, 0.95), (0.1, 0.9), (0.2, 0.8), (0.3, 0.7), (0.4, 0.6)):
        inside = (truth >= said.level(low)) & (truth <= said.level(high))
        rows.append([wording.percent(high - low), wording.percent(float(inside[seen].mean()))])
    told = phrase("How much of what came lies within the bands")
    return table(told, (phrase("band"), phrase("share inside")), rows, numbers=(0, 1))


def examples(evidence: Evidence, said: Forecasts, answers: Answers) -> Markup:
    """Series drawn with what was said of them."""
    return parts.absent(phrase("There are no stored answers of a finished contender to take examples from."))


def stretches(ahead: int) -> list[tuple[int, int]]:
    """The steps in at most `MOST_STEPS` stretches: first, and one after the last.

    >>> stretches(3), stretches(28)[:2]
    ([(0, 1), (1, 2), (2, 3)], [(0, 3), (3, 6)])
    """
    each = -(-ahead // MOST_STEPS)
    return [(first, min(first + each, ahead)) for first in range(0, ahead, each)]
