"""Picture filters learned layer by layer: a residual network that sizes itself."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.augment import turned


class Block(nn.Module):
    """Two filters around a short cut, normalised before each (He et al. 2016, Identity Mappings)."""

    def __init__(self, fan_in: int, fan_out: int, stride: int) -> None:
        super().__init__()
        self.first_norm = nn.BatchNorm2d(fan_in)
        self.first = nn.Conv2d(fan_in, fan_out, 3, stride, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(fan_out)
        self.second = nn.Conv2d(fan_out, fan_out, 3, 1, 1, bias=False)
        self.stride = stride
        self.shortcut = nn.Conv2d(fan_in, fan_out, 1, bias=False) if fan_in != fan_out else None

    def forward(self, maps: Tensor) -> Tensor:
        """Maps [rows, fan_in, h, w] to [rows, fan_out, h / stride, w / stride], odd sizes rounded up."""
        ready = F.relu_(self.first_norm(maps))  # in place: on a processor fresh memory costs as much as the sum
        short = maps
        if self.stride > 1:
            short = F.avg_pool2d(short, self.stride, ceil_mode=True, count_include_pad=False)
        if self.shortcut is not None:
            short = self.shortcut(short)
        residual: Tensor = self.second(F.relu_(self.second_norm(self.first(ready))))
        return residual.add_(short)


class ConvolutionalNetwork(nn.Module):
    """A pre-activation residual network.

    Images uint8 or float in 0..255 [rows, channels, height, width] go in, features [rows, 1, widths[-1]] come out.
    `stem` is the side of the squares of pixels that become one place of the first map. Once training is over, pictures
    are looked at three times where there is a `turn`: as they are, and turned by so many radians to either side.

    >>> ConvolutionalNetwork(channels=3, widths=[8, 16], depths=[1, 1])(torch.zeros(5, 3, 9, 11)).shape
    torch.Size([5, 1, 16])
    """

    mean: Tensor
    spread: Tensor
    members = 1

    def __init__(
        self,
        channels: int,
        *,
        widths: Sequence[int],
        depths: Sequence[int],
        stem: int = 1,
        dropout: float = 0.1,
        turn: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("spread", torch.ones(channels, 1, 1))
        kernel = 3 if stem == 1 else 2 * stem - 1
        self.stem = nn.Conv2d(channels, widths[0], kernel, stem, kernel // 2, bias=False)
        blocks: list[nn.Module] = []
        fan_in = widths[0]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for position in range(depth):
                blocks.append(Block(fan_in, width, 2 if stage and not position else 1))
                fan_in = width
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.BatchNorm2d(fan_in)
        self.dropout = nn.Dropout(dropout)
        self.features = fan_in
        self.turn = turn
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="relu")
        for block in self.blocks:
            nn.init.zeros_(block.second.weight)  # type: ignore[union-attr, arg-type]  # each block begins as its short cut

    def forward(self, images: Tensor) -> Tensor:
        """Features of the whole picture, averaged over places and looks."""
        looks = [images] if self.training or not self.turn else [images, *turned(images, self.turn)]
        pixels = (torch.cat(looks).float() - self.mean) / self.spread
        maps = F.relu_(self.norm(self.blocks(self.stem(pixels))))
        features: Tensor = self.dropout(maps.mean(dim=(2, 3)))
        return features.reshape(len(looks), images.shape[0], self.features).mean(dim=0)[:, None]
