"""The maps of a trained network on pictures, under a pyramid."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from fathom.deep.networks.backbone import Starting
from fathom.deep.networks.pyramid import Pyramid, PyramidNetwork
from fathom.messages import phrase

STRIDES = (8, 16, 32)
PROBE = 128  # side of the picture that tells how large a network's maps are


class BackboneMaps(Starting):
    """A pyramid over the states of a trained network that are 8, 16 and 32 times smaller than the picture.

    `body` is a network of the transformers library whose hidden states are maps; `picked` are the positions of those
    that are looked at, `widths` their channels. Pictures uint8 or float in 0..255 [rows, 3, height, width] go in, maps
    of `width` channels come out. Batch norms of the body keep the statistics they came with: those of a few pictures
    would replace them by chance.
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self, body: nn.Module, picked: Sequence[int], widths: Sequence[int], strides: Sequence[int], width: int
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(3, 1, 1))
        self.register_buffer("spread", torch.ones(3, 1, 1))
        self.body = body
        self.beside = None
        self.picked = list(picked)
        self.pyramid = Pyramid(widths, width)
        self.strides = list(strides)
        self.width = self.features = width
        self.rates = {}

    def forward(self, images: Tensor) -> list[Tensor]:
        """The maps, from the finest to the coarsest."""
        maps: list[Tensor] = self.pyramid(self.states(images))
        return maps

    def states(self, images: Tensor) -> list[Tensor]:
        """What the body makes of pictures: the states that the pyramid stands on."""
        found = hidden(self.body, (images.float() - self.mean) / self.spread)
        return [found[position] for position in self.picked]

    def train(self, mode: bool = True) -> BackboneMaps:
        """As ever, but for the body's normalisation over batches."""
        super().train(mode)
        for module in self.body.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self


class LearnedMaps(BackboneMaps):
    """The body and the pyramid of a detector that was learned here, which go on learning.

    >>> detector = PyramidNetwork(3, widths=[4, 8], depths=[1, 1], stem=4, skip=0, width=6)
    >>> [tuple(each.shape) for each in LearnedMaps(detector)(torch.zeros(1, 3, 32, 32))]
    [(1, 6, 8, 8), (1, 6, 4, 4)]
    """

    def __init__(self, learned: PyramidNetwork) -> None:
        super().__init__(learned.body, [], learned.body.widths, learned.strides, learned.features)
        self.pyramid = learned.pyramid
        self.mean.copy_(learned.mean)
        self.spread.copy_(learned.spread)

    def states(self, images: Tensor) -> list[Tensor]:
        """What the body makes of pictures: the states that the pyramid stands on."""
        maps: list[Tensor] = self.body((images.float() - self.mean) / self.spread)
        return maps


class Ready(nn.Module):
    """A pyramid over states that were computed before: what `BackboneMaps.states` gave goes in."""

    members = 1

    def __init__(self, network: BackboneMaps) -> None:
        super().__init__()
        self.pyramid = network.pyramid

    def forward(self, *states: Tensor) -> list[Tensor]:
        """The maps, from the finest to the coarsest."""
        maps: list[Tensor] = self.pyramid([each.float() for each in states])
        return maps


def hidden(body: nn.Module, pixels: Tensor) -> tuple[Tensor, ...]:
    """All hidden states of a network of the transformers library."""
    found: tuple[Tensor, ...] | None = body(pixel_values=pixels, output_hidden_states=True).hidden_states
    return found or ()


@torch.no_grad()
def surveyed(body: nn.Module) -> dict[str, list[int]]:
    """Positions, widths and strides of the hidden states to look at: the last of each size.

    A ValueError where the network's states are no maps or none of them is 8, 16 or 32 times smaller than the picture.
    """
    training = body.training
    found: dict[int, tuple[int, int]] = {}
    body.eval()
    for position, state in enumerate(hidden(body, torch.zeros(1, 3, PROBE, PROBE))):
        if state.ndim == 4 and state.shape[2] and PROBE % state.shape[2] == 0:
            found[PROBE // state.shape[2]] = (position, state.shape[1])
    body.train(training)
    strides = [stride for stride in STRIDES if stride in found]
    if not strides:
        raise ValueError(phrase("its states are no maps of places"))
    picked, widths = zip(*(found[stride] for stride in strides), strict=True)
    return {"picked": list(picked), "widths": list(widths), "strides": strides}
