"""Maps of a picture at several sizes that each know of the others: a feature pyramid."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.networks.convolutional import Block


class Pyramid(nn.Module):
    """What coarse maps have understood flows down to the fine ones that know where it is (Lin et al. 2017, FPN).

    Maps [rows, widths[i], h, w], the finest first, go in; as many of `width` channels and the same sizes come out.

    >>> maps = [torch.zeros(2, 8, 6, 5), torch.zeros(2, 16, 3, 3)]
    >>> [tuple(each.shape) for each in Pyramid([8, 16], 4)(maps)]
    [(2, 4, 6, 5), (2, 4, 3, 3)]
    """

    def __init__(self, widths: Sequence[int], width: int) -> None:
        super().__init__()
        self.across = nn.ModuleList(nn.Conv2d(each, width, 1, bias=False) for each in widths)
        self.across_norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in widths)
        self.smooth = nn.ModuleList(nn.Conv2d(width, width, 3, 1, 1, bias=False) for _ in widths)
        self.smooth_norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in widths)
        self.width = width
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """The maps, from the finest to the coarsest."""
        mine = [norm(across(each)) for each, across, norm in zip(maps, self.across, self.across_norms, strict=True)]
        for finer in range(len(mine) - 2, -1, -1):
            mine[finer] = mine[finer] + F.interpolate(mine[finer + 1], mine[finer].shape[-2:], mode="nearest")
        layers = zip(mine, self.smooth, self.smooth_norms, strict=True)
        return [F.relu(norm(smooth(F.relu(each)))) for each, smooth, norm in layers]


class Stages(nn.Module):
    """A residual network whose last maps are all kept: each stage halves height and width.

    Pictures float [rows, channels, height, width] go in; maps of `widths[i]` channels come out, of which the first is
    `stem` times smaller than the picture and each next one half as large. Those of the first `skip` are not given.

    >>> stages = Stages(3, widths=[8, 8, 16], depths=[1, 1, 1], stem=2, skip=1)
    >>> [tuple(each.shape) for each in stages(torch.zeros(1, 3, 32, 48))], stages.strides
    ([(1, 8, 8, 12), (1, 16, 4, 6)], [4, 8])
    """

    def __init__(
        self, channels: int, *, widths: Sequence[int], depths: Sequence[int], stem: int = 4, skip: int = 1
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, widths[0], 2 * stem - 1, stem, stem - 1, bias=False)
        self.stages = nn.ModuleList()
        fan_in = widths[0]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            ins = [fan_in] + [width] * (depth - 1)
            strides = [2 if stage else 1] + [1] * (depth - 1)
            self.stages.append(
                nn.Sequential(*(Block(one, width, stride) for one, stride in zip(ins, strides, strict=True)))
            )
            fan_in = width
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths[skip:])
        self.skip = skip
        self.widths = list(widths[skip:])
        self.strides = [stem * 2**stage for stage in range(skip, len(widths))]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="relu")
        for module in self.modules():
            if isinstance(module, Block):
                nn.init.zeros_(module.second.weight)  # each block begins as its short cut

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """The maps, from the finest to the coarsest."""
        maps, found = self.stem(pixels), []
        for position, stage in enumerate(self.stages):
            maps = stage(maps)
            if position >= self.skip:
                found.append(F.relu(self.norms[position - self.skip](maps)))
        return found


class PyramidNetwork(nn.Module):
    """A pyramid over a residual network.

    Pictures uint8 or float in 0..255 [rows, channels, height, width] go in, maps of `width` channels come out.
    """

    mean: Tensor
    spread: Tensor
    members = 1

    def __init__(
        self, channels: int, *, widths: Sequence[int], depths: Sequence[int], stem: int, skip: int, width: int
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("spread", torch.ones(channels, 1, 1))
        self.body = Stages(channels, widths=widths, depths=depths, stem=stem, skip=skip)
        self.pyramid = Pyramid(self.body.widths, width)
        self.strides = self.body.strides
        self.features = width

    def forward(self, images: Tensor) -> list[Tensor]:
        """The maps, from the finest to the coarsest."""
        maps: list[Tensor] = self.pyramid(self.body((images.float() - self.mean) / self.spread))
        return maps
