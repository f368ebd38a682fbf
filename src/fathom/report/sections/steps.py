"""How often what was said is right, by the probability it was given: of labels, entities and boxes alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.report import wording
from fathom.report.html import Child, Markup
from fathom.report.tables import table

BINS = 5


def by_probability(
    given: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], caption: str, things: str, share: str
) -> Markup:
    """A table of five steps of probability: how many of the `things`, how sure, and the `share` that is right.

    `given` and `right`, one each for every thing said: its probability, float64, and whether it is right.
    """
    place = np.clip((given * BINS).astype(int), 0, BINS - 1)
    rows: list[list[Child]] = [
        [
            phrase("{low} to {high}", low=wording.percent(at / BINS), high=wording.percent((at + 1) / BINS)),
            f"{int((place == at).sum()):,}",
            wording.percent(float(given[place == at].mean())),
            wording.percent(float(right[place == at].mean())),
        ]
        for at in np.unique(place).tolist()
    ]
    return table(caption, [phrase("probability"), things, phrase("mean confidence"), share], rows, numbers=(1, 2, 3))
