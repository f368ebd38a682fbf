"""How many test rows fall into each interval of a number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.report import wording
from fathom.report.charts import marks
from fathom.report.charts.scale import Scale
from fathom.report.html import Markup

Floats = npt.NDArray[np.float64]


def histogram(x: Scale, y: Scale, counts: npt.NDArray[np.int64], edges: Floats, look: str) -> list[Markup]:
    """A bar for each interval between neighbours of `edges`, as high as its count."""
    return [
        marks.bar(
            x(left),
            x(right) - x(left) - 1,
            y,
            value,
            look,
            phrase("{low} to {high}", low=wording.number(left), high=wording.number(right))
            + f"\n{wording.count(value, 'test row')}",
        )
        for left, right, value in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
    ]
