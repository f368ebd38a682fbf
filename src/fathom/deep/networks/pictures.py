"""A trained network for pictures under a head: published ones, and those that were learned here before."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.backbone import Starting

CHUNK = 64  # pictures at once when nothing is learned: more would only need more memory
FULL = 255.0  # the brightest


class Published(nn.Module):
    """A network of the transformers library that reads pictures: pixels in 0..255 go in, [rows, 1, features] come out.

    `mean` and `spread` are what it was trained with, in units of 0..255. Of maps the mean over places is taken, as the
    network itself pools it; of tokens the first, which stands for the whole, beside the mean of the others.
    """

    mean: Tensor
    spread: Tensor
    members = 1

    def __init__(self, body: nn.Module, features: int) -> None:
        super().__init__()
        self.body = body
        self.features = features
        self.register_buffer("mean", torch.zeros(3, 1, 1))
        self.register_buffer("spread", torch.ones(3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Features of whole pictures [rows, channels, height, width]; gray ones are given all three colours."""
        pixels = images.float().expand(-1, 3, -1, -1)
        return pooled(self.body(pixel_values=(pixels - self.mean) / self.spread), tells_whole(self.body))[:, None]


def pooled(answer: Any, whole: bool) -> Tensor:
    """One vector a picture [rows, features] from what a published network answers; `whole`: its first token is one."""
    states: Tensor = answer.last_hidden_state
    if states.ndim == 3 and whole:
        return torch.cat([states[:, 0], states[:, 1:].mean(dim=1)], dim=1)
    given: Tensor | None = getattr(answer, "pooler_output", None)
    if given is not None:
        return given.flatten(1)
    return states.mean(dim=1) if states.ndim == 3 else states.mean(dim=(2, 3))


def tells_whole(body: nn.Module) -> bool:
    """Whether the first token of the network's states stands for the whole picture."""
    return any(name.endswith(("cls_token", "class_embedding")) for name, _ in body.named_parameters())


class PictureNetwork(Starting):
    """Pictures [rows, channels, height, width] in 0..255 go in, features [rows, 1, width] come out.

    `body` makes features of pictures: a `Published` network or one that was learned here. Its batch normalisation
    stays as it was learned: what few pictures say of means and spreads is mostly chance, and some networks are
    published with a momentum under which the last batch alone would say it.

    >>> from fathom.deep.networks.convolutional import ConvolutionalNetwork
    >>> body = ConvolutionalNetwork(channels=3, widths=[8, 16], depths=[1, 1])
    >>> PictureNetwork(body, dropout=0.1)(torch.zeros(5, 3, 9, 11)).shape
    torch.Size([5, 1, 16])
    """

    def __init__(self, body: nn.Module, dropout: float = 0.0) -> None:
        super().__init__()
        self.body = body
        self.beside = None
        self.dropout = dropout
        self.width = self.features = int(body.features)  # type: ignore[arg-type]
        self.rates = {}

    def forward(self, images: Tensor) -> Tensor:
        """Features of each picture."""
        return F.dropout(self.pooled(images), self.dropout, self.training)[:, None]

    def pooled(self, given: Tensor) -> Tensor:
        """What the body makes of pictures, [rows, width]."""
        if self.training or len(given) <= CHUNK:
            features: Tensor = self.body(given)[:, 0]
            return features
        return torch.cat([self.body(part)[:, 0] for part in torch.split(given, CHUNK)])

    def train(self, mode: bool = True) -> PictureNetwork:
        """As ever, but for normalisation over batches."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self
