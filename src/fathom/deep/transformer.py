"""Attention between all pieces of a text, or all patches of a picture or a series, from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import following, forecasting, patches
from fathom.deep.inputs.events import EventInputs
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.learner import Parts
from fathom.deep.networks.events import EventNetwork
from fathom.deep.networks.patches import PatchNetwork
from fathom.deep.networks.series import segment_of
from fathom.deep.networks.series_transformer import SeriesTransformer
from fathom.deep.networks.transformer import tagging_network, transformer_network
from fathom.deep.reader import Reader
from fathom.learner import Run
from fathom.tasks.problem import Problem

SERIES = {**forecasting.USUAL, "dropout": 0.3, "width": 16, "depth": 2}
MOST_PATCHES = 48  # that a series' past is read in


@dataclass
class Transformer(Reader):
    """A transformer's encoder (Vaswani et al. 2017), pre-norm, with rotary places and gated units.

    Over pieces of text, over patches of pictures that a few filters make (`patches`), or over patches of series (Nie et
    al. 2023), where rates and sizes that were left as they are stand for what suits series. `epochs` None: chosen by
    the number of rows; `context` None: by the steps ahead. `pretrain`: a file or a folder of texts without labels to
    learn from first. `mirror` None: colour pictures only, and never digits or letters.

    >>> Transformer(depth=2).depth
    2
    """

    dropout: float = 0.2
    width: int = 128
    depth: int = 3
    heads: int = 4
    largest: int = 224  # longest side of a picture in pixels; larger ones are shrunk
    mirror: bool | None = None
    context: int | None = None  # steps of a series that are looked back

    kind = "transformer"
    shape: ClassVar[tuple[str, ...]] = ("width", "depth", "heads")

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe, by what goes in."""
        if problem.horizon:
            learner = forecasting.suited(self, SERIES)
            return forecasting.parts(problem, train, valid, learner, self.build, learner._patches, run)
        if problem.inputs_of(Kind.IMAGE):
            return patches.parts(problem, train, valid, run, self, self.build)
        if problem.events is not None:
            learner = forecasting.suited(self, {**following.EVENTS, "depth": 2})
            sizes = {name: getattr(learner, name) for name in ("width", "depth", "heads", "dropout")}
            return following.parts(problem, train, valid, learner, self.build, sizes)
        return super().prepare(problem, train, valid, run)

    def _patches(self, context: int, steps: int) -> dict[str, Any]:
        """What is particular to the network on series."""
        sizes = {name: getattr(self, name) for name in ("width", "depth", "heads", "dropout")}
        return {"segment": segment_of(context, MOST_PATCHES), **sizes}

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        if "segment" in design:
            return forecasting.built(SeriesTransformer, design)
        if "number_size" in design:
            return EventNetwork(**design)
        if "halvings" in design:
            return PatchNetwork(**design)
        if "letters" in design:
            return tagging_network(**design)
        return transformer_network(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> Any:
        """The inputs that were described as JSON."""
        if "horizon" in data:
            return SeriesInputs.from_json(data)
        if "steps" in data:
            return EventInputs.from_json(data)
        return ImageInputs.from_json(data) if "channels" in data else Reader.read_inputs(data)
