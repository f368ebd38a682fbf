"""What a trained network is to learn, with what and in how long; the names of the steps in which it does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from torch import Tensor

from fathom.deep.networks.backbone import OUTSIDE, Starting
from fathom.deep.training import Recipe, Rows
from fathom.learner import Run
from fathom.messages import phrase

AUTO, HEAD, LAST, LOW_RANK, ALL = "auto", "head", "last", "lora", "all"
MODES = (AUTO, HEAD, LAST, LOW_RANK, ALL)


@dataclass
class Lesson:
    """What is to be learned, and with what."""

    network: Starting
    head: Any
    train: Rows
    valid: Rows
    run: Run
    rate: float
    batch: int
    epochs: int
    weight_decay: float
    key: str
    look: float = 0.0  # seconds in which the body looks at a row; 0: nobody has timed it yet
    step: float = 0.0  # and of a step in which all weights learn

    @property
    def lengths(self) -> Tensor:
        """Pieces of the training rows."""
        pieces: Tensor = self.train.inputs[0]
        return (pieces != OUTSIDE).sum(dim=1)

    def stage(self, name: str) -> Run:
        """The run of a stage: checkpoints of its own, and a word for those who listen."""
        words = {
            "contrast": phrase("telling labels apart"),
            "head": phrase("the head"),
            "tuning": phrase("the whole network"),
            LAST: phrase("the last layers"),
            LOW_RANK: phrase("matrices beside the attention"),
            ALL: phrase("the whole network"),
        }

        def heard(done: float, note: str) -> None:
            self.run.progress(done, phrase("{stage}: {note}", stage=words[name], note=note))

        folder = None if self.run.folder is None else self.run.folder / name
        return replace(self.run, folder=folder, progress=heard, steps=[])

    def keyed(self, name: str, recipe: Recipe) -> str:
        """What a checkpoint of a stage must agree in."""
        return hashlib.sha256(f"{self.key}{name}{json.dumps(asdict(recipe))}".encode()).hexdigest()
