"""Features of pictures: a small copy, histograms of oriented gradients, a histogram of colours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical.features import gradients
from fathom.classical.features.agreement import most_alike
from fathom.data import media
from fathom.data.dataset import Dataset

Singles = npt.NDArray[np.float32]

NATIVE_SIDE = 32  # pictures up to this size are read as they are
LARGE_SIDE = 64  # larger ones are reduced to this
SMALL_COPY = 16  # the side of the copy whose pixels are features
COLOUR_STEPS = 4  # a channel's range in the histogram of colours
BATCH = 1_024  # pictures decoded at a time
SCALE_ROWS = 4_096
PIXELS, GRADIENTS, COLOURS = "pixels", "gradients", "colours"
GROUPS = (PIXELS, GRADIENTS, COLOURS)


@dataclass(frozen=True)
class Picture:
    """Pixels of a small grey copy, oriented gradients, colours; each group centred and scaled as a whole.

    `side` and `channels` say how pictures are read, `groups` which of the three are told. Values come as float32.
    """

    column: str
    side: int
    channels: int
    groups: tuple[str, ...] = GROUPS
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()

    @classmethod
    def learn(cls, column: str, dataset: Dataset, truth: npt.NDArray[np.int64] | None = None) -> Self:
        """Find the size to read pictures at, measure each group of features, and choose among the groups.

        All is taken from (a share of) the training rows. `truth`: int64 [rows] class positions; with them, the groups
        are kept in which a picture's nearest other one most often has its label: distances suffer from features that
        tell nothing, such as the gradients of tiny pictures; sums and thresholds can leave them aside by themselves.
        """
        height, width, channels = media.image_shape(dataset[column], dataset.folder)
        longest = max(height, width)
        side = max(longest, 6) if longest <= NATIVE_SIDE else LARGE_SIDE
        plain = cls(column, side, 1 if channels == 1 else 3)
        rows = np.arange(0, len(dataset), 1 + len(dataset) // SCALE_ROWS)
        sample = plain.matrix(dataset.take(rows)).astype(np.float64)
        centre, scale = sample.mean(axis=0), np.empty(sample.shape[1])
        spans = plain._spans()
        for span in spans.values():
            spread = float(sample[:, span].std(axis=0).mean())
            scale[span] = spread if spread > 0 else 1.0
        groups = tuple(spans)
        if truth is not None:
            choices = [(group,) for group in spans if group != COLOURS] + [tuple(spans)]
            groups = most_alike((sample - centre) / scale, truth[rows], spans, choices)
        kept = np.concatenate([np.arange(len(scale))[spans[group]] for group in groups])
        return cls(column, side, plain.channels, groups, tuple(centre[kept].tolist()), tuple(scale[kept].tolist()))

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""
        copy = self.side // self._step
        named = {
            PIXELS: [f"pixel {row + 1}, {column + 1}" for row in range(copy) for column in range(copy)],
            GRADIENTS: [f"gradient {number + 1}" for number in range(gradients.length(self.side))],
            COLOURS: [f"colour {number + 1}" for number in range(COLOUR_STEPS**3)],
        }
        return [name for group in self._present() for name in named[group]]

    def _present(self) -> tuple[str, ...]:
        """The groups that pictures of this kind have at all."""
        return tuple(group for group in self.groups if group != COLOURS or self.channels == 3)

    def _spans(self) -> dict[str, slice]:
        """Where each group stands in the matrix; a group of no features is left out."""
        copy = self.side // self._step
        lengths = {PIXELS: copy**2, GRADIENTS: gradients.length(self.side), COLOURS: COLOUR_STEPS**3}
        ends = np.cumsum([lengths[group] for group in self._present()]).tolist()
        spans = {group: slice(end - lengths[group], end) for group, end in zip(self._present(), ends, strict=True)}
        return {group: span for group, span in spans.items() if span.stop > span.start}

    @property
    def _step(self) -> int:
        return -(-self.side // SMALL_COPY)

    def matrix(self, dataset: Dataset, dtype: type[np.floating[Any]] = np.float32) -> npt.NDArray[Any]:
        """The features of a dataset's rows, float [rows, names]."""
        cells = dataset[self.column]
        matrix = np.empty((len(cells), len(self.names)), dtype=dtype)
        for start in range(0, len(cells), BATCH):
            batch = cells[start : start + BATCH]
            pictures = media.images(batch, dataset.folder, size=(self.side, self.side), channels=self.channels)
            matrix[start : start + BATCH] = self._features(pictures)
        if self.centre:
            matrix -= np.array(self.centre, dtype=dtype)
            matrix /= np.array(self.scale, dtype=dtype)
        return matrix

    def _features(self, pictures: npt.NDArray[np.uint8]) -> Singles:
        bright = pictures.astype(np.float32) / np.float32(255)
        step, copy = self._step, self.side // self._step
        made = []
        for group in self._present():
            if group == PIXELS:
                grey = bright.mean(axis=3)[:, : copy * step, : copy * step]
                made.append(grey.reshape(-1, copy, step, copy, step).mean(axis=(2, 4)).reshape(len(pictures), -1))
            elif group == GRADIENTS:
                made.append(gradients.histograms(bright))
            else:
                made.append(_colours(pictures))
        return np.hstack(made)

    def to_json(self) -> dict[str, Any]:
        """How pictures are read and scaled, as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The features that `to_json` described."""
        lists = {name: tuple(data[name]) for name in ("groups", "centre", "scale")}
        return cls(**{**data, **lists})


def _colours(pictures: npt.NDArray[np.uint8]) -> Singles:
    """The share of pixels of each of 64 colours, float32 [pictures, 64]."""
    steps = pictures.astype(np.int64) // (256 // COLOUR_STEPS)
    colour = (steps[..., 0] * COLOUR_STEPS + steps[..., 1]) * COLOUR_STEPS + steps[..., 2]
    most = COLOUR_STEPS**3
    which = colour.reshape(len(pictures), -1) + np.arange(len(pictures))[:, None] * most
    counts = np.bincount(which.ravel(), minlength=len(pictures) * most).reshape(len(pictures), most)
    shares: Singles = (counts / which.shape[1]).astype(np.float32)
    return shares
