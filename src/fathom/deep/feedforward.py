"""Layers of weighted sums: an ensemble for tables and small images, looks at several rates for series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import forecasting, watching
from fathom.deep.augment import Movement
from fathom.deep.inputs.image import ImageInputs, pixel_statistics
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.table import TableInputs, quantile_edges
from fathom.deep.learner import DeepLearner, Parts
from fathom.deep.networks.feedforward import FeedforwardNetwork, PixelNetwork
from fathom.deep.networks.reconstruction import ReconstructionNetwork
from fathom.deep.networks.series_feedforward import SeriesFeedforward
from fathom.deep.settings import Settings, asked
from fathom.deep.training import Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

CAREFUL = 0.3  # of the rate, where what is hidden of a row is to be told
NUMBERS_TOTAL = 512  # how wide all numbers together may become before each gets fewer places
POOLS = (8, 4, 1)  # steps of a series that are looked at as one, look by look
USUAL = Settings(7e-3, 5e-2, batch=256, smoothing=0.0, dropout=0.15, average=0.99, patience=16)
SERIES = {**forecasting.USUAL, "rate": 3e-4, "batch": 256, "dropout": 0.2, "patience": 10, "epochs": 80}


@dataclass
class Feedforward(DeepLearner):
    """An ensemble of multilayer perceptrons that share most weights (TabM, Gorishniy et al. 2024).

    Numbers get piecewise-linear embeddings, categories learned vectors. On series a line through trend and rest (Zeng
    et al. 2023) and looks at several rates (Challu et al. 2023). Where anomalies are sought it is an auto-encoder that
    tells each column from the others. None stands for what suits the input: `epochs` by the number of rows, `context`
    (steps of a series that are looked back) by the steps ahead, the rest by its kind.

    >>> Feedforward(members=16).members
    16
    """

    members: int = 8
    width: int = 256
    depth: int = 2
    dropout: float | None = None
    intervals: int = 48
    rate: float | None = None
    weight_decay: float | None = None
    batch: int | None = None
    epochs: int | None = None
    patience: int | None = None
    average: float | None = None
    context: int | None = None

    kind = "feedforward"

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe, by what goes in."""
        if problem.horizon:
            learner = forecasting.suited(self, SERIES)
            return forecasting.parts(problem, train, valid, learner, self.build, learner._rates, run)
        if problem.inputs_of(Kind.IMAGE):
            return self._prepare_images(problem, train, valid)
        if problem.conditions:
            return self._prepare_watch(problem, train, valid)
        inputs = TableInputs.fit(problem, train)
        rows, looked = inputs.tensors(train), inputs.tensors(valid)
        design: dict[str, Any] = {
            "numbers": inputs.width,
            "counts": inputs.counts,
            "members": self.members,
            "width": self.width,
            "depth": self.depth,
            "dropout": asked(self, USUAL).dropout,
            "intervals": self.intervals,
            "number_size": max(2, min(16, NUMBERS_TOTAL // max(1, inputs.width))),
        }
        network = FeedforwardNetwork(**design)
        if network.embed is not None:
            network.embed.set_edges(quantile_edges(rows[0], self.intervals))
        return Parts(inputs, network, design, rows, looked, self._recipe(len(train)))

    def _prepare_images(self, problem: Problem, train: Dataset, valid: Dataset) -> Parts:
        inputs = ImageInputs.fit(problem, train, largest=32)
        rows, looked = inputs.tensors(train), inputs.tensors(valid)
        design: dict[str, Any] = {
            "channels": inputs.channels,
            "height": inputs.height,
            "width": inputs.width,
            "members": self.members,
            "size": self.width,
            "depth": self.depth,
            "dropout": asked(self, USUAL).dropout,
        }
        network = PixelNetwork(**design)
        mean, spread = pixel_statistics(rows[0])
        network.mean.copy_(mean)
        network.spread.copy_(spread)
        move = Movement(shift=0.08, turn=0.15, zoom=0.1)
        return Parts(inputs, network, design, rows, looked, self._recipe(len(train)), move=move)

    def _rates(self, context: int, steps: int) -> dict[str, Any]:
        """What is particular to the network on series: how wide it is, and at which rates it looks."""
        pools = [pool for pool in POOLS if 2 * pool <= context]
        return {"pools": pools, "width": self.width, "dropout": self.dropout}

    def _prepare_watch(self, problem: Problem, train: Dataset, valid: Dataset) -> Parts:
        inputs = watching.inputs_of(problem, train)
        rows, looked = inputs.tensors(train), inputs.tensors(valid)
        sizes = {"width": self.width, "code": max(self.width // 4, 1)}
        design = watching.design(problem, inputs, sizes)
        usual = self._recipe(len(train))
        recipe = replace(usual, rate=usual.rate * CAREFUL)
        return Parts(inputs, watching.network(design, rows), design, rows, looked, recipe)

    def _recipe(self, rows: int) -> Recipe:
        usual = asked(self, USUAL)
        batch = min(usual.batch, max(32, rows // 16))
        epochs = self.epochs or max(30, min(200, 20_000 * batch // max(1, rows)))
        return Recipe(
            epochs=epochs,
            batch=batch,
            rate=usual.rate,
            weight_decay=usual.weight_decay,
            patience=usual.patience,
            average=usual.average,
        )

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        if "pools" in design:
            return forecasting.built(SeriesFeedforward, design)
        if "owners" in design:
            return ReconstructionNetwork(**design)
        return PixelNetwork(**design) if "channels" in design else FeedforwardNetwork(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> TableInputs | ImageInputs | SeriesInputs:
        """The inputs that were described as JSON."""
        if "horizon" in data:
            return SeriesInputs.from_json(data)
        return ImageInputs.from_json(data) if "channels" in data else TableInputs.from_json(data)
