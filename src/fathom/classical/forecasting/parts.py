"""What forecasts are made of: season and effects as a learner has them, and what is left of its medians as trend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.alone import FEWEST, Alone, Ready
from fathom.classical.forecasting.components import smooth
from fathom.classical.forecasting.naive import Posed
from fathom.classical.forecasting.seasonal import Seasons
from fathom.data.dataset import Dataset
from fathom.data.series.windows import windows
from fathom.tasks.forecast_parts import Parts
from fathom.tasks.forecasts import Forecasts

Floats = npt.NDArray[np.float64]
LEAST = 5  # values that a trend is the mean of


def parts(dataset: Dataset, said: Forecasts, alone: Alone, seen: Ready, parted: Seasons) -> Parts:
    """The medians `said` of windows taken apart: by the season in `parted`, and by the effects that were learned.

    What neither explains is trend, so the parts put together are the medians, whoever said them. Of a window with too
    little past for either, all is trend.
    """
    ahead, unit = alone.horizon.ahead, seen.scale.unit
    little = seen.whole.length < FEWEST
    known = alone.effects.each(windows(dataset, Posed(alone.horizon)).known)[:, -ahead:]
    known = known * np.where(little[:, None], 0.0, seen.scale.moving * unit)[:, :, None]
    place = np.arange(ahead) % parted.added.shape[1]
    times = np.where(little[:, None], 1.0, parted.times[:, place])
    added = np.where(little[:, None], 0.0, parted.added[:, place] * unit)
    by_share = (parted.times != 1).any(axis=1) & ~little
    way = np.where(by_share, "times", np.where((parted.added != 0).any(axis=1) & ~little, "added", "none"))
    return Parts(
        way.astype(object),
        (said.values - known.sum(axis=2) - added) / times,
        np.where(by_share[:, None], times, added),
        known,
        alone.horizon.known,
        _before(parted, max(alone.horizon.season, LEAST)) * unit,
    )


def _before(parted: Seasons, width: int) -> Floats:
    """The trend of histories: the mean of so many values around each, the season taken out; NaN before they begin."""
    found = np.full(parted.rest.values.shape, np.nan)
    for row, length in enumerate(parted.rest.length.tolist()):
        if length:
            found[row, -length:] = smooth(parted.rest.values[row, -length:], min(width, length))
    return found
