"""Exponential smoothing as state space models (Hyndman et al. 2002), by statsforecast."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fathom.classical.forecasting.one_by_one import Form, OneByOne, Way

Floats = npt.NDArray[np.float64]


class _ETS(Way):
    """Error, trend and season, each none, additive or multiplicative, chosen by the corrected Akaike criterion."""

    seconds: ClassVar[float] = 3.0
    longest: ClassVar[int] = 400

    @staticmethod
    def find(y: Floats, season: int) -> Form:
        """The best form; its parameters belong to this history."""
        model = _library().ets_f(y, m=season, model="ZZZ")
        return {"components": str(model["components"]), "season": int(model["m"])}

    @staticmethod
    def kind(form: Form) -> str:
        """Such as AAN, or AAdN with a damped trend."""
        error, trend, season, damped = form["components"]
        return f"{error}{trend}{'d' if damped == 'D' else ''}{season}"

    @staticmethod
    def apply(y: Floats, season: int, form: Form, known: bool, ahead: int) -> tuple[Floats, Floats]:
        """The form with parameters found anew: where a window begins, its states begin anew too."""
        library = _library()
        error, trend, seasonal, damped = form["components"]
        if seasonal != "N" and season != form["season"]:
            raise ValueError("the history is shorter than the season")
        season = season if seasonal != "N" else 1
        model = library.ets_f(y, m=season, model=f"{error}{trend}{seasonal}", damped=damped == "D")
        middle = library.pegelsfcast_C(ahead, model)
        alpha, beta, gamma, phi = (0.0 if np.isnan(each) else float(each) for each in model["par"][:4])
        phi = phi if model["components"][3] == "D" else 1.0
        lives = alpha + beta * np.cumsum(phi ** np.arange(1, ahead))
        lives = lives + np.where(np.arange(1, ahead) % season == 0, gamma, 0.0)
        grows = np.sqrt(1 + np.cumsum(np.concatenate([[0.0], lives**2])))  # of additive errors; nearly of others
        size = np.abs(middle) if model["components"][0] == "M" else 1.0
        return middle, float(np.sqrt(model["sigma2"])) * grows * size


@dataclass
class ETS(OneByOne):
    """The best of the ETS models for each series, fitted to later histories in the form that it was found to have.

    Seasons of more than 24 steps are taken out before and put back; of columns that are known ahead the effects are
    those that all series together have.
    """

    way: ClassVar[type[Way]] = _ETS


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        from statsforecast import ets

    return ets
