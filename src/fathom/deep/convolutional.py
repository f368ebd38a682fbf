"""Learns its own filters: of pictures a residual network that sizes itself to them, of texts and series runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fathom.data.dataset import Dataset
from fathom.deep import detector, device, forecasting, identifying, texts
from fathom.deep.augment import Mixture, mirrors, movement
from fathom.deep.inputs.image import TRAIN, VALID, ImageInputs, pixel_statistics, shelf
from fathom.deep.inputs.letterbox import LetterboxInputs
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.text import TextInputs
from fathom.deep.learner import DeepLearner, Parts
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.deep.networks.ngrams import ngram_network
from fathom.deep.networks.pyramid import PyramidNetwork
from fathom.deep.networks.series import segment_of
from fathom.deep.networks.series_convolutional import SeriesConvolutional
from fathom.deep.settings import Settings, asked
from fathom.deep.training import Model, Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

LARGEST = 224
MANY_ROWS = 5_000
FEW_EPOCHS = 5
HASTE = 2  # times the rate, and times the steps in an epoch, where there are few
TURN = 0.1  # radians to either side by which pictures are looked at once more, where few rows leave doubts
WIDTHS = [2, 3, 4, 5]  # pieces of text that a filter looks at


# Fewer looks end small trainings before the rate has fallen, when validation has no more to tell.
PICTURES = Settings(5e-3, 5e-2, batch=128, smoothing=0.05, dropout=0.0, average=0.99, patience=80)
TEXTS = Settings(2e-3, 1e-2, batch=64, smoothing=0.05, dropout=0.5, average=0.99, patience=6)
SERIES = {**forecasting.USUAL, "filters": 16}
MOST_SEGMENTS = 96  # that a series' past is read in


@dataclass
class Convolutional(DeepLearner):
    """On pictures, moved a little in every epoch, a pre-activation residual network (He et al. 2016).

    On texts filters over runs of two to five pieces (Kim 2014), and beside them a vector for each run that is met more
    than once (Joulin et al. 2017). On series filters with growing gaps (Bai et al. 2018). None stands for what suits
    the input: `epochs` by the number of rows, the rest by its kind; `mirror`: colour pictures only, and never digits or
    letters.

    >>> Convolutional(largest=64).largest
    64
    """

    largest: int | None = None  # longest side in pixels; larger pictures are shrunk
    rate: float | None = None
    weight_decay: float | None = None
    batch: int | None = None
    epochs: int | None = None
    smoothing: float | None = None
    dropout: float | None = None
    average: float | None = None
    patience: int | None = None
    mirror: bool | None = None
    mix: float = 0.0  # share of the batches of pictures that are mixed, two and two
    crop: float = 1.0  # smallest share of a picture's sides that is seen in an epoch
    small: float = 1.0  # share of their sides that pictures begin with; they grow while it learns
    filters: int = 64  # of each width, over texts
    size: int = 128  # of the vector that a piece of text becomes
    forget: float = 0.1  # share of the pieces that are hidden while learning
    vocabulary: int = 16_000  # pieces at most, beside single characters
    longest: int = 256  # pieces of a row
    members: int = 1  # networks side by side over texts, which are surer and take as much longer
    runs: int = texts.RUNS  # runs of pieces, at most, that have a vector of their own beside the filters; 0: none
    grains: int | None = None  # ways of taking a text apart; None: more than one where rows are few
    context: int | None = None  # steps of a series that are looked back; None: by the steps ahead

    kind = "convolutional"

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe, by what goes in."""
        if problem.horizon:
            learner = forecasting.suited(self, SERIES)
            return forecasting.parts(problem, train, valid, learner, self.build, learner._filters, run)
        if texts.reads_text(problem):
            chosen = asked(self, TEXTS)
            design = {"size": self.size, "widths": WIDTHS, "filters": self.filters}
            design |= {"dropout": chosen.dropout, "forget": self.forget, "members": self.members}
            return texts.parts(problem, train, valid, run, replace(self, **asdict(chosen)), self.build, design)
        if problem.boxes:
            suited = replace(self, **asdict(asked(self, detector.USUAL)))
            return detector.parts(problem, train, valid, run, suited, self.build)
        return self._prepare_pictures(problem, train, valid, run)

    def _filters(self, context: int, steps: int) -> dict[str, Any]:
        """What is particular to the network on series."""
        return {"segment": segment_of(context, MOST_SEGMENTS), "filters": self.filters, "dropout": self.dropout}

    def _prepare_pictures(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        chosen = asked(self, PICTURES)
        inputs = ImageInputs.fit(problem, train, self.largest or LARGEST)
        rows, looked = (inputs.tensors(part, shelf(run, name)) for part, name in ((train, TRAIN), (valid, VALID)))
        suited = identifying.size if problem.persons else size
        design = {
            "channels": inputs.channels,
            **suited(inputs.height, inputs.width, len(train), device.best(run.device)),
            "dropout": chosen.dropout,
        }
        network = self.build(design)
        mean, spread = pixel_statistics(rows[0])
        network.mean.copy_(mean)  # type: ignore[operator]
        network.spread.copy_(spread)  # type: ignore[operator]
        recipe = self._recipe(len(train), device.best(run.device))
        return Parts(
            inputs,
            network,
            design,
            rows,
            looked,
            recipe,
            chosen.smoothing,
            movement(recipe.epochs, self._mirrored(problem, inputs), self.crop),
            Mixture(self.mix, len(problem.classes)) if self.mix and not problem.persons else None,
        )

    def _recipe(self, rows: int, where: str) -> Recipe:
        chosen = asked(self, PICTURES)
        epochs = self.epochs or max(12, min(100, 120_000 // max(1, rows)))
        # Few epochs need many steps in each, and long ones; small pictures leave a processor idle in smaller batches.
        haste = HASTE if epochs < FEW_EPOCHS else 1
        batch = min(chosen.batch // haste, max(16, rows // 8))
        return Recipe(
            epochs=epochs,
            batch=batch,
            rate=chosen.rate * haste,
            weight_decay=chosen.weight_decay,
            average=chosen.average,
            patience=chosen.patience,
            tolerance=1.0,  # the rate has fallen further: later weights are better than few rows can tell
            half=device.pays_bf16(where),
            small=self.small,
        )

    def _mirrored(self, problem: Problem, inputs: ImageInputs) -> bool:
        """Whether a mirrored picture is still one of its class: not so for digits, letters and other signs."""
        if self.mirror is not None:
            return self.mirror
        return bool(problem.persons) or mirrors(problem.classes or problem.sets, inputs.channels)

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        if "segment" in design:
            return forecasting.built(SeriesConvolutional, design)
        if "vocabulary" in design:
            return ngram_network(**design)
        network: nn.Module = PyramidNetwork(**design) if "skip" in design else ConvolutionalNetwork(**design)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return network

    def finish(self, model: Model, tensors: dict[str, Tensor], folder: Path) -> None:
        """Take the model with these weights, laid out in memory as they were in training."""
        super().finish(model, tensors, folder)
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> TextInputs | ImageInputs | LetterboxInputs | SeriesInputs:
        """The inputs that were described as JSON."""
        if "horizon" in data:
            return SeriesInputs.from_json(data)
        if "letterbox" in data:
            return LetterboxInputs.from_json(data)
        return TextInputs.from_json(data) if "pieces" in data else ImageInputs.from_json(data)


def size(height: int, width: int, rows: int, where: str) -> dict[str, Any]:
    """Stem, turn, widths and depths by the pictures' size and number and the device.

    >>> size(8, 8, 1_000, "cpu")
    {'stem': 1, 'turn': 0.1, 'widths': [32, 64], 'depths': [1, 1]}
    >>> size(224, 224, 50_000, "cuda")
    {'stem': 4, 'turn': 0.0, 'widths': [64, 128, 256, 512], 'depths': [2, 2, 2, 2]}
    """
    side = max(height, width)
    stem = 1 if side < 24 else 2 if side < 96 else 4
    side = -(-side // stem)
    stages = 1
    while side > 5 and stages < 4:
        side, stages = -(-side // 2), stages + 1
    many = rows >= MANY_ROWS
    # A processor learns more from many rows by seeing them more often than by a larger network; it computes sixteen
    # channels at once.
    first = (64 if many else 48) if where.startswith("cuda") else (16 if many else 32)
    return {
        "stem": stem,
        "turn": 0.0 if many else TURN,
        "widths": [first * 2**stage for stage in range(stages)],
        "depths": [2 if many and where.startswith("cuda") else 1] * stages,
    }
