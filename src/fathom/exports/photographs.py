"""Features of photographs as tensors: what `classical.features.photograph` computes, in a form that can be traced.

Whatever falls into one of several bins, or to one of several words, is computed with the same rounding as there, or in
double precision: a last bit must not move it.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from fathom.classical.features import colour, texture, visual_words
from fathom.classical.features.photograph import COLOURS, GRADIENTS, PIXELS, TEXTURES, WORDS, Photograph
from fathom.classical.features.visual_words import VisualWords
from fathom.exports.pictures import oriented, small_copy

LEAST = 1e-9  # that lengths are divided by


class PhotographFeatures(nn.Module):
    """The matrix of features float32 [rows, features] of pixels uint8 [rows, side, side, channels]."""

    centre: Tensor
    scale: Tensor

    def __init__(self, photograph: Photograph) -> None:
        super().__init__()
        made = {
            PIXELS: Bright(small_copy),
            GRADIENTS: Bright(oriented),
            COLOURS: Colours(),
            TEXTURES: Textures(photograph.side),
            WORDS: Words(photograph.vocabulary),
        }
        self.parts = nn.ModuleList([made[group] for group in photograph.groups])
        self.register_buffer("centre", torch.tensor(photograph.centre))
        self.register_buffer("scale", torch.tensor(photograph.scale))

    def forward(self, pixels: Tensor) -> Tensor:
        """Groups of features side by side, centred and scaled."""
        found = torch.cat([part(pixels) for part in self.parts], dim=1)
        return (found - self.centre) / self.scale


class Bright(nn.Module):
    """What a function makes of values from 0 to 1."""

    def __init__(self, made: object) -> None:
        super().__init__()
        self.made = made

    def forward(self, pixels: Tensor) -> Tensor:
        """Features [rows, features]."""
        found: Tensor = self.made(pixels.float() / 255.0)  # type: ignore[operator]
        return found


def grey(pixels: Tensor) -> Tensor:
    """Brightness from 0 to 1, float32 [rows, side, side], rounded as the learner rounds it."""
    return pixels.float().sum(dim=3) / float(pixels.shape[3]) / 255.0


def halved(pictures: Tensor) -> Tensor:
    """Pictures [rows, side, side, ...] at half their size, added in the learner's order."""
    even = int(pictures.shape[1]) // 2 * 2
    whole = pictures[:, :even, :even]
    return (whole[:, ::2, ::2] + whole[:, 1::2, ::2] + whole[:, ::2, 1::2] + whole[:, 1::2, 1::2]) * 0.25


class Colours(nn.Module):
    """Means and spreads of perceived colours in 4 x 4 parts, and the shares of 100 colours."""

    linear: Tensor
    to_xyz: Tensor
    white: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("linear", torch.tensor(colour.LINEAR))
        self.register_buffer("to_xyz", torch.tensor(colour.TO_XYZ.T.copy()))
        self.register_buffer("white", torch.tensor(colour.WHITE, dtype=torch.float64))

    def forward(self, pixels: Tensor) -> Tensor:
        """Features [rows, colour.length()]."""
        lab = self.perceived(halved(pixels.float()).floor().long())
        step = int(lab.shape[1]) // colour.GRID
        parts = lab.reshape(-1, colour.GRID, step, colour.GRID, step, 3)
        means = parts.mean(dim=(2, 4), keepdim=True)
        spreads = (parts - means).square().mean(dim=(2, 4)).sqrt()
        moments = torch.cat([means[:, :, 0, :, 0], spreads], dim=3) / 100
        return torch.cat([moments.flatten(1).float(), self.shares(lab).sqrt()], dim=1)

    def perceived(self, values: Tensor) -> Tensor:
        """L*a*b* float64 [rows, side, side, 3] of int64 values."""
        xyz = self.linear[values] @ self.to_xyz / self.white
        root = torch.where(xyz > 0.008856, xyz.pow(1 / 3), 7.787 * xyz + 16 / 116)
        x, y, z = root[..., 0], root[..., 1], root[..., 2]
        return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=3)

    @staticmethod
    def shares(lab: Tensor) -> Tensor:
        """The share of pixels of each of 100 colours, float32 [rows, 100]."""
        light = (lab[..., 0] * (colour.LIGHTS / 100)).clamp(0, colour.LIGHTS - 1).floor()
        tints = (lab[..., 1:] + colour.WIDEST) * (colour.TINTS / (2 * colour.WIDEST))
        tints = tints.clamp(0, colour.TINTS - 1).floor()
        which = ((light * colour.TINTS + tints[..., 0]) * colour.TINTS + tints[..., 1]).float()
        return torch.stack([(which == each).float().mean(dim=(1, 2)) for each in range(colour.SHADES)], dim=1)


def patterns(pictures: Tensor) -> Tensor:
    """Which uniform pattern each inner pixel has, int64 [rows, side - 2, side - 2], as `texture.codes` finds it."""
    side = int(pictures.shape[1]) - 2
    middle = pictures[:, 1:-1, 1:-1]
    code = torch.zeros_like(middle)
    for point in range(texture.POINTS):
        angle = 2 * math.pi * point / texture.POINTS
        down, right = round(-math.sin(angle), 5), round(math.cos(angle), 5)
        top, left = math.floor(down), math.floor(right)
        ring = torch.zeros_like(middle)
        for y, tall in ((top, 1 - (down - top)), (top + 1, down - top)):
            for x, wide in ((left, 1 - (right - left)), (left + 1, right - left)):
                if tall * wide > 0:
                    near = pictures[:, 1 + y : 1 + y + side, 1 + x : 1 + x + side]
                    ring = ring + torch.tensor(tall * wide, dtype=torch.float32) * near
        code = code + (ring >= middle).float() * float(2**point)
    return torch.tensor(texture.KINDS.astype(np.int64))[code.long()]


def counted(kinds: Tensor, parts: Tensor) -> Tensor:
    """How often each pattern occurs in each part, float32 [rows, parts, patterns].

    `kinds` int64 [rows, side, side], `parts` float32 [side x side, parts]: 1 where a pixel is in a part.
    """
    flat = kinds.flatten(1)
    return torch.stack([(flat == each).float() @ parts for each in range(texture.PATTERNS)], dim=2)


def belongs(part: np.ndarray, parts: int) -> Tensor:
    """Of the part of each row and column, int [side], which of `parts` x `parts` each pixel is in."""
    which = (part[:, None] * parts + part).ravel()
    return torch.tensor((which[:, None] == np.arange(parts**2)).astype(np.float32))


class Textures(nn.Module):
    """The shares of uniform local binary patterns in quarters of the picture, at three scales."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.sides = [side // 2**scale - 2 for scale in range(texture.SCALES)]
        for scale, each in enumerate(self.sides):
            self.register_buffer(f"parts{scale}", belongs(np.arange(each) * texture.GRID // each, texture.GRID))

    def forward(self, pixels: Tensor) -> Tensor:
        """Features [rows, texture.length()]."""
        made, pictures = [], grey(pixels)
        for scale in range(texture.SCALES):
            counts = counted(patterns(pictures), getattr(self, f"parts{scale}"))
            made.append((counts / counts.sum(dim=2, keepdim=True)).flatten(1))
            pictures = halved(pictures)
        return torch.cat(made, dim=1).sqrt()


class Words(nn.Module):
    """How far a picture's patches lie from their nearest words."""

    middle: Tensor
    axes: Tensor
    words: Tensor

    def __init__(self, vocabulary: VisualWords) -> None:
        super().__init__()
        for name, each in vocabulary.arrays().items():
            self.register_buffer(name, torch.tensor(each.astype(np.float64)))

    def forward(self, pixels: Tensor) -> Tensor:
        """Features [rows, words x axes]."""
        pictures = grey(pixels)
        told = self.differences(pictures).float()
        for _ in range(visual_words.SCALES - 1):
            pictures = halved(pictures)
            told = told + self.differences(pictures).float()
        lengths = told.square().sum(dim=2, keepdim=True).sqrt()
        return (told / lengths.clamp_min(LEAST)).flatten(1)

    def differences(self, pictures: Tensor) -> Tensor:
        """The sums of patches' differences from their nearest words, float64 [rows, words, axes]."""
        patches = blocks(cells(pictures.double()))
        total = patches.sum(dim=2, keepdim=True)
        shown = (total > visual_words.FLAT * (visual_words.PATCH * visual_words.CELL) ** 2).double()
        turned = ((patches / total.clamp_min(LEAST) * shown).sqrt() - self.middle) @ self.axes
        nearest = (turned @ self.words.T - self.words.square().sum(dim=1) / 2).argmax(dim=2, keepdim=True)
        which = (nearest == torch.arange(self.words.shape[0])).double() * shown
        return which.transpose(1, 2) @ turned - which.sum(dim=1)[..., None] * self.words


def cells(pictures: Tensor) -> Tensor:
    """Gradient strength by orientation, shared by the nearest two; float64 [rows, cells, cells, ORIENTATIONS]."""
    size, orientations = visual_words.CELL, visual_words.ORIENTATIONS
    count = int(pictures.shape[1]) // size
    down = nn.functional.pad(pictures[:, 2:] - pictures[:, :-2], (0, 0, 1, 1))[:, : count * size, : count * size]
    right = nn.functional.pad(pictures[:, :, 2:] - pictures[:, :, :-2], (1, 1))[:, : count * size, : count * size]
    strength = (down * down + right * right).sqrt()
    turn = eighths(down, right)
    low = turn.floor()
    share = turn - low
    low = torch.where(low >= orientations, low - orientations, low)
    high = torch.where(low >= orientations - 1, low - (orientations - 1), low + 1)
    maps = [
        strength * ((1 - share) * (low == each).double() + share * (high == each).double())
        for each in range(orientations)
    ]
    summed = [each.reshape(-1, count, size, count, size).sum(dim=(2, 4)) for each in maps]
    return torch.stack(summed, dim=3)


def eighths(down: Tensor, right: Tensor) -> Tensor:
    """Which way gradients point, in eighths of a full turn, as `visual_words.eighths` finds it; float64."""
    tall, wide = down.abs(), right.abs()
    longer = torch.maximum(tall, wide)
    ratio = torch.minimum(tall, wide) / torch.where(longer > 0, longer, torch.ones_like(longer))
    bend = torch.zeros_like(ratio)
    for factor in reversed(visual_words.EIGHTH):
        bend = bend * ratio + factor
    turn = ratio * (1 + (1 - ratio) * bend)
    turn = torch.where(tall > wide, 2 - turn, turn)
    turn = torch.where(right < 0, 4 - turn, turn)
    return torch.where(down < 0, 8 - turn, turn)


def blocks(sums: Tensor) -> Tensor:
    """All patches of 4 x 4 cells, float64 [rows, places, 128]."""
    last = int(sums.shape[1]) - visual_words.PATCH + 1
    places = [(row, column) for row in range(visual_words.PATCH) for column in range(visual_words.PATCH)]
    return torch.cat([sums[:, row : row + last, column : column + last] for row, column in places], dim=3).flatten(1, 2)
