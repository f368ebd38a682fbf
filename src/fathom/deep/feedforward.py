"""Layers of weighted sums: an ensemble in one network, for tables and small images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep.augment import Movement
from fathom.deep.inputs.image import ImageInputs, pixel_statistics
from fathom.deep.inputs.table import TableInputs, quantile_edges
from fathom.deep.learner import DeepLearner, Parts
from fathom.deep.networks.feedforward import FeedforwardNetwork, PixelNetwork
from fathom.deep.training import Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

NUMBERS_TOTAL = 512  # how wide all numbers together may become before each gets fewer places


@dataclass
class Feedforward(DeepLearner):
    """An ensemble of multilayer perceptrons that share most weights (TabM, Gorishniy et al. 2024).

    Numbers get piecewise-linear embeddings, categories learned vectors. `epochs` None: chosen by the number of rows.

    >>> Feedforward(members=16).members
    16
    """

    members: int = 8
    width: int = 256
    depth: int = 2
    dropout: float = 0.15
    intervals: int = 48
    rate: float = 7e-3
    weight_decay: float = 5e-2
    batch: int = 256
    epochs: int | None = None
    patience: int = 16
    average: float = 0.99

    kind = "feedforward"

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe, by what goes in."""
        if problem.inputs_of(Kind.IMAGE):
            return self._prepare_images(problem, train, valid)
        inputs = TableInputs.fit(problem, train)
        rows, looked = inputs.tensors(train), inputs.tensors(valid)
        design: dict[str, Any] = {
            "numbers": inputs.width,
            "counts": inputs.counts,
            "members": self.members,
            "width": self.width,
            "depth": self.depth,
            "dropout": self.dropout,
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
            "dropout": self.dropout,
        }
        network = PixelNetwork(**design)
        mean, spread = pixel_statistics(rows[0])
        network.mean.copy_(mean)
        network.spread.copy_(spread)
        move = Movement(shift=0.08, turn=0.15, zoom=0.1)
        return Parts(inputs, network, design, rows, looked, self._recipe(len(train)), move=move)

    def _recipe(self, rows: int) -> Recipe:
        batch = min(self.batch, max(32, rows // 16))
        epochs = self.epochs or max(30, min(200, 20_000 * batch // max(1, rows)))
        return Recipe(
            epochs=epochs,
            batch=batch,
            rate=self.rate,
            weight_decay=self.weight_decay,
            patience=self.patience,
            average=self.average,
        )

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        return PixelNetwork(**design) if "channels" in design else FeedforwardNetwork(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> TableInputs | ImageInputs:
        """The inputs that were described as JSON."""
        return ImageInputs.from_json(data) if "channels" in data else TableInputs.from_json(data)
