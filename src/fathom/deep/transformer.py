"""Attention between all pieces of a text, or all patches of a picture, from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import patches
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.learner import Parts
from fathom.deep.networks.patches import PatchNetwork
from fathom.deep.networks.transformer import tagging_network, transformer_network
from fathom.deep.reader import Reader
from fathom.learner import Run
from fathom.tasks.problem import Problem


@dataclass
class Transformer(Reader):
    """A transformer's encoder (Vaswani et al. 2017), pre-norm, with rotary places and gated units.

    Over pieces of text, or over patches of pictures that a few filters make (`patches`). `epochs` None: chosen by the
    number of rows. `pretrain`: a file or a folder of texts without labels to learn from first. `mirror` None: colour
    pictures only, and never digits or letters.

    >>> Transformer(depth=2).depth
    2
    """

    dropout: float = 0.2
    width: int = 128
    depth: int = 3
    heads: int = 4
    largest: int = 224  # longest side of a picture in pixels; larger ones are shrunk
    mirror: bool | None = None

    kind = "transformer"
    shape: ClassVar[tuple[str, ...]] = ("width", "depth", "heads")

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe, by what goes in."""
        if problem.inputs_of(Kind.IMAGE):
            return patches.parts(problem, train, valid, run, self, self.build)
        return super().prepare(problem, train, valid, run)

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        if "halvings" in design:
            return PatchNetwork(**design)
        if "letters" in design:
            return tagging_network(**design)
        return transformer_network(**design)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> Any:
        """The inputs that were described as JSON."""
        return ImageInputs.from_json(data) if "channels" in data else Reader.read_inputs(data)
