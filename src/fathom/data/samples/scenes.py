"""Small drawn landscapes: which things are in each, none, one or several."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image, ImageDraw

from fathom.data.objects import pictures

ROWS = 200
SIDE = 32  # pixels of a picture
FINE = 4  # times as large as it is drawn, so that edges come out smooth
THINGS = ("boat", "cloud", "house", "sun", "tree")
LONELY = 0.5  # share of the landscapes without a house or a tree that show a sea without a boat
SHARES = (0.25, 0.45, 0.4, 0.45, 0.5)
Draw = ImageDraw.ImageDraw
Random = np.random.Generator


def scenes() -> pl.DataFrame:
    """200 landscapes of 32 x 32 pixels, drawn the same each time: `image` (PNG bytes), `things` (lists of names).

    A boat lies on water and a house stands on land, so that one of the two tells of the other.
    """
    random = np.random.default_rng(2024)
    drawn, things = [], []
    for _ in range(ROWS):
        there = [name for name, share in zip(THINGS, SHARES, strict=True) if random.random() < share]
        if "boat" in there:
            there = [name for name in there if name not in ("house", "tree")]
        drawn.append(_scene(random, there))
        things.append(there)
    return pl.DataFrame(
        {
            "image": pl.Series(pictures(np.stack(drawn)), dtype=pl.Binary),
            "things": pl.Series(things, dtype=pl.List(pl.String)),
        }
    )


def _scene(random: Random, there: list[str]) -> npt.NDArray[np.uint8]:
    """One landscape with these things in it, uint8 [SIDE, SIDE, 3]."""
    large = SIDE * FINE
    sky = _shade(random, (150, 190, 225), 25)
    empty = not {"boat", "house", "tree"} & set(there)
    sea = "boat" in there or (empty and random.random() < LONELY)
    picture = Image.new("RGB", (large, large), sky)
    draw = ImageDraw.Draw(picture)
    horizon = large * random.uniform(0.5, 0.7)
    draw.rectangle((0, horizon, large, large), fill=_shade(random, (60, 110, 170) if sea else (110, 150, 80), 25))
    for name in sorted(there, key=("sun", "cloud", "tree", "house", "boat").index):
        HANDS[name](draw, random, horizon)
    noise = random.normal(0, 6, (SIDE, SIDE, 3))
    small = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64)
    return np.clip(small + noise, 0, 255).round().astype(np.uint8)


def _sun(draw: Draw, random: Random, horizon: float) -> None:
    x, y, size = random.uniform(15, 113), random.uniform(12, 0.5 * horizon), random.uniform(8, 14)
    draw.ellipse((x - size, y - size, x + size, y + size), fill=_shade(random, (250, 215, 80), 20))


def _cloud(draw: Draw, random: Random, horizon: float) -> None:
    x, y = random.uniform(20, 108), random.uniform(12, 0.6 * horizon)
    white = _shade(random, (240, 240, 240), 12)
    for along in (-14, 0, 14):
        wide, tall = random.uniform(12, 18), random.uniform(6, 10)
        draw.ellipse((x + along - wide, y - tall, x + along + wide, y + tall), fill=white)


def _tree(draw: Draw, random: Random, horizon: float) -> None:
    x, foot, tall = random.uniform(12, 116), horizon + random.uniform(0, 25), random.uniform(28, 50)
    draw.rectangle((x - 3, foot - tall / 2, x + 3, foot), fill=_shade(random, (100, 70, 45), 15))
    crown = tall * random.uniform(0.28, 0.38)
    draw.ellipse((x - crown, foot - tall - crown, x + crown, foot - tall / 2), fill=_shade(random, (40, 100, 45), 20))


def _house(draw: Draw, random: Random, horizon: float) -> None:
    x, foot = random.uniform(22, 106), horizon + random.uniform(4, 30)
    wide, tall = random.uniform(12, 20), random.uniform(18, 28)
    draw.rectangle((x - wide, foot - tall, x + wide, foot), fill=_shade(random, (205, 180, 150), 30))
    roof = [(x - wide - 4, foot - tall), (x + wide + 4, foot - tall), (x, foot - tall - random.uniform(12, 20))]
    draw.polygon(roof, fill=_shade(random, (165, 60, 50), 25))
    draw.rectangle((x - 4, foot - 12, x + 4, foot), fill=_shade(random, (80, 55, 40), 15))


def _boat(draw: Draw, random: Random, horizon: float) -> None:
    x, y, long = random.uniform(28, 100), horizon + random.uniform(10, 32), random.uniform(16, 26)
    hull = [(x - long, y - 8), (x + long, y - 8), (x + 0.6 * long, y), (x - 0.6 * long, y)]
    draw.polygon(hull, fill=_shade(random, (120, 75, 50), 25))
    sail = [(x, y - 10), (x, y - 10 - random.uniform(22, 36)), (x + 0.7 * long, y - 12)]
    draw.polygon(sail, fill=_shade(random, (235, 225, 205), 15))


def _shade(random: Random, colour: tuple[int, int, int], spread: int) -> tuple[int, int, int]:
    """A colour near this one."""
    red, green, blue = (int(np.clip(each + random.uniform(-spread, spread), 0, 255)) for each in colour)
    return red, green, blue


HANDS: dict[str, Callable[[Draw, Random, float], None]] = {
    "boat": _boat,
    "cloud": _cloud,
    "house": _house,
    "sun": _sun,
    "tree": _tree,
}
