"""What the first layer of a network on pictures has learned: its filters, and where test pictures excite them most."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from fathom.data.dataset import Dataset
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.networks.feedforward import PixelNetwork

MOST_FILTERS = 16
MOST_PATCHES = 6
BATCH = 64  # pictures sent through at once
AROUND = 3  # times the filter's side: what a patch shows, so that a person can tell what it is
EXCITED = 4  # one in so many pictures excites a unit

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Filter:
    """One filter as a picture uint8 [height, width, channels], gray where it weighs nothing.

    Of a layer that reads whole pictures, whose weights alone look like noise, the picture is instead how those that
    excite the unit most differ from all others on average (`average`).
    `patches`: what excites it most in test pictures, the most first, uint8 [height, width, channels] each.
    """

    weights: Pixels
    patches: list[Pixels]
    average: bool = False


@dataclass(frozen=True)
class _Layer:
    """A first layer: its weights [filters, channels, height, width], how far its places lie apart, if it has places."""

    module: nn.Module
    weights: Tensor
    stride: int = 1
    padding: int = 0
    places: bool = True

    @property
    def side(self) -> int:
        return int(self.weights.shape[-1])


def first_filters(learner: Any, test: Dataset, seconds: float) -> list[Filter]:
    """The filters whose answers differ most between pictures, with the patches that excite each one most.

    `learner`: a fitted deep learner. Looks at as many of the test pictures as the time allows, 64 at least. Empty
    where it does not read pictures or no first layer on pixels can be told. Activation maximisation over a data set
    as in Zeiler and Fergus 2014, without the deconvolution.
    """
    if not isinstance(learner.inputs_, ImageInputs):
        return []
    layer = _first(learner.model_, learner.inputs_.channels)
    if layer is None or not len(test):
        return []
    deadline = time.monotonic() + seconds
    pictures: list[Tensor] = []
    strongest: list[Tensor] = []
    places: list[Tensor] = []
    for start in range(0, len(test), BATCH):
        if pictures and time.monotonic() > deadline:
            break
        rows = np.arange(start, min(start + BATCH, len(test)))
        (batch,) = learner.inputs_.tensors(test.take(rows))
        top, where = _excite(learner.model_, layer, batch)
        pictures.append(batch)
        strongest.append(top)
        places.append(where)
    seen, top, where = torch.cat(pictures).numpy(), torch.cat(strongest), torch.cat(places)
    chosen = top.std(dim=0, correction=0).argsort(descending=True, stable=True)[:MOST_FILTERS].tolist()
    return [
        Filter(
            _picture(layer.weights[one] if layer.places else _contrast(torch.cat(pictures), top[:, one])),
            _patches(seen, top[:, one], where[:, one], layer),
            not layer.places,
        )
        for one in chosen
    ]


def _first(model: nn.Module, channels: int) -> _Layer | None:
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and module.in_channels == channels:
            padding = module.padding[0] if isinstance(module.padding, tuple) else 0
            return _Layer(module, module.weight.detach().cpu(), module.stride[0], int(padding))
        if isinstance(module, PixelNetwork):
            layer: Any = module.layers[0]
            weights = layer.weight.detach().cpu().reshape(-1, channels, *module.shape)
            return _Layer(layer, weights, places=False)
    return None


def _excite(model: nn.Module, layer: _Layer, batch: Tensor) -> tuple[Tensor, Tensor]:
    """Each filter's strongest answer in each picture [pictures, filters], and where: a flat place of the map."""
    found: list[Tensor] = []
    handle = layer.module.register_forward_hook(
        lambda module, inputs, output: found.append(output.float().cpu().clone())
    )
    try:
        with torch.inference_mode():
            model(batch.to(next(model.parameters()).device))
    finally:
        handle.remove()
    answers = found[0][: len(batch)]  # a network may look again at turned pictures, after those as they are
    maps = answers.flatten(2) if layer.places else answers[:, 0, :, None]  # the first member's of an ensemble
    top, where = maps.max(dim=2)
    across = answers.shape[-1] if layer.places else 1
    return top, torch.stack([where // across, where % across], dim=-1)


def _picture(weights: Tensor) -> Pixels:
    """Weights [channels, height, width] as a picture; zero is middle gray."""
    largest = float(weights.abs().max()) or 1.0
    scaled = 127.5 + 127.5 * weights / largest
    pixels: Pixels = scaled.permute(1, 2, 0).clamp(0, 255).byte().numpy()
    return pixels


def _contrast(pictures: Tensor, top: Tensor) -> Tensor:
    """How the pictures that excite a unit differ from all, float [channels, height, width]."""
    excited = top.argsort(descending=True, stable=True)[: max(len(pictures) // EXCITED, 1)]
    return pictures[excited].float().mean(dim=0) - pictures.float().mean(dim=0)


def _patches(pictures: npt.NDArray[np.uint8], top: Tensor, where: Tensor, layer: _Layer) -> list[Pixels]:
    """Around the strongest answers, one in each picture, pictures [rows, channels, height, width]."""
    height, width = pictures.shape[2:]
    tall, wide = height, width
    if layer.places:
        tall, wide = (min(AROUND * layer.side, max(layer.side + 2, side // 2), side) for side in (height, width))
    found = []
    for row in top.argsort(descending=True, stable=True)[:MOST_PATCHES].tolist():
        middle = [int(at) * layer.stride - layer.padding + layer.side // 2 for at in where[row]]
        upper = min(max(middle[0] - tall // 2, 0), height - tall)
        left = min(max(middle[1] - wide // 2, 0), width - wide)
        found.append(pictures[row, :, upper : upper + tall, left : left + wide].transpose(1, 2, 0))
    return found
