"""Patches of pictures as words of a vocabulary that training pictures teach (Csurka et al. 2004)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.cluster import MiniBatchKMeans

from fathom.classical.features.texture import halved
from fathom.messages import phrase

Singles = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

ORIENTATIONS = 8  # of a gradient, all around
CELL = 4  # pixels a side whose gradients are summed
PATCH = 4  # cells a side of a patch
EIGHTH = (  # (4/π atan(r) / r - 1) / (1 - r) for r in 0..1, within 1e-8
    *(0.273239458, 0.273253689, -0.151573969, -0.146617255, 0.076484539, 0.196040050),
    *(-0.267315141, 0.136529299, -0.026660483),
)
SCALES = 2  # patches of 16 and of 32 pixels
FLAT = 0.02  # mean strength of the gradients below which a patch shows nothing
WORDS = 48
AXES = 40  # of a patch that are kept
SAMPLE = 20_000  # patches that the vocabulary is learned from
LENGTH = PATCH**2 * ORIENTATIONS
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class VisualWords:
    """A vocabulary of patches, and how far a picture's patches lie from its words.

    A patch is told by its gradients' orientations in 4 x 4 cells (Lowe 2004), on a dense grid at two scales, brought to
    a few axes. A picture is told by the sum of its patches' differences from their nearest words (VLAD, Jégou et al.
    2010): what counting words leaves out, so that few words do.
    `middle` [128], `axes` [128, AXES], `words` [words, AXES], all float32.
    """

    middle: Singles
    axes: Singles
    words: Singles

    @classmethod
    def learn(cls, grey: Singles, seed: int = 0) -> Self:
        """The vocabulary of grey pictures float32 [pictures, side, side]; fewer words where patches are few."""
        random = np.random.default_rng(seed)
        each = -(-SAMPLE // max(len(grey), 1))
        found = []
        for picture in grey:
            patches = np.concatenate([_patches(scale)[0] for scale in _scales(picture[None])]).astype(np.float32)
            patches = patches[patches.any(axis=1)]
            found.append(patches[np.sort(random.permutation(len(patches))[:each])])
        sample = np.concatenate(found) if found else np.zeros((0, LENGTH), dtype=np.float32)
        sample = sample if len(sample) else np.zeros((1, LENGTH), dtype=np.float32)
        middle = sample.mean(axis=0)
        axes = _axes((sample - middle).astype(np.float64))
        turned = (sample - middle) @ axes
        count = min(WORDS, len(np.unique(turned, axis=0)) if len(turned) < 10 * WORDS else WORDS)
        told = MiniBatchKMeans(count, random_state=0, n_init=1, batch_size=4096, max_iter=20).fit(turned)
        return cls(middle, axes, told.cluster_centers_.astype(np.float32))

    @classmethod
    def none(cls) -> Self:
        """A vocabulary without a word, for where none are told."""
        empty = np.zeros((0, AXES), dtype=np.float32)
        return cls(np.zeros(LENGTH, dtype=np.float32), np.zeros((LENGTH, AXES), dtype=np.float32), empty)

    @property
    def length(self) -> int:
        """How many features a picture gets."""
        return self.words.size

    def features(self, grey: Singles) -> Singles:
        """Features float32 [pictures, length] of grey pictures float32 [pictures, side, side]."""
        told = np.zeros((len(grey), *self.words.shape), dtype=np.float32)
        for scale in _scales(grey):
            for place in range(len(grey)):  # one by one: the patches of many fit no cache
                patches = _patches(scale[place : place + 1])[0]
                told[place] += self._differences(patches[patches.any(axis=1)]).astype(np.float32)
        lengths = np.sqrt((told**2).sum(axis=2, keepdims=True))
        told /= np.maximum(lengths, np.float32(1e-9))  # a word met often must not drown the others
        return told.reshape(len(grey), self.length)

    def _differences(self, patches: Doubles) -> Doubles:
        """The patches' differences from their nearest words, summed for each word.

        In double precision: a patch half way between two words must go to the same one wherever this is computed.
        """
        words = self.words.astype(np.float64)
        turned = (patches - self.middle) @ self.axes.astype(np.float64)
        nearest = (turned @ words.T - (words**2).sum(axis=1) / 2).argmax(axis=1)
        which = (nearest == np.arange(len(words))[:, None]).astype(np.float64)
        sums: Doubles = which @ turned - which.sum(axis=1, keepdims=True) * words
        return sums

    def arrays(self) -> Arrays:
        """The vocabulary's arrays."""
        return {"middle": self.middle, "axes": self.axes, "words": self.words}

    @classmethod
    def restored(cls, arrays: Arrays) -> Self:
        """The vocabulary that `arrays` described; a ValueError where its arrays don't fit each other."""
        found = cls(arrays["middle"], arrays["axes"], arrays["words"])
        whole = all(each.dtype == np.float32 and np.isfinite(each).all() for each in found.arrays().values())
        fits = found.middle.shape == (LENGTH,) and found.axes.shape == (LENGTH, AXES)
        if not (whole and fits and found.words.ndim == 2 and found.words.shape[1] == AXES):
            raise ValueError(phrase("the visual words' arrays differ in number"))
        return found


def _axes(sample: npt.NDArray[np.float64]) -> Singles:
    """The axes of largest variance, each scaled half way to equal spread, so that small ones count more."""
    values, vectors = np.linalg.eigh(sample.T @ sample / len(sample))
    values, vectors = values[::-1][:AXES], vectors[:, ::-1][:, :AXES]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(AXES)])  # an eigenvector's sign is arbitrary
    axes: Singles = (vectors * signs / np.maximum(values, 1e-6) ** 0.25).astype(np.float32)
    return axes


def _scales(grey: Singles) -> list[Singles]:
    made = [grey]
    for _ in range(SCALES - 1):
        made.append(halved(made[-1]))
    return made


def _patches(grey: Singles) -> Doubles:
    """Patches float64 [pictures, places, 128] on a dense grid, of length one (Hellinger); a flat one is zero."""
    bright: Doubles = grey.astype(np.float64)
    down, right = np.zeros_like(bright), np.zeros_like(bright)
    down[:, 1:-1] = bright[:, 2:] - bright[:, :-2]
    right[:, :, 1:-1] = bright[:, :, 2:] - bright[:, :, :-2]
    cells = _cells(down, right)
    blocks = np.lib.stride_tricks.sliding_window_view(cells, (PATCH, PATCH), axis=(1, 2))
    patches = blocks.transpose(0, 1, 2, 4, 5, 3).reshape(len(grey), blocks.shape[1] * blocks.shape[2], LENGTH)
    total = patches.sum(axis=2, keepdims=True)
    patches *= np.where(total > FLAT * (PATCH * CELL) ** 2, 1 / np.maximum(total, 1e-9), 0.0)
    rooted: Doubles = np.sqrt(patches, out=patches)
    return rooted


def _cells(down: Doubles, right: Doubles) -> Doubles:
    """Gradient strength by orientation, shared by the nearest two; float64 [pictures, cells, cells, ORIENTATIONS]."""
    count = down.shape[1] // CELL
    edge = count * CELL
    down, right = down[:, :edge, :edge], right[:, :edge, :edge]
    strength = np.sqrt(down * down + right * right)
    turn = eighths(down, right)
    low = turn.astype(np.int64)
    share = turn - low
    place = np.arange(edge) // CELL
    cell = ((place[:, None] * count + place) * ORIENTATIONS)[None]
    cell = cell + (np.arange(len(down)) * count**2 * ORIENTATIONS)[:, None, None]
    bins = len(down) * count**2 * ORIENTATIONS
    sums = sum(
        np.bincount((cell + (low + step) % ORIENTATIONS).ravel(), (weight * strength).ravel(), minlength=bins)
        for step, weight in ((0, 1 - share), (1, share))
    )
    return np.asarray(sums).reshape(len(down), count, count, ORIENTATIONS)


def eighths(down: Doubles, right: Doubles) -> Doubles:
    """Which way gradients point, in eighths of a full turn, 0..8.

    By sums, products and one division, which come out the same to the last bit in a file for other programs. An
    arcus tangent does not, and the square root that follows makes much of little where a patch has edges of few ways.

    >>> eighths(np.array([0.0, 2.0, 3.0, -1.0]), np.array([1.0, 2.0, 0.0, 0.0])).tolist()
    [0.0, 1.0, 2.0, 6.0]
    """
    tall, wide = np.abs(down), np.abs(right)
    longer = np.maximum(tall, wide)
    ratio = np.minimum(tall, wide) / np.where(longer > 0, longer, 1.0)
    bend = np.zeros_like(ratio)
    for factor in reversed(EIGHTH):
        bend *= ratio
        bend += factor
    turn = ratio * (1 + (1 - ratio) * bend)
    turn = np.where(tall > wide, 2 - turn, turn)
    turn = np.where(right < 0, 4 - turn, turn)
    found: Doubles = np.where(down < 0, 8 - turn, turn)
    return found
