"""Complex exponential smoothing (Svetunkov et al. 2022)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fathom.classical.forecasting import smoothing
from fathom.classical.forecasting.alone import Ready, Said
from fathom.classical.forecasting.complex_smoothing import complex_smoothed
from fathom.classical.theta import Theta
from fathom.data.dataset import Dataset
from fathom.tasks.forecasts import Forecasts


@dataclass
class CES(Theta):
    """Levels and trends by one complex number, all histories at once, seasons taken out before and put back."""

    def predict(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        return self.alone_.said(self.alone_.ready(dataset), _complex)


def _complex(seen: Ready) -> Said:
    middle = complex_smoothed(seen.parted.rest, seen.horizon.ahead)
    deviation = smoothing.ahead(smoothing.smooth(seen.parted.rest), seen.horizon.ahead)[1]
    return seen.parted.back(np.nan_to_num(middle)), seen.parted.wider(np.nan_to_num(deviation))
