"""A memory that reads texts from both ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fathom.data.dataset import Dataset
from fathom.deep import tagger, texts
from fathom.deep.inputs.text import TextInputs
from fathom.deep.inputs.tokens import TokenInputs
from fathom.deep.learner import DeepLearner, Parts
from fathom.deep.networks.recurrent import recurrent_network, tagging_network
from fathom.deep.networks.text import Several, TextNetwork
from fathom.deep.networks.tokens import TokenNetwork
from fathom.learner import Run
from fathom.tasks.problem import Problem


@dataclass
class Recurrent(DeepLearner):
    """Bidirectional long short-term memory over pieces of text (Hochreiter & Schmidhuber 1997).

    `epochs` None: chosen by the number of rows. `pretrain`: a file or a folder of texts without labels to learn from
    first.

    >>> Recurrent(width=64).width
    64
    """

    size: int = 128  # of the vector that a piece becomes
    width: int = 128
    depth: int = 1
    dropout: float = 0.5
    forget: float = 0.15  # share of the pieces that are hidden while learning
    rate: float = 2e-3
    weight_decay: float = 1e-2
    batch: int = 64
    epochs: int | None = None
    smoothing: float = 0.05
    average: float = 0.99
    patience: int = 6
    vocabulary: int = 16_000  # pieces at most, beside single characters
    longest: int = 256  # pieces of a row
    members: int = 1  # networks side by side, which tell labels more surely and take as much longer
    grains: int | None = None  # ways of taking a text apart; None: more than one where rows are few
    pretrain: str = ""

    kind = "recurrent"

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe for these texts."""
        names = ("size", "width", "depth", "dropout", "forget")
        design = {name: getattr(self, name) for name in names}
        if problem.labels:
            return tagger.parts(problem, train, valid, run, self, self.build, design)
        design["members"] = self.members
        return texts.parts(problem, train, valid, run, self, self.build, design)

    @staticmethod
    def build(design: dict[str, Any]) -> TextNetwork | Several | TokenNetwork:
        """The network of a design."""
        if "letters" in design:
            return tagging_network(**design)
        return recurrent_network(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> TextInputs | TokenInputs:
        """The inputs that were described as JSON."""
        if "cut" in data:
            return TokenInputs.from_json(data)
        return TextInputs.from_json(data)

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters as plain JSON data, without the place of texts on this machine."""
        return {**super().parameters(), "pretrain": ""}
