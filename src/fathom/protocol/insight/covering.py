"""Pictures of which one place after another is covered: what an answer loses tells what it rests on."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIDE = 7  # places along the longer side that are covered
FEWEST = 3  # where time does not suffice for more
INSIDE = 4  # places along the longer side of a box
REACH = 0.5  # of a place's side that is covered around it as well: an edge alone tells little
LEAST = 0.01  # of probability: less than that anywhere, and another colour is tried
GREY = 128
CONTEXT = 2  # times a box's longer side that is looked at around it where the whole picture is too large
MOST_LINES = 112  # that places of a part of a picture are told in
FINEST = 28  # lines at most that places of several sizes are told in
MOST_BYTES = 32 << 20  # of pixels that are answered at once

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Worth = Callable[[Pixels], Floats]  # of pictures [n, height, width, channels]: how much is said for what is asked [n]
Part = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """Where places begin and end, in pixels from the top and from the left."""

    down: tuple[int, ...]
    across: tuple[int, ...]

    def __len__(self) -> int:
        return (len(self.down) - 1) * (len(self.across) - 1)

    @property
    def shape(self) -> tuple[int, int]:
        """How many places down and across."""
        return len(self.down) - 1, len(self.across) - 1

    def covers(self) -> list[tuple[slice, slice]]:
        """What is covered for each place, line by line: the place and half of the smallest one's side around."""
        tall, wide = (
            round(min(b - a for a, b in itertools.pairwise(cuts)) * REACH) for cuts in (self.down, self.across)
        )
        return [
            (slice(max(top - tall, 0), bottom + tall), slice(max(left - wide, 0), right + wide))
            for (top, bottom), (left, right) in itertools.product(
                itertools.pairwise(self.down), itertools.pairwise(self.across)
            )
        ]

    def even(self, values: Floats) -> Floats:
        """Values [down, across] of places of several sizes told in places of one, not smaller than the smallest."""
        lines = [_looked_up(cuts) for cuts in (self.down, self.across)]
        told: Floats = values[np.ix_(*lines)]
        return told


def regular(height: int, width: int, side: int = SIDE) -> Grid:
    """A picture's places, as square as can be, so many along its longer side.

    >>> regular(8, 14)
    Grid(down=(0, 2, 4, 6, 8), across=(0, 2, 4, 6, 8, 10, 12, 14))
    """
    return Grid(*(_cuts(0, each, min(each, _share(each, max(height, width), side))) for each in (height, width)))


def around(height: int, width: int, box: tuple[float, float, float, float], inside: int = INSIDE) -> Grid:
    """Small places within a box (left, top, right, bottom), so many along its longer side, and larger ones around it.

    On each side of it there are two at most, the one beside it with half of its size; one where there is less room.

    >>> around(60, 100, (40.0, 20.0, 60.0, 40.0), 2)
    Grid(down=(0, 20, 30, 40, 60), across=(0, 30, 40, 50, 60, 70, 100))
    """
    spans = [_whole(box[1], box[3], height), _whole(box[0], box[2], width)]
    longest = max(end - start for start, end in spans)
    return Grid(
        *(
            _around(start, end, whole, min(end - start, _share(end - start, longest, inside)))
            for (start, end), whole in zip(spans, (height, width), strict=True)
        )
    )


def near(height: int, width: int, box: tuple[float, float, float, float]) -> tuple[Part, Part]:
    """The part of a picture around a box: top and bottom, left and right. On each side twice as much as it is long.

    >>> near(4000, 3000, (1000.0, 100.0, 1100.0, 150.0))
    ((0, 350), (800, 1300))
    """
    down, across = _whole(box[1], box[3], height), _whole(box[0], box[2], width)
    reach = CONTEXT * max(down[1] - down[0], across[1] - across[0])
    return _reaching(down, reach, height), _reaching(across, reach, width)


def placed(values: Floats, part: tuple[Part, Part], height: int, width: int) -> Floats:
    """Values of the places of a part told as places of the whole picture; zero elsewhere, where nobody looked.

    >>> placed(np.ones((2, 2)), ((0, 4), (4, 8)), 4, 12).tolist()
    [[0.0, 0.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]]
    """
    lines = []
    for (start, end), side, count in zip(part, (height, width), values.shape, strict=True):
        middles = (np.arange(min(MOST_LINES, round(side * count / (end - start)))) + 0.5) * side
        at = np.floor((middles / (len(middles)) - start) * count / (end - start)).astype(np.intp)
        lines.append(np.where((at >= 0) & (at < count), at, count))
    told: Floats = np.pad(values, ((0, 1), (0, 1)))[np.ix_(*lines)]
    return told


def lost(pixels: Pixels, grid: Callable[[int], Grid], worth: Worth, deadline: float) -> Floats | None:
    """What is lost of an answer's worth where a picture is covered, float64 [down, across] of even places.

    `pixels`: uint8 [height, width, channels]; `grid(fewer)` has fewer places the higher the number. Covered with the
    picture's median colour, which on drawings is that of the paper; with grey where that costs nothing, as when what
    decides fills most of the picture. As fine as time allows (`deadline`, of `time.monotonic`). None where the picture
    as it is has nothing to lose.
    """
    begin = time.monotonic()
    whole = float(worth(pixels[None])[0])
    each = time.monotonic() - begin
    if whole == 0.0:
        return None
    chosen = grid(0)
    for fewer in range(1, SIDE):
        if each * len(chosen) <= deadline - time.monotonic():
            break
        chosen = grid(fewer)
    median = np.median(pixels.reshape(-1, pixels.shape[2]), axis=0).astype(np.uint8)
    begin = time.monotonic()
    found = whole - _covered(pixels, chosen, median, worth)
    took = time.monotonic() - begin
    if found.max() < LEAST and time.monotonic() + took <= max(deadline, begin):
        found = whole - _covered(pixels, chosen, np.full_like(median, GREY), worth)
    return chosen.even(found.reshape(chosen.shape))


def _covered(pixels: Pixels, grid: Grid, colour: Pixels, worth: Worth) -> Floats:
    """What each covered picture is worth; few pictures are held in memory at a time."""
    covers = grid.covers()
    at_once = max(1, MOST_BYTES // pixels.nbytes)
    said = []
    for start in range(0, len(covers), at_once):
        part = covers[start : start + at_once]
        variants = np.repeat(pixels[None], len(part), axis=0)
        for variant, (down, across) in zip(variants, part, strict=True):
            variant[down, across] = colour
        said.append(worth(variants))
    return np.concatenate(said)


def _share(side: int, longest: int, most: int) -> int:
    """How many of `most` places along the longest side this one has; one at least."""
    return max(1, round(most * side / longest))


def _cuts(start: int, end: int, count: int) -> tuple[int, ...]:
    """So many parts of one length, as exact as pixels are."""
    cuts: list[int] = np.linspace(start, end, count + 1).round().astype(int).tolist()
    return tuple(cuts)


def _reaching(span: Part, reach: int, side: int) -> Part:
    """A span and as much around it as there is of a side."""
    return max(span[0] - reach, 0), min(span[1] + reach, side)


def _whole(start: float, end: float, side: int) -> Part:
    """A box's side in whole pixels of the picture; one pixel at least."""
    first = min(max(round(start), 0), side - 1)
    return first, min(max(round(end), first + 1), side)


def _around(start: int, end: int, whole: int, count: int) -> tuple[int, ...]:
    """Parts of a box's side, and what lies before and after it."""
    beside = max((end - start) // 2, 1)
    before = [0, start - beside] if start > 2 * beside else [0] if start else []
    after = [end + beside, whole] if whole - end > 2 * beside else [whole] if end < whole else []
    return (*before, *_cuts(start, end, count), *after)


def _looked_up(cuts: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Which place lies at the middle of each of some lines of one height."""
    sides = [b - a for a, b in itertools.pairwise(cuts)]
    if max(sides) - min(sides) <= 1:  # as even as pixels are
        return np.arange(len(sides))
    lines = min(FINEST, max(len(sides), round(cuts[-1] / min(sides))))
    middles = (np.arange(lines) + 0.5) * cuts[-1] / lines
    places: npt.NDArray[np.intp] = np.searchsorted(np.asarray(cuts[1:-1]), middles, side="right")
    return places
