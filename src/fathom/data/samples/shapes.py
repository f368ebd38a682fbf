"""Coloured shapes on cluttered grounds, some over others, with a box around each: drawn here, no photographs."""

from __future__ import annotations

import io
import math

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image, ImageDraw

from fathom.data.boxes import Mark, stored
from fathom.data.rectangles import areas, shared

ROWS = 160
LABELS = ("circle", "square", "triangle")
SHARES = (0.45, 0.3, 0.25)
EMPTY = 0.04  # of the pictures, with clutter and nothing else
MOST_COVERED = 0.3  # of a shape by another
FINE = 3  # shapes are drawn so much larger and shrunk, for smooth edges
CONTRAST = 70.0  # least distance between a shape's colour and the ground's
NOISE = 9.0  # standard deviation of the grain

Random = np.random.Generator
Points = list[tuple[float, float]]


def shapes() -> pl.DataFrame:
    """Columns `image` (PNG) and `boxes`: pictures of 72 to 128 pixels a side with up to five shapes each.

    Shapes have any colour and are turned, so that neither tells the label; lines, dots and blots have no box.

    >>> frame = shapes()
    >>> frame.height, sorted({box["label"] for row in frame["boxes"] for box in row})
    (160, ['circle', 'square', 'triangle'])
    """
    random = np.random.default_rng(5)
    pictures, rows = zip(*(_picture(random) for _ in range(ROWS)), strict=True)
    return pl.DataFrame([pl.Series("image", pictures, dtype=pl.Binary), stored("boxes", rows)])


def _picture(random: Random) -> tuple[bytes, list[Mark]]:
    """One picture as PNG, and what is in it."""
    width, height = (int(side) for side in random.integers(72, 129, 2))
    ground = random.uniform(40, 215, 3)
    image = Image.new("RGB", (width * FINE, height * FINE), _colour(ground))
    draw = ImageDraw.Draw(image)
    _clutter(draw, random, ground)
    marks: list[Mark] = []
    wanted = 0 if random.random() < EMPTY else int(random.integers(1, 6))
    for _ in range(4 * wanted):
        if len(marks) == wanted:
            break
        label = LABELS[random.choice(len(LABELS), p=SHARES)]
        points = _outline(label, random, width, height)
        mark = Mark(*_around(points), label)
        if _covers(mark, marks):
            continue
        draw.polygon([(x * FINE, y * FINE) for x, y in points], _colour(_apart(ground, random)))
        marks.append(mark)
    small = np.asarray(image.reduce(FINE), dtype=np.float64)
    light = 1 + 0.25 * random.uniform(-1, 1) * np.linspace(-1, 1, width)[None, :, None]
    grain = np.clip(small * light + random.normal(0, NOISE, small.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(grain).save(file, "PNG", compress_level=1)
    return file.getvalue(), marks


def _outline(label: str, random: Random, width: int, height: int) -> Points:
    """A shape's corners: its middle so placed that it lies in the picture, turned by chance."""
    radius = random.uniform(11, min(width, height) / 3.6)
    turn = random.uniform(0, 2 * math.pi)
    corners = {"circle": 40, "square": 4, "triangle": 3}[label]
    x, y = random.uniform(radius, width - radius), random.uniform(radius, height - radius)
    angles = turn + 2 * math.pi * np.arange(corners) / corners
    return [(float(x + radius * math.cos(a)), float(y + radius * math.sin(a))) for a in angles]


def _around(points: Points) -> tuple[float, float, float, float]:
    """The rectangle around points, to the tenth of a pixel."""
    x, y = zip(*points, strict=True)
    return round(min(x), 1), round(min(y), 1), round(max(x), 1), round(max(y), 1)


def _covers(mark: Mark, marks: list[Mark]) -> bool:
    """Whether the new shape's box hides too much of another's, or would be hidden in it."""
    if not marks:
        return False
    new, others = np.array([mark[:4]]), np.array([each[:4] for each in marks])
    return bool((shared(new, others)[0] > MOST_COVERED * np.minimum(areas(new)[0], areas(others))).any())


def _clutter(draw: ImageDraw.ImageDraw, random: Random, ground: npt.NDArray[np.float64]) -> None:
    """Lines, dots and thin blots that are none of the shapes."""
    width, height = draw.im.size
    for _ in range(int(random.integers(2, 7))):
        ends = [(float(random.uniform(0, width)), float(random.uniform(0, height))) for _ in range(2)]
        draw.line(ends, _colour(_apart(ground, random)), int(random.integers(1, 3)) * FINE)
    for _ in range(int(random.integers(5, 20))):
        x, y, radius = random.uniform(0, width), random.uniform(0, height), random.uniform(1, 2.5) * FINE
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), _colour(_apart(ground, random)))
    for _ in range(int(random.integers(0, 3))):
        x, y, long = random.uniform(0, width), random.uniform(0, height), random.uniform(10, 30) * FINE
        draw.ellipse((x, y, x + long, y + long / 5), _colour(_apart(ground, random)))


def _apart(ground: npt.NDArray[np.float64], random: Random) -> npt.NDArray[np.float64]:
    """A colour that is told from the ground."""
    while True:
        colour = random.uniform(0, 255, 3)
        if np.linalg.norm(colour - ground) > CONTRAST:
            return colour


def _colour(values: npt.NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in values)
    return red, green, blue
