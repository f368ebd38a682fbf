"""Windows that slide over a picture at several sizes: their shapes, their places, their features, their scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image
from sklearn.cluster import KMeans

from fathom.classical.features.cells import CELL, Cells
from fathom.data.rectangles import Rectangles

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]

STEPS = 3  # sizes of the picture until it has half the side
LARGEST, SMALLEST = 3 * STEPS // 2, -5 * STEPS  # steps up and down that a picture is scaled by
LEAST_CELLS, MOST_CELLS = 4, 7  # a window's side: less cannot show a form, more costs and fits too closely
CONTEXT = 1  # cells around the window that are looked at too
PAD = MOST_CELLS // 2 + 1 + CONTEXT  # cells of nothing around a picture, for things that it cuts through
MOST_SHAPES = 3
LONG = 0.18  # spread of the logarithm of width by height from which a label has several shapes
MOST_PIXELS = 6_000_000  # of a scaled picture


@dataclass(frozen=True)
class Shape:
    """A window for things of one label: cells high and wide, and the steps of scale that it is tried at."""

    label: str
    rows: int
    columns: int
    first: int
    last: int

    @property
    def whole(self) -> tuple[int, int]:
        """Rows and columns with the context around."""
        return self.rows + 2 * CONTEXT, self.columns + 2 * CONTEXT

    def to_json(self) -> dict[str, Any]:
        """The shape as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The shape that `to_json` described."""
        sizes = (int(data[name]) for name in ("rows", "columns", "first", "last"))
        return cls(str(data["label"]), *sizes)


def shapes(label: str, boxes: Rectangles, seed: int) -> list[Shape]:
    """The windows that suit boxes [boxes, 4] of one label: one, or up to three where some are long and some are high.

    >>> shapes("cat", np.array([[0.0, 0.0, 60.0, 60.0], [5.0, 5.0, 77.0, 77.0]]), 0)
    [Shape(label='cat', rows=7, columns=7, first=-2, last=0)]
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    long = np.log(sides[:, 0] / sides[:, 1])
    count = 1 if long.std() < LONG or len(long) < 10 * MOST_SHAPES else MOST_SHAPES
    group = KMeans(count, n_init=1, random_state=seed).fit_predict(long[:, None]) if count > 1 else np.zeros(len(long))
    found = []
    for each in range(count):
        members = group == each
        sizes = np.sqrt(sides[members].prod(axis=1))
        low, high = np.quantile(sizes, [0.05, 0.95])
        ratio = math.exp(float(np.clip(np.median(long[members]), -1.2, 1.2)))
        side = float(np.clip(low / CELL, LEAST_CELLS, MOST_CELLS))
        rows, columns = (max(2, round(side * factor)) for factor in (ratio**-0.5, ratio**0.5))
        cells = CELL * math.sqrt(rows * columns)
        first, last = (int(np.clip(step, SMALLEST, LARGEST)) for step in
                       (math.floor(_step(cells / high)), math.ceil(_step(cells / low))))  # fmt: skip
        found.append(Shape(label, rows, columns, first, last))
    return found


def _step(scale: float) -> float:
    return STEPS * math.log2(scale)


@dataclass(frozen=True)
class Level:
    """A picture at one scale: the features of its cells [rows, columns, features], and how much it was scaled by."""

    step: int
    cells: Singles
    across: float
    down: float

    def boxes(self, shape: Shape) -> Rectangles:
        """The windows of a shape in the picture's own pixels, float64 [windows, 4], row by row; some hang over."""
        rows, columns = (self.cells.shape[axis] - shape.whole[axis] + 1 for axis in (0, 1))
        if rows < 1 or columns < 1:
            return np.zeros((0, 4))
        top, left = (np.arange(count) + (CONTEXT - PAD) for count in (rows, columns))
        found = np.empty((rows, columns, 4))
        found[..., 0], found[..., 1] = left[None, :] * CELL / self.across, top[:, None] * CELL / self.down
        found[..., 2] = (left + shape.columns)[None, :] * CELL / self.across
        found[..., 3] = (top + shape.rows)[:, None] * CELL / self.down
        return found.reshape(-1, 4)

    def vectors(self, shape: Shape, places: Places) -> Singles:
        """The features of the windows at these places of `boxes`, float32 [places, rows * columns * features]."""
        view = np.lib.stride_tricks.sliding_window_view(self.cells, shape.whole, axis=(0, 1))
        row, column = np.divmod(places, view.shape[1])
        found: Singles = view[row, column].transpose(0, 2, 3, 1).reshape(len(places), -1)
        return found

    def scores(self, shape: Shape, weights: Singles, bias: float) -> Singles:
        """What every window of a shape scores, float32 [windows]: a product with all cells, then shifted sums.

        `weights`: float32 [rows * columns * features], as `vectors` orders them.
        """
        high, wide = shape.whole
        rows, columns = self.cells.shape[0] - high + 1, self.cells.shape[1] - wide + 1
        if rows < 1 or columns < 1:
            return np.zeros(0, dtype=np.float32)
        each = self.cells.reshape(-1, self.cells.shape[2]) @ weights.reshape(high * wide, -1).T
        each = np.ascontiguousarray(each.T).reshape(high, wide, *self.cells.shape[:2])
        total = np.full((rows, columns), bias, dtype=np.float32)
        for down in range(high):
            for across in range(wide):
                total += each[down, across, down : down + rows, across : across + columns]
        return total.ravel()


def levels(pixels: Pixels, cells: Cells, steps: Sequence[int]) -> Iterator[Level]:
    """A picture, uint8 [height, width, 3], at each of these steps of scale, but too small or large ones."""
    image = Image.fromarray(pixels)
    for step in steps:
        scale = 2.0 ** (step / STEPS)
        width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        if width * height > MOST_PIXELS or (min(width, height) < CELL and step < 0):
            continue
        yield Level(step, cells.of(scaled(image, width, height), PAD), width / image.width, height / image.height)


def scaled(image: Image.Image, width: int, height: int) -> Pixels:
    """The picture at this size, uint8 [height, width, 3]: its width is changed first, for every shape.

    Left to itself Pillow changes the height of tall pictures first where that is less work; each way rounds to bytes
    in between, so that a graph would have to know which version of it does what.
    """
    for size in ((width, image.height), (width, height)):
        image = image if image.size == size else image.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(image)
