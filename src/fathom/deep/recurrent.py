"""A memory that reads texts from both ends, series and somebody's events from their beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from fathom.data.dataset import Dataset
from fathom.deep import following, forecasting
from fathom.deep.inputs.events import EventInputs
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.learner import Parts
from fathom.deep.networks.events import EventNetwork
from fathom.deep.networks.recurrent import CELLS, recurrent_network, tagging_network
from fathom.deep.networks.series import segment_of
from fathom.deep.networks.series_recurrent import SeriesRecurrent
from fathom.deep.reader import Reader
from fathom.errors import TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem

SERIES = {**forecasting.USUAL, "width": 32}
MOST_SEGMENTS = 48  # that a series' past is read in


@dataclass
class Recurrent(Reader):
    """A bidirectional memory over pieces of text: `cell` "lstm" (Hochreiter & Schmidhuber 1997) or "gru" (Cho 2014).

    On series an encoder of the past and a decoder of the steps ahead (after DeepAR, Salinas et al. 2020), where rates
    and sizes that were left as they are stand for what suits series, and `context` None for what suits the steps ahead.
    `epochs` None: chosen by the number of rows. `pretrain`: a file or a folder of texts without labels to learn from
    first.

    >>> Recurrent(width=64).width
    64
    """

    forget: float = 0.15
    rate: float = 2e-3
    size: int = 128  # of the vector that a piece becomes
    width: int = 128
    depth: int = 1
    cell: str = "lstm"
    context: int | None = None  # steps of a series that are looked back

    kind = "recurrent"
    shape: ClassVar[tuple[str, ...]] = ("size", "width", "depth", "cell")

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe for these texts."""
        if self.cell not in CELLS:
            raise TrainingError(
                phrase("There is no cell '{cell}'.", cell=self.cell),
                remedy=phrase("The cells are: {names}.", names=", ".join(CELLS)),
            )
        if problem.horizon:
            learner = forecasting.suited(self, SERIES)
            return forecasting.parts(problem, train, valid, learner, self.build, learner._memory, run)
        if problem.events is not None:
            learner = forecasting.suited(self, following.EVENTS)
            sizes = {name: getattr(learner, name) for name in ("width", "depth", "cell", "dropout")}
            return following.parts(problem, train, valid, learner, self.build, sizes)
        return super().prepare(problem, train, valid, run)

    def _memory(self, context: int, steps: int) -> dict[str, Any]:
        """What is particular to the network on series."""
        sizes = {name: getattr(self, name) for name in ("width", "depth", "cell", "dropout")}
        return {"segment": segment_of(context, MOST_SEGMENTS), **sizes}

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        if "segment" in design:
            return forecasting.built(SeriesRecurrent, design)
        if "channels" in design:
            return EventNetwork(**design)
        if "letters" in design:
            return tagging_network(**design)
        return recurrent_network(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> Any:
        """The inputs that were described as JSON."""
        if "horizon" in data:
            return SeriesInputs.from_json(data)
        return EventInputs.from_json(data) if "steps" in data else Reader.read_inputs(data)
