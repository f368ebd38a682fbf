"""Attention between all pieces of a text, from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fathom.deep.networks.several import Several
from fathom.deep.networks.text import TextNetwork
from fathom.deep.networks.tokens import TokenNetwork
from fathom.deep.networks.transformer import tagging_network, transformer_network
from fathom.deep.reader import Reader


@dataclass
class Transformer(Reader):
    """A transformer's encoder over pieces of text (Vaswani et al. 2017), pre-norm, with rotary places and gated units.

    `epochs` None: chosen by the number of rows. `pretrain`: a file or a folder of texts without labels to learn from
    first.

    >>> Transformer(depth=2).depth
    2
    """

    dropout: float = 0.2
    width: int = 128
    depth: int = 3
    heads: int = 4

    kind = "transformer"
    shape: ClassVar[tuple[str, ...]] = ("width", "depth", "heads")

    @staticmethod
    def build(design: dict[str, Any]) -> TextNetwork | Several | TokenNetwork:
        """The network of a design."""
        if "letters" in design:
            return tagging_network(**design)
        return transformer_network(**design)
