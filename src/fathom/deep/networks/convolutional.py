"""Picture filters learned layer by layer: a residual network that sizes itself."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    """Two filters around a short cut, normalised before each (He et al. 2016, Identity Mappings)."""

    def __init__(self, fan_in: int, fan_out: int, stride: int, groups: int = 1) -> None:
        super().__init__()
        self.first_norm = nn.BatchNorm2d(fan_in)
        self.first = nn.Conv2d(fan_in, fan_out, 3, stride, 1, groups=groups, bias=False)
        self.second_norm = nn.BatchNorm2d(fan_out)
        self.second = nn.Conv2d(fan_out, fan_out, 3, 1, 1, groups=groups, bias=False)
        self.stride = stride
        self.shortcut = nn.Conv2d(fan_in, fan_out, 1, groups=groups, bias=False) if fan_in != fan_out else None

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
    """Pre-activation residual networks, `members` of them side by side as one whose filters come in groups.

    Images uint8 or float in 0..255 [rows, channels, height, width] go in, features [rows, members, widths[-1]] come
    out. `stem` is the side of the squares of pixels that become one place of the first map. Members share nothing but
    the pictures: they differ by where they began, and their mean is better than each (Lakshminarayanan et al. 2017).

    >>> ConvolutionalNetwork(channels=3, widths=[8, 16], depths=[1, 1], members=2)(torch.zeros(5, 3, 9, 11)).shape
    torch.Size([5, 2, 16])
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        channels: int,
        *,
        widths: Sequence[int],
        depths: Sequence[int],
        members: int = 1,
        stem: int = 1,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("spread", torch.ones(channels, 1, 1))
        kernel = 3 if stem == 1 else 2 * stem - 1
        self.stem = nn.Conv2d(channels, members * widths[0], kernel, stem, kernel // 2, bias=False)
        blocks: list[nn.Module] = []
        fan_in = members * widths[0]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for position in range(depth):
                blocks.append(Block(fan_in, members * width, 2 if stage and not position else 1, members))
                fan_in = members * width
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.BatchNorm2d(fan_in)
        self.dropout = nn.Dropout(dropout)
        self.members = members
        self.features = widths[-1]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                # torch counts the filters of all members; each fans out into its own alone.
                gain = nn.init.calculate_gain("relu") * members**0.5
                fan_out = module.out_channels * module.kernel_size[0] ** 2
                nn.init.uniform_(module.weight, -gain * (3 / fan_out) ** 0.5, gain * (3 / fan_out) ** 0.5)
        for block in self.blocks:
            nn.init.zeros_(block.second.weight)  # type: ignore[union-attr, arg-type]  # each block begins as its short cut

    def forward(self, images: Tensor) -> Tensor:
        """Features of the whole picture from each member, averaged over places."""
        pixels = (images.float() - self.mean) / self.spread
        maps = F.relu_(self.norm(self.blocks(self.stem(pixels))))
        features: Tensor = self.dropout(maps.mean(dim=(2, 3)))
        return features.unflatten(1, (self.members, self.features))
