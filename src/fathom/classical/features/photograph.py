"""Features of photographs: shapes, colours as people see them, textures, and words of a vocabulary of patches."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical.features import colour, gradients, texture
from fathom.classical.features.agreement import most_alike
from fathom.classical.features.texture import halved
from fathom.classical.features.visual_words import VisualWords
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.messages import phrase

Singles = npt.NDArray[np.float32]
Codes = npt.NDArray[np.integer[Any]]

LARGE, SMALL = 128, 64  # sides that pictures are read at
LARGE_FROM = 96  # pixels of the longer side
COPY = 16  # the side of the copy whose pixels are features
BATCH = 64  # pictures decoded at a time
VOCABULARY_ROWS = 250  # pictures that the vocabulary is learned from
SCALE_ROWS = 1_000
PIXELS, GRADIENTS, COLOURS, TEXTURES, WORDS = "pixels", "gradients", "colours", "textures", "words"
GROUPS = (PIXELS, GRADIENTS, COLOURS, TEXTURES, WORDS)
SORTED = (PIXELS, GRADIENTS, COLOURS, TEXTURES)  # for thresholds, which a vocabulary's axes mean little to
PLACED = (PIXELS, GRADIENTS, COLOURS)  # what stands where: for things that fill the picture
STREWN = (COLOURS, TEXTURES, WORDS)  # what there is anywhere in it: for scenes


@dataclass(frozen=True)
class Photograph:
    """Pixels of a small grey copy, oriented gradients, colours, textures, visual words; each group scaled as a whole.

    Pictures are read at `side` x `side` pixels. `groups` says which of the five are told. Values come as float32.
    """

    column: str
    side: int
    channels: int
    groups: tuple[str, ...]
    vocabulary: VisualWords
    centre: Singles
    scale: Singles
    known: list[tuple[Dataset, Singles]] = field(default_factory=list, compare=False, repr=False)  # asked for next

    @classmethod
    def learn(cls, column: str, dataset: Dataset, truth: Codes | None, groups: tuple[str, ...] = GROUPS) -> Self:
        """Learn the vocabulary, measure each group of features, and choose among the groups.

        All is taken from a share of the training rows. `truth`: class positions [rows], or [rows, labels] of 0 and 1;
        with them, those groups are kept in which a picture's nearest other one most often has its label.
        """
        height, width, channels = media.image_shape(dataset[column], dataset.folder)
        side = LARGE if max(height, width) >= LARGE_FROM else SMALL
        groups = tuple(group for group in groups if channels == 3 or group != COLOURS)
        vocabulary = VisualWords.none()
        if WORDS in groups:
            spread = np.arange(0, len(dataset), 1 + len(dataset) // VOCABULARY_ROWS)
            vocabulary = VisualWords.learn(_grey(_read(dataset.take(spread), column, side, channels)))
        nothing = np.zeros(0, dtype=np.float32)
        plain = cls(column, side, channels, groups, vocabulary, nothing, nothing)
        rows = np.arange(0, len(dataset), 1 + len(dataset) // SCALE_ROWS)
        sample = plain.matrix(dataset.take(rows))
        centre, scale, spans = sample.mean(axis=0), np.empty(sample.shape[1], dtype=np.float32), plain._spans()
        for span in spans.values():
            deviation = float(sample[:, span].std(axis=0).mean())
            scale[span] = deviation if deviation > 0 else 1.0
        if truth is not None:
            choices = [tuple(group for group in kept if group in groups) for kept in (STREWN, PLACED, GROUPS)]
            groups = most_alike((sample - centre) / scale, truth[rows], spans, choices)
        kept = np.concatenate([np.arange(len(scale))[spans[group]] for group in groups])
        centre, scale = centre[kept], scale[kept]
        known = [(dataset, (sample[:, kept] - centre) / scale)] if len(rows) == len(dataset) else []
        return replace(plain, groups=groups, centre=centre, scale=scale, known=known)

    @classmethod
    def for_thresholds(cls, column: str, dataset: Dataset) -> Self:
        """Those that trees are told: without the words, whose axes say little one by one."""
        return cls.learn(column, dataset, None, SORTED)

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        words, axes = self.vocabulary.words.shape
        parts = [f"{row + 1}, {column + 1}" for row in range(colour.GRID) for column in range(colour.GRID)]
        named = {
            PIXELS: [f"pixel {row + 1}, {column + 1}" for row in range(COPY) for column in range(COPY)],
            GRADIENTS: [f"gradient {number + 1}" for number in range(gradients.length(self.side))],
            COLOURS: [
                *(f"{what} of {axis} in part {part}" for part in parts for what, axis in colour.MOMENTS),
                *(f"share of colour {number + 1}" for number in range(colour.SHADES)),
            ],
            TEXTURES: [
                f"texture {pattern + 1} in quarter {quarter + 1} at scale {scale + 1}"
                for scale in range(texture.SCALES)
                for quarter in range(texture.GRID**2)
                for pattern in range(texture.PATTERNS)
            ],
            WORDS: [f"visual word {word + 1}, axis {axis + 1}" for word in range(words) for axis in range(axes)],
        }
        return [name for group in self.groups for name in named[group]]

    def _spans(self) -> dict[str, slice]:
        """Where each group stands in the matrix."""
        lengths = {
            PIXELS: COPY**2,
            GRADIENTS: gradients.length(self.side),
            COLOURS: colour.length(),
            TEXTURES: texture.length(),
            WORDS: self.vocabulary.length,
        }
        ends = np.cumsum([lengths[group] for group in self.groups]).tolist()
        return {group: slice(end - lengths[group], end) for group, end in zip(self.groups, ends, strict=True)}

    def matrix(self, dataset: Dataset) -> Singles:
        """The features of a dataset's rows, float32 [rows, names]."""
        if self.known and self.known[0][0] is dataset:  # the rows that all was learned from, told once and forgotten
            return self.known.pop()[1]
        width = max((span.stop for span in self._spans().values()), default=0)
        matrix = np.empty((len(dataset), width), dtype=np.float32)
        for start in range(0, len(dataset), BATCH):
            part = dataset.take(range(start, min(start + BATCH, len(dataset))))
            matrix[start : start + BATCH] = self._features(_read(part, self.column, self.side, self.channels))
        if len(self.centre):
            matrix -= self.centre
            matrix /= self.scale
        return matrix

    def _features(self, pictures: npt.NDArray[np.uint8]) -> Singles:
        grey = _grey(pictures)
        made = []
        for group in self.groups:
            if group == PIXELS:
                step = self.side // COPY
                made.append(grey.reshape(-1, COPY, step, COPY, step).mean(axis=(2, 4)).reshape(len(grey), -1))
            elif group == GRADIENTS:
                made.append(gradients.histograms(pictures.astype(np.float32) / np.float32(255)))
            elif group == COLOURS:
                made.append(colour.features(colour.perceived(_halved(pictures))))
            else:
                made.append(texture.histograms(grey) if group == TEXTURES else self.vocabulary.features(grey))
        return np.hstack(made)

    def to_json(self) -> dict[str, Any]:
        """How pictures are read, as plain JSON data; the vocabulary and the scale are `arrays`."""
        return {"column": self.column, "side": self.side, "channels": self.channels, "groups": list(self.groups)}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is too large for JSON."""
        return {**self.vocabulary.arrays(), "centre": self.centre, "scale": self.scale}

    @classmethod
    def restored(cls, data: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Self:
        """The features that `to_json` and `arrays` described; a ValueError where they don't fit each other."""
        found = cls(
            str(data["column"]),
            {LARGE: LARGE, SMALL: SMALL}[data["side"]],
            {1: 1, 3: 3}[data["channels"]],
            tuple(GROUPS[GROUPS.index(group)] for group in data["groups"]),
            VisualWords.restored(arrays),
            arrays["centre"],
            arrays["scale"],
        )
        width = (max((span.stop for span in found._spans().values()), default=0),)
        if found.centre.shape != width or found.scale.shape != width:
            raise ValueError(phrase("centre and scale differ in number from the features"))
        return found


def _read(dataset: Dataset, column: str, side: int, channels: int) -> npt.NDArray[np.uint8]:
    return media.images(dataset[column], dataset.folder, size=(side, side), channels=channels)


def _grey(pictures: npt.NDArray[np.uint8]) -> Singles:
    """Brightness from 0 to 1, float32 [pictures, side, side]."""
    grey: Singles = pictures.mean(axis=3, dtype=np.float32) / np.float32(255)
    return grey


def _halved(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return halved(pictures.astype(np.float32)).astype(np.uint8)
