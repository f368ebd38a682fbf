"""The Theta method: smoothing and half of a straight line (Assimakopoulos and Nikolopoulos 2000)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from fathom.classical import saving
from fathom.classical.forecasting.alone import Alone, Ready, by_theta
from fathom.classical.forecasting.components import components
from fathom.classical.forecasting.parts import parts
from fathom.classical.forecasting.seasonal import Seasons
from fathom.data.dataset import Dataset
from fathom.learner import Run
from fathom.tasks.forecast_parts import Parts
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem


@dataclass
class Theta:
    """Each history by itself, its season taken out and put back; nothing is kept of a series but its window.

    All histories are smoothed at once, as arrays. Effects of columns that are known ahead are learned from all series.
    """

    alone_: Alone = field(init=False, repr=False)

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn what is known ahead is worth, and what is usual."""
        with run.step("features"):
            self.alone_ = Alone.of(problem, train)
        with run.step("training"):
            run.told["components"] = components(train, problem, self.alone_.effects)
        run.progress(1.0, "learned")

    def predict(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        return self.alone_.said(self.alone_.ready(dataset), by_theta)

    def parts(self, dataset: Dataset, said: Forecasts) -> Parts:
        """What forecasts of these windows are made of."""
        seen = self.alone_.ready(dataset)
        return parts(dataset, said, self.alone_, seen, self.seasons(seen))

    def seasons(self, seen: Ready) -> Seasons:
        """The seasons that are taken out."""
        return seen.parted

    def save(self, folder: Path) -> None:
        """Write what was learned as JSON."""
        saving.write_learner(folder, self, {"alone": self.alone_.to_json()})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        with saving.reading(folder):
            learner.alone_ = Alone.from_json(state["alone"])
        return learner

    def features(self) -> list[str]:
        """The history, and the columns whose effect is sure."""
        return ["history", *self.alone_.effects.named(self.alone_.horizon)]
