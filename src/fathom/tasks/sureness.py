"""How sure a learner must be of an entity to name it: what gives the best F1 on validation rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from fathom.tasks.entities import F1
from fathom.tasks.predictions import Spans

BARS = (0.0, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1)  # 0: the most probable sequence
FEWEST = 50  # entities to choose by

Said = Callable[[float], Spans]


def bar(said: Said, truth: npt.NDArray[Any], remaining: Callable[[], float]) -> float:
    """The bar that most suits rows of this truth; `said` names their entities by it, within the seconds that remain.

    The most probable sequence names too few where entities are rare and mostly new. Where few are there to choose by,
    it is taken.

    >>> import numpy as np
    >>> from fathom.tasks.predictions import Entity
    >>> truth = np.empty(60, dtype=object)
    >>> truth[:] = [((0, 5, "city"),)] * 60
    >>> sure = Spans.of([[Entity(0, 5, "Seoul", "city", 0.25)]] * 60)
    >>> bar(lambda least: sure if 0 < least <= 0.25 else Spans.of([[]] * 60), truth, lambda: 1.0)
    0.25
    """
    if sum(map(len, truth)) < FEWEST:
        return 0.0
    best, highest = 0.0, -1.0
    for each in BARS:
        left = remaining()
        score = F1.score(truth, said(each), None)
        best, highest = (each, score) if score > highest else (best, highest)
        taken = left - remaining()
        if 4 * taken > remaining():
            break
    return best
