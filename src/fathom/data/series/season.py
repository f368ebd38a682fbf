"""After how many steps series repeat themselves, from the step and from the values themselves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fathom.data.series.panel import Panel
from fathom.data.series.steps import season_of

Floats = npt.NDArray[np.float64]
SURE = 1.645  # one-sided 95 %
LOOKED = 100  # series
LONGEST = 5_000  # values of each
SHARE = 0.5  # of the series that must repeat themselves
GUESSES = (4, 5, 7, 12, 24, 52)  # for whole numbers, which name no step


def season(panel: Panel, step: str, until: npt.NDArray[np.int64]) -> tuple[int, float]:
    """The steps after which most series repeat themselves (1: they do not), and the share of series that do.

    `until`: int64 [series], how many values of each may be looked at: those that train. A series repeats itself where
    its autocorrelation at that lag is above what chance makes of it (Bartlett 1946).
    """
    guesses = [each] if (each := season_of(step)) > 1 else GUESSES if step.endswith("i") else ()
    looked = np.unique(np.linspace(0, len(panel) - 1, min(LOOKED, len(panel))).astype(np.int64))
    best, most = 1, 0.0
    for guess in guesses:
        told = []
        for number in looked:
            start = panel.offsets[number]
            values = panel.values[start : start + max(until[number], 0)][-LONGEST:]
            if len(values) >= 2 * guess + 2 and values.std() > 0:
                told.append(repeats(values, guess))
        share = float(np.mean(told)) if told else 0.0
        if share > most:
            best, most = guess, share
    return (best, most) if most >= SHARE else (1, most)


def repeats(values: Floats, season: int) -> bool:
    """Whether values are alike a season apart, more than trend and chance explain.

    >>> repeats(np.tile([1.0, 5.0, 2.0, 2.0], 10), 4), repeats(np.arange(40.0), 4)
    (True, False)
    """
    change = np.diff(values)  # so that a trend is none
    change = change - change.mean()
    power = float(change @ change)
    if power <= 1e-12 * max(float(np.abs(values).max()) ** 2, 1.0):
        return False
    lags = [float(change[lag:] @ change[:-lag]) / power for lag in range(1, season + 1)]
    error = np.sqrt((1 + 2 * sum(each**2 for each in lags[:-1])) / len(change))
    return bool(lags[-1] > SURE * error)
