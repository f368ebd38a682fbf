"""A memory that reads texts from both ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fathom.data.dataset import Dataset
from fathom.deep.learner import Parts
from fathom.deep.networks.recurrent import CELLS, recurrent_network, tagging_network
from fathom.deep.networks.several import Several
from fathom.deep.networks.text import TextNetwork
from fathom.deep.networks.tokens import TokenNetwork
from fathom.deep.reader import Reader
from fathom.errors import TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem


@dataclass
class Recurrent(Reader):
    """A bidirectional memory over pieces of text: `cell` "lstm" (Hochreiter & Schmidhuber 1997) or "gru" (Cho 2014).

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

    kind = "recurrent"
    shape: ClassVar[tuple[str, ...]] = ("size", "width", "depth", "cell")

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe for these texts."""
        if self.cell not in CELLS:
            raise TrainingError(
                phrase("There is no cell '{cell}'.", cell=self.cell),
                remedy=phrase("The cells are: {names}.", names=", ".join(CELLS)),
            )
        return super().prepare(problem, train, valid, run)

    @staticmethod
    def build(design: dict[str, Any]) -> TextNetwork | Several | TokenNetwork:
        """The network of a design."""
        if "letters" in design:
            return tagging_network(**design)
        return recurrent_network(**design)
