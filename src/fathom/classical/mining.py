"""Windows to learn from: those that hold a thing, chance ones that do not, and those mistaken for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fathom.classical.windows import Level, Shape
from fathom.data.rectangles import Rectangles, clipped, overlaps

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

NEAR, NEAREST = 0.62, 0.45  # least overlap of a window that holds a thing, and of the best one for it
FAR = 0.35  # most overlap of one that does not
PER_THING = 4  # windows for each thing and shape
BY_CHANCE = 12  # windows of nothing for each picture and shape
HARD = 20  # mistaken ones for each picture and shape
MARGIN = -1.0  # a score from which a window of nothing teaches something
MOST_BYTES = 160 << 20  # of windows that are kept for one shape


@dataclass
class Stock:
    """Windows of one shape: of things, of nothing, and how those of things differ from the thing's own box."""

    shape: Shape
    things: list[Singles] = field(default_factory=list)
    moves: list[Floats] = field(default_factory=list)
    nothing: list[Singles] = field(default_factory=list)
    bytes: int = 0

    def add(self, kind: list[Singles], windows: Singles) -> None:
        """Put windows to those of things or to those of nothing."""
        kind.append(windows)
        self.bytes += windows.nbytes

    def room(self) -> int:
        """How many more windows there is room for."""
        some = next(iter(self.things or self.nothing), None)
        return 10_000 if some is None else max(0, (MOST_BYTES - self.bytes) // (some.itemsize * some.shape[1]))

    def matrix(self) -> tuple[Singles, npt.NDArray[np.bool_]]:
        """All windows, and which of them hold a thing."""
        x = np.concatenate([*self.things, *self.nothing])
        return x, np.arange(len(x)) < sum(map(len, self.things))

    def thin(self, weights: Floats) -> None:
        """Forget windows of nothing that are far on the right side, as they teach nothing any more."""
        kept = np.concatenate(self.nothing)
        scores = kept @ weights[:-1].astype(np.float32) + weights[-1]
        self.nothing = [kept[scores > 1.3 * MARGIN]]
        self.bytes = sum(part.nbytes for part in (*self.things, *self.nothing))


@dataclass
class Sight:
    """One picture at its scales: for each shape the windows of all levels, clipped to the picture."""

    levels: Sequence[Level]
    width: int
    height: int

    @property
    def bytes(self) -> int:
        """What its features take in memory."""
        return sum(level.cells.nbytes for level in self.levels)

    def windows(self, shape: Shape) -> tuple[Rectangles, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The windows of a shape unclipped, the level of each and its place there."""
        fitting = [at for at, level in enumerate(self.levels) if shape.first <= level.step <= shape.last]
        boxes = [self.levels[at].boxes(shape) for at in fitting]
        level = np.repeat(fitting, [len(each) for each in boxes]).astype(np.intp)
        place = np.concatenate([np.zeros(0, dtype=np.intp), *(np.arange(len(each)) for each in boxes)])
        return np.concatenate([np.zeros((0, 4)), *boxes]), level, place.astype(np.intp)

    def vectors(self, shape: Shape, level: npt.NDArray[np.intp], place: npt.NDArray[np.intp]) -> Singles:
        """The features of these windows, in their order."""
        found = [np.zeros((0, 0), dtype=np.float32)] * len(level)
        for at in np.unique(level):
            rows = np.flatnonzero(level == at)
            for row, vector in zip(rows, self.levels[at].vectors(shape, place[rows]), strict=True):
                found[row] = vector[None]
        return np.concatenate(found) if found else np.zeros((0, 1), dtype=np.float32)

    def scores(self, shape: Shape, weights: Singles, bias: float) -> Singles:
        """The scores of the windows of a shape, in the order of `windows`."""
        fitting = [level for level in self.levels if shape.first <= level.step <= shape.last]
        parts = [level.scores(shape, weights, bias) for level in fitting]
        return np.concatenate([np.zeros(0, dtype=np.float32), *parts])


def gather(stock: Stock, sight: Sight, true: Rectangles, weights: Floats | None, chance: np.random.Generator) -> None:
    """Add a picture's windows to the stock: at first those of things and chance ones, later those mistaken."""
    boxes, level, place = sight.windows(stock.shape)
    if not len(boxes):
        return
    common = overlaps(clipped(boxes, sight.width, sight.height), true) if len(true) else np.zeros((len(boxes), 0))
    most = common.max(axis=1, initial=0.0)
    free = np.flatnonzero(most < FAR)
    if weights is None:
        for thing in range(len(true)):
            mine = np.argsort(-common[:, thing], kind="stable")[:PER_THING]
            mine = mine[(common[mine, thing] >= NEAR) | ((mine == mine[0]) & (common[mine, thing] >= NEAREST))]
            if len(mine) and stock.room():
                stock.add(stock.things, sight.vectors(stock.shape, level[mine], place[mine]))
                stock.moves.append(moves(boxes[mine], true[thing]))
        free = chance.permutation(free)[:BY_CHANCE]
    else:
        scores = sight.scores(stock.shape, weights[:-1].astype(np.float32), float(weights[-1]))[free]
        free = free[np.argsort(-scores, kind="stable")[:HARD]][: int((scores > MARGIN).sum())]
    free = free[: stock.room()]
    if len(free):
        stock.add(stock.nothing, sight.vectors(stock.shape, level[free], place[free]))


def moves(windows: Rectangles, true: Floats) -> Floats:
    """How a window must be moved and stretched to be the true box: float64 [windows, 4], in shares of its sides."""
    size = windows[:, 2:] - windows[:, :2]
    middle, wanted = (windows[:, :2] + windows[:, 2:]) / 2, (true[:2] + true[2:]) / 2
    return np.concatenate([(wanted - middle) / size, np.log((true[2:] - true[:2]) / size)], axis=1)


def moved(windows: Rectangles, by: Floats) -> Rectangles:
    """The windows moved and stretched by what `moves` gave, within reason."""
    by = np.clip(by, -0.4, 0.4)
    size = windows[:, 2:] - windows[:, :2]
    middle = (windows[:, :2] + windows[:, 2:]) / 2 + by[:, :2] * size
    half = size * np.exp(by[:, 2:]) / 2
    return np.concatenate([middle - half, middle + half], axis=1)
