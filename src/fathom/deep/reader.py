"""What the learners that read texts from scratch share, whether they tell a text's label or find spans in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fathom.data.dataset import Dataset
from fathom.deep import tagger, texts
from fathom.deep.inputs.text import TextInputs
from fathom.deep.inputs.tokens import TokenInputs
from fathom.deep.learner import DeepLearner, Parts
from fathom.learner import Run
from fathom.tasks.problem import Problem


@dataclass
class Reader(DeepLearner):
    """A learner on texts; `shape` names the hyperparameters that its network is built from."""

    dropout: float = 0.5
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
    members: int = 1  # networks side by side, which tell labels more surely and take as much longer
    grains: int | None = None  # ways of taking a text apart; None: more than one where rows are few
    runs: int = texts.RUNS  # runs of pieces, at most, that have a vector of their own beside the network; 0: none
    pretrain: str = ""

    shape: ClassVar[tuple[str, ...]] = ()

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe for these texts."""
        design = {name: getattr(self, name) for name in (*self.shape, "dropout", "forget")}
        if problem.labels:
            return tagger.parts(problem, train, valid, run, self, self.build, design)
        design["members"] = self.members
        return texts.parts(problem, train, valid, run, self, self.build, design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> Any:
        """The inputs that were described as JSON."""
        if "cut" in data:
            return TokenInputs.from_json(data)
        return TextInputs.from_json(data)

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters as plain JSON data, without the place of texts on this machine."""
        return {**super().parameters(), "pretrain": ""}
