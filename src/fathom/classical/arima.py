"""ARIMA (Box and Jenkins 1970), its orders chosen step by step (Hyndman and Khandakar 2008), by statsforecast."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.one_by_one import Form, OneByOne, Way

Floats = npt.NDArray[np.float64]
LEVEL, DEVIATES = 90, 2 * 1.6448536269514722
MODELS = 40  # orders that are tried


class _ARIMA(Way):
    """Autoregression, differences and moving averages, of steps and of seasons."""

    seconds: ClassVar[float] = 8.0
    longest: ClassVar[int] = 400

    @staticmethod
    def find(y: Floats, season: int) -> Form:
        """The best orders with their coefficients."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = _library().AutoARIMA(season_length=season, nmodels=MODELS).fit(y).model_
        p, q, sp, sq, period, d, sd = (int(each) for each in model["arma"])
        coefficients = {str(name): float(value) for name, value in model["coef"].items()}
        return {
            "order": [p, d, q],
            "seasonal": [sp, sd, sq],
            "season": period,
            "mean": "intercept" in coefficients,
            "drift": "drift" in coefficients,
            "fixed": {name: value for name, value in coefficients.items() if name not in ("intercept", "drift")},
        }

    @staticmethod
    def kind(form: Form) -> str:
        """Such as (1, 1, 0)(0, 1, 1)[7]."""
        name = str(tuple(form["order"]))
        name += f"{tuple(form['seasonal'])}[{form['season']}]" if any(form["seasonal"]) else ""
        return name + (" with drift" if form["drift"] else " with mean" if form["mean"] else "")

    @staticmethod
    def apply(y: Floats, season: int, form: Form, known: bool, ahead: int) -> tuple[Floats, Floats]:
        """The form on this history; where a mean or drift belongs to it, that is found anew."""
        if any(form["seasonal"]) and season != form["season"]:
            raise ValueError("the history is shorter than the season")
        made = _library().ARIMA(
            order=tuple(form["order"]),
            season_length=int(form["season"]),
            seasonal_order=tuple(form["seasonal"]),
            include_mean=bool(form["mean"]),
            include_drift=bool(form["drift"]),
            fixed={name: float(value) for name, value in form["fixed"].items()} or None if known else None,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = made.forecast(y, ahead, level=[LEVEL])
        return np.asarray(said["mean"], dtype=np.float64), (said[f"hi-{LEVEL}"] - said[f"lo-{LEVEL}"]) / DEVIATES


@dataclass
class ARIMA(OneByOne):
    """The best of the ARIMA models for each series, applied to later histories with the coefficients it was found with.

    Seasons of more than 24 steps are taken out before and put back; of columns that are known ahead the effects are
    those that all series together have.
    """

    way: ClassVar[type[Way]] = _ARIMA
    quick: ClassVar[str] = "autoregression"


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        from statsforecast import models

    return models
