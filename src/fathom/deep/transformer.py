"""Attention between all pieces of a text, from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fathom.data.dataset import Dataset
from fathom.deep import texts
from fathom.deep.inputs.text import TextInputs
from fathom.deep.learner import DeepLearner, Parts
from fathom.deep.networks.text import TextNetwork
from fathom.deep.networks.transformer import transformer_network
from fathom.learner import Run
from fathom.tasks.problem import Problem


@dataclass
class Transformer(DeepLearner):
    """A transformer's encoder over pieces of text (Vaswani et al. 2017), pre-norm, with rotary places and gated units.

    `epochs` None: chosen by the number of rows. `pretrain`: a file or a folder of texts without labels to learn from
    first.

    >>> Transformer(depth=2).depth
    2
    """

    width: int = 128
    depth: int = 3
    heads: int = 4
    dropout: float = 0.2
    forget: float = 0.1  # share of the pieces that are hidden while learning
    rate: float = 1e-3
    weight_decay: float = 1e-2
    batch: int = 64
    epochs: int | None = None
    smoothing: float = 0.05
    average: float = 0.99
    patience: int = 6
    vocabulary: int = 16_000  # pieces at most, beside single characters
    longest: int = 256  # pieces of a row
    grains: int | None = None  # ways of taking a text apart; None: more than one where rows are few
    pretrain: str = ""

    kind = "transformer"

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe for these texts."""
        names = ("width", "depth", "heads", "dropout", "forget")
        design = {name: getattr(self, name) for name in names}
        return texts.parts(problem, train, valid, run, self, self.build, design)

    @staticmethod
    def build(design: dict[str, Any]) -> TextNetwork:
        """The network of a design."""
        return transformer_network(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> TextInputs:
        """The inputs that were described as JSON."""
        return TextInputs.from_json(data)

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters as plain JSON data, without the place of texts on this machine."""
        return {**super().parameters(), "pretrain": ""}
