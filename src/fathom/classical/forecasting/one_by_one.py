"""Series one by one: a form is searched for once for each known series, and kept for its later histories."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from fathom.classical import saving
from fathom.classical.forecasting.alone import Alone, Ready, Said, autoregressed, ready, smoothed
from fathom.classical.forecasting.components import components
from fathom.classical.forecasting.examples import last_windows
from fathom.classical.forecasting.naive import Posed
from fathom.classical.forecasting.parts import parts
from fathom.data.dataset import Dataset
from fathom.data.series.windows import SERIES, windows
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.forecast_parts import Parts
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
Form = dict[str, Any]  # plain JSON data
LONGEST_SEASON = 24  # of which each place is a state of its own; longer seasons are taken out before
SHARE = 0.5  # of the time, to find forms in: later histories are fitted again, which takes time too
FEWEST = 8  # values that a form is found or applied with
LARGEST = 100.0  # times the largest that was ever seen: a forecast beyond has run away


class Way(Protocol):
    """How one series is fitted and forecast; seconds and values are those of one series."""

    seconds: ClassVar[float]  # without so many there is no time for even one
    longest: ClassVar[int]  # last values that are looked at

    @staticmethod
    def find(y: Floats, season: int) -> Form:
        """The best form for this history, with its parameters."""

    @staticmethod
    def kind(form: Form) -> str:
        """What the form is called without its parameters."""

    @staticmethod
    def apply(y: Floats, season: int, form: Form, known: bool, ahead: int) -> tuple[Floats, Floats]:
        """Means and standard deviations [ahead]; parameters are found anew where the series is not `known`."""


@dataclass
class OneByOne:
    """What ETS and ARIMA have in common.

    `fit` finds a form for each series, until the time is up (`run.hurried`: not for all). `predict` applies a known
    series' form to its window; a series it does not know is given the form that most known ones have. What has no
    form, for want of time or because the library finds none, is told what all series at once are told: smoothing (of
    ETS) or autoregression (of ARIMA). Where no series had time for one that is all there is (`run.idle`).
    """

    alone_: Alone = field(init=False, repr=False)
    forms_: dict[str, Form] = field(init=False, repr=False)
    quickly_: list[str] = field(init=False, repr=False)  # known series that have no form

    way: ClassVar[type[Way]]
    quick: ClassVar[str] = "smoothing"

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Find a form for each series while there is time."""
        with run.step("features"):
            self.alone_ = Alone.of(problem, train)
        with run.step("training"):
            self.forms_ = self._found(problem, train, run)
            names = train.frame[SERIES].unique().drop_nulls().sort().to_list()
            run.idle = run.hurried and not self.forms_
            self.quickly_ = [name for name in names if name not in self.forms_]
            kinds = Counter(map(self.way.kind, self.forms_.values()))
            told = {"forms": dict(kinds.most_common(12)), "fitted": len(self.forms_)}
            run.told["components"] = components(train, problem, self.alone_.effects) | told
        run.progress(1.0, "fitted")

    def _found(self, problem: Problem, train: Dataset, run: Run) -> dict[str, Form]:
        seen = ready(last_windows(train, problem, self.way.longest), self.alone_.effects)
        names = last_windows(train, problem, 1).series
        forms: dict[str, Form] = {}
        slowest, end = self.way.seconds, time.monotonic() + SHARE * run.remaining()
        order = np.argsort(seen.whole.length, kind="stable")  # the short ones first: most are done when time is up
        for done, row in enumerate(order.tolist()):
            if time.monotonic() + slowest > end:
                run.hurried = True
                break
            start = time.monotonic()
            y, season = _history(seen, row)
            if len(y) >= FEWEST and np.ptp(y) > 0:
                form = _tried(lambda y=y, season=season: self.way.find(y, season))
                if form is not None:
                    forms[str(names[row])] = form
            slowest = max(slowest if done else 0.0, 1.5 * (time.monotonic() - start))
            run.progress((done + 1) / len(order), phrase("{count} series", count=done + 1))
        return forms

    def predict(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        alone = self.alone_
        every = windows(dataset, Posed(alone.horizon))
        seen = ready(every, alone.effects)
        usual, quickly = self._usual(), set(self.quickly_)

        def way(part: Ready) -> Said:
            middle, deviation = (smoothed if self.quick == "smoothing" else autoregressed)(part)
            for row, name in enumerate(every.series.tolist()):
                form = None if name in quickly else self.forms_.get(str(name), usual)
                y, season = _history(part, row, self.way.longest)
                if form is None or len(y) < FEWEST or np.ptp(y) == 0:
                    continue
                said = self._said(y, season, form, str(name) in self.forms_)
                if said is not None:
                    middle[row], deviation[row] = _back(part, row, season, *said)
            return middle, deviation

        return alone.said(seen, way)

    def _said(self, y: Floats, season: int, form: Form, known: bool) -> tuple[Floats, Floats] | None:
        ahead = self.alone_.horizon.ahead
        said = _tried(lambda: self.way.apply(y, season, form, known, ahead))
        if said is None or not all(np.isfinite(each).all() for each in said):
            return None
        return None if np.abs(said[0]).max() > LARGEST * max(np.abs(y).max(), 1.0) else said

    def _usual(self) -> Form | None:
        """The form that most known series have."""
        kinds = Counter(map(self.way.kind, self.forms_.values()))
        if not kinds:
            return None
        most = min(kinds, key=lambda kind: (-kinds[kind], kind))
        return next(form for form in self.forms_.values() if self.way.kind(form) == most)

    def parts(self, dataset: Dataset, said: Forecasts) -> Parts:
        """What forecasts of these windows are made of, the season being the means of its places."""
        seen = self.alone_.ready(dataset)
        return parts(dataset, said, self.alone_, seen, seen.parted)

    def save(self, folder: Path) -> None:
        """Write all forms as JSON."""
        saving.write_learner(
            folder, self, {"alone": self.alone_.to_json(), "forms": self.forms_, "quickly": self.quickly_}
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.alone_ = Alone.from_json(state["alone"])
            learner.forms_ = {str(name): dict(form) for name, form in state["forms"].items()}
            learner.quickly_ = [str(name) for name in state["quickly"]]
        return learner

    def features(self) -> list[str]:
        """The history, and the columns whose effect is sure."""
        return ["history", *self.alone_.effects.named(self.alone_.horizon)]


def _history(seen: Ready, row: int, longest: int = 0) -> tuple[Floats, int]:
    """One history without what is missing, and the season that its form is to have."""
    season = seen.horizon.season
    short = season <= LONGEST_SEASON
    values = (seen.whole if short else seen.parted.rest).values[row]
    values = values[np.isfinite(values)]
    values = values[-longest:] if longest else values
    return np.ascontiguousarray(values), season if short and len(values) >= 2 * season + 3 else 1


def _back(seen: Ready, row: int, season: int, middle: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """What was said of a history without its long season, with it again."""
    if seen.horizon.season <= LONGEST_SEASON:
        return middle, deviation
    place = np.arange(len(middle)) % seen.horizon.season
    times = seen.parted.times[row, place]
    return middle * times + seen.parted.added[row, place], deviation * times


def _tried(call: Any) -> Any:
    """What the library says; None where it gives up, which it says by exceptions of no class of their own."""
    try:
        with np.errstate(all="ignore"):
            return call()
    except Exception:
        return None
