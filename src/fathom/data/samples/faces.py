"""Drawn faces: made-up persons from all sides a little, in all lights, in several moods. Nobody real is on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image, ImageDraw, ImageFilter

from fathom.data.media import encode

Pixels = npt.NDArray[np.uint8]
Chance = np.random.Generator
Point = tuple[float, float]
Colour = tuple[int, ...]

PERSONS, EACH = 40, 12
SIDE, FINER = 48, 3  # pixels a side, and how much finer a picture is drawn
GROUPS = (("adult", 0.5), ("older", 0.3), ("child", 0.2))
SKIN = ((241, 205, 178), (226, 184, 150), (203, 155, 118), (160, 112, 82), (112, 76, 56), (84, 56, 44))
HAIR = ((28, 24, 22), (58, 40, 30), (96, 66, 40), (150, 110, 60), (186, 158, 104), (120, 56, 32))
GREY = ((170, 170, 172), (210, 210, 212), (120, 118, 118))
EYES = ((70, 44, 26), (90, 70, 40), (70, 100, 70), (80, 110, 150))
FAMILY = ("Adeyemi", "Bauer", "Choi", "Diaz", "Eriksen", "Fofana", "Gupta", "Hashimoto", "Ivanova", "Jung")
GIVEN = ("Ana", "Ben", "Chae", "Dina")


@dataclass(frozen=True)
class Person:
    """What stays the same on every picture of a person; lengths in units of half a face's height."""

    skin: Colour
    hair: Colour
    iris: Colour
    wide: float
    jaw: float
    long: float
    eyes: float  # how far apart
    eye: float
    slant: float
    level: float  # how high the eyes stand
    brow: float
    arch: float
    nose: float
    broad: float
    mouth: float
    lips: float
    low: float  # how low the mouth stands
    cut: int  # of the hair
    fringe: float
    beard: float
    glasses: int  # 0: none
    mole: Point
    lines: float  # wrinkles


@dataclass(frozen=True)
class View:
    """What differs from picture to picture."""

    yaw: float
    pitch: float
    roll: float
    size: float
    shift: Point
    light: float  # direction
    dark: float  # how much less light there is on the other side
    bright: float
    tint: npt.NDArray[np.float64]
    smile: float
    open: float
    blink: float
    raised: float
    worn: bool  # whether glasses are worn by who has some
    blur: float
    noise: float
    behind: Colour
    clothes: Colour


def faces() -> pl.DataFrame:
    """480 pictures of 48 x 48 of 40 drawn persons: `image` (PNG bytes), `person`, `group`. Always the same ones.

    >>> faces()["person"].n_unique()
    40
    """
    return drawn_faces(PERSONS, EACH, seed=20_260_117)


def drawn_faces(persons: int, each: int, *, seed: int, side: int = SIDE) -> pl.DataFrame:
    """`each` pictures of every one of `persons` made-up persons, as `faces` has them."""
    chance = np.random.default_rng(seed)
    groups = chance.choice([name for name, _ in GROUPS], persons, p=[share for _, share in GROUPS]).tolist()
    pictures: list[bytes] = []
    for group in groups:
        person = a_person(group, chance)
        pictures += [encode(drawn(person, a_view(chance), chance, side)) for _ in range(each)]
    return pl.DataFrame(
        {
            "image": pl.Series(pictures, dtype=pl.Binary),
            "person": [name_of(at) for at in range(persons) for _ in range(each)],
            "group": [group for group in groups for _ in range(each)],
        }
    )


def name_of(at: int) -> str:
    """The name of the person at a place: all differ.

    >>> name_of(0), name_of(41)
    ('Ana Adeyemi', 'Ben Bauer 2')
    """
    again, place = divmod(at, len(FAMILY) * len(GIVEN))
    name = f"{GIVEN[(place + place // len(FAMILY)) % len(GIVEN)]} {FAMILY[place % len(FAMILY)]}"
    return f"{name} {again + 1}" if again else name


def a_person(group: str, chance: Chance) -> Person:
    """A person of a group: children have round faces that differ less, older ones grey hair and lines."""
    child, older = group == "child", group == "older"
    spread = 1.0 if child else 1.4

    def some(middle: float, reach: float) -> float:
        return middle + spread * reach * float(np.clip(chance.normal(), -2.2, 2.2))

    skin = np.array(SKIN[chance.integers(len(SKIN))]) + chance.normal(0, 6, 3)
    hair = np.array((GREY if older and chance.random() < 0.8 else HAIR)[chance.integers(3 if older else len(HAIR))])
    return Person(
        skin=_colour(skin),
        hair=_colour(hair + chance.normal(0, 8, 3)),
        iris=EYES[chance.integers(len(EYES))],
        wide=some(0.86 if child else 0.76, 0.05),
        jaw=some(2.2 if child else 2.5, 0.35),
        long=some(0.92 if child else 1.0, 0.04),
        eyes=some(0.36 if child else 0.33, 0.03),
        eye=some(0.14 if child else 0.115, 0.014),
        slant=some(0.0, 0.12),
        level=some(0.02 if child else 0.12, 0.045),
        brow=some(0.035, 0.013),
        arch=some(0.06, 0.04),
        nose=some(0.30 if child else 0.4, 0.06),
        broad=some(0.12 if child else 0.14, 0.028),
        mouth=some(0.24, 0.045),
        lips=some(0.055, 0.02),
        low=some(0.5, 0.045),
        cut=int(chance.integers(5)),
        fringe=some(0.62, 0.1),
        beard=0.0 if child or chance.random() < 0.7 else float(chance.uniform(0.3, 0.9)),
        glasses=int(chance.integers(1, 4)) if chance.random() < (0.4 if older else 0.2) else 0,
        mole=(float(chance.uniform(-0.45, 0.45)), float(chance.uniform(0.05, 0.7))),
        lines=float(chance.uniform(0.3, 0.8)) if older else 0.0,
    )


def a_view(chance: Chance) -> View:
    """One picture's pose, light, expression and camera."""
    return View(
        yaw=float(np.clip(chance.normal(0, 0.12), -0.4, 0.4)),
        pitch=float(np.clip(chance.normal(0, 0.08), -0.2, 0.2)),
        roll=float(np.clip(chance.normal(0, 0.04), -0.12, 0.12)),
        size=float(chance.uniform(0.79, 0.85)),
        shift=(float(chance.normal(0, 0.012)), float(chance.normal(0, 0.012))),
        light=float(chance.uniform(0, 2 * math.pi)),
        dark=float(chance.uniform(0.0, 0.45)),
        bright=float(chance.uniform(0.65, 1.25)),
        tint=1 + chance.normal(0, 0.06, 3),
        smile=float(chance.normal(0.1, 0.3)),
        open=float(max(chance.normal(0, 0.05), 0.0)),
        blink=float(chance.choice([1.0, 0.75, 0.45, 0.1], p=[0.55, 0.25, 0.14, 0.06])),
        raised=float(chance.normal(0, 0.03)),
        worn=bool(chance.random() < 0.8),
        blur=float(chance.uniform(0, 0.6)),
        noise=float(chance.uniform(2, 7)),
        behind=_colour(chance.uniform(60, 200) + chance.normal(0, 18, 3)),
        clothes=_colour(chance.uniform(20, 220, 3)),
    )


def drawn(person: Person, view: View, chance: Chance, side: int = SIDE) -> Pixels:
    """The picture, uint8 [side, side, 3]."""
    fine = side * FINER
    image = Image.new("RGB", (fine, fine), view.behind)
    Sketch(image, person, view).draw()
    smaller = image.resize((side, side), Image.Resampling.BOX)
    if view.blur > 0.2:
        smaller = smaller.filter(ImageFilter.GaussianBlur(view.blur * side / 80))
    small = np.asarray(smaller, dtype=np.float64)
    lit = small * view.bright * view.tint * _shade(view, side)[..., None]
    return np.clip(lit + chance.normal(0, view.noise, lit.shape), 0, 255).astype(np.uint8)


def _shade(view: View, side: int) -> npt.NDArray[np.float64]:
    """How much light falls on each pixel, float64 [side, side]."""
    down, right = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    along = right * math.cos(view.light) + down * math.sin(view.light)
    shade: npt.NDArray[np.float64] = 1 - view.dark * np.clip(0.5 + 0.7 * along, 0, 1)
    return shade


def _colour(values: Any) -> Colour:
    return tuple(int(each) for each in np.clip(np.asarray(values, dtype=float), 0, 255))


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    return _colour((1 - share) * np.array(one) + share * np.array(other))


class Sketch:
    """Draws one head: points of the face lie on a round head, which is turned and looked at from the front."""

    def __init__(self, image: Image.Image, person: Person, view: View) -> None:
        self.person, self.view = person, view
        self.pen, self.fine = ImageDraw.Draw(image), image.width
        self.unit = view.size * self.fine / 2
        self.middle = np.array([0.5 + view.shift[0], 0.52 + view.shift[1]]) * self.fine

    def at(self, right: float, down: float, out: float = 0.0) -> Point:
        """Where a point of the face is in the picture; `out`: how far it stands off the head."""
        person, view = self.person, self.view
        deep = math.sqrt(max(1 - (right / 1.05) ** 2 - (down / 1.25) ** 2, 0.0)) * 0.8 + out
        across, height = right * person.wide / 0.76, down * person.long
        x = across * math.cos(view.yaw) + deep * math.sin(view.yaw)
        deep = deep * math.cos(view.yaw) - across * math.sin(view.yaw)
        y = height * math.cos(view.pitch) + deep * math.sin(view.pitch)
        return self.turned(x, y)

    def turned(self, x: float, y: float) -> Point:
        """A point of the plane, the head inclined."""
        cos, sin = math.cos(self.view.roll), math.sin(self.view.roll)
        return (
            float(self.middle[0] + self.unit * (x * cos - y * sin)),
            float(self.middle[1] + self.unit * (x * sin + y * cos)),
        )

    def flat(self, points: list[Point], colour: Colour) -> None:
        """A filled shape of points of the face."""
        self.pen.polygon([self.at(*point) for point in points], fill=colour)

    def line(self, points: list[Point], colour: Colour, width: float) -> None:
        """A line through points of the face, its width in units of half a face."""
        thick = max(1, round(width * self.unit))
        self.pen.line([self.at(*point) for point in points], fill=colour, width=thick, joint="curve")

    def draw(self) -> None:
        """All of it, from the back to the front."""
        person = self.person
        self._shoulders()
        self._hair_behind()
        outline = [self.turned(*self._edge(turn)) for turn in np.linspace(0, 2 * math.pi, 40).tolist()]
        self.pen.polygon(outline, fill=person.skin)
        self._cheeks()
        self._nose()
        self._mouth()
        for side in (-1, 1):
            self._eye(side)
        self._fringe()
        if person.glasses and self.view.worn:
            self._glasses()

    def _edge(self, turn: float) -> Point:
        """A point of the head's outline: an oval, squarer at the jaw the larger its exponent."""
        person, view = self.person, self.view
        cos, sin = math.cos(turn), math.sin(turn)
        power = 2 / person.jaw if sin > 0 else 1.0
        x = person.wide * math.copysign(abs(cos) ** power, cos) * (1 - 0.08 * max(sin, 0))
        return x * (1 - 0.12 * abs(view.yaw)) + 0.1 * math.sin(view.yaw), sin * person.long + 0.1 * math.sin(view.pitch)

    def _shoulders(self) -> None:
        low, wide = self.fine / self.unit, 1.15
        neck = [self.turned(x, y) for x, y in ((-0.36, 0.6), (0.36, 0.6), (0.4, 1.3), (-0.4, 1.3))]
        body = [self.turned(x, y) for x, y in ((-0.4, 1.08), (0.4, 1.08), (wide, 1.35), (wide, low), (-wide, low))]
        self.pen.polygon(neck, fill=_mixed(self.person.skin, (0, 0, 0), 0.2))
        self.pen.polygon([*body, self.turned(-wide, 1.35)], fill=self.view.clothes)

    def _hair_behind(self) -> None:
        person = self.person
        if person.cut == 0:  # bald, or nearly
            return
        length = (0.0, 0.15, 0.35, 0.8, 1.15)[person.cut]
        wide = person.wide * (1.1 if person.cut < 3 else 1.22)
        arc = [
            (wide * math.cos(turn), -0.05 - 1.1 * person.long * math.sin(turn)) for turn in np.linspace(0, math.pi, 24)
        ]
        points = [(wide, length), *arc, (-wide, length)]
        self.pen.polygon([self.turned(x + 0.05 * math.sin(self.view.yaw), y) for x, y in points], fill=person.hair)

    def _fringe(self) -> None:
        person = self.person
        if person.cut == 0:
            return
        edge = [self._edge(turn) for turn in np.linspace(math.pi, 2 * math.pi, 30).tolist()]
        tilt = 0.14 * ((person.cut * 7) % 3 - 1)
        middle = 0.12 * math.sin(self.view.yaw)
        line = [
            (x, -person.fringe + tilt * x + 0.25 * (x - middle) ** 2)
            for x in np.linspace(0.98, -0.98, 16) * person.wide
        ]
        low = [(x, max(y, self._roof(x))) for x, y in line]
        self.pen.polygon([self.turned(x, y) for x, y in [*edge, *low]], fill=person.hair)

    def _roof(self, x: float) -> float:
        """How high the head's outline is at x."""
        inside = max(1 - (x / self.person.wide) ** 2, 0.0)
        return -self.person.long * math.sqrt(inside)

    def _cheeks(self) -> None:
        person = self.person
        shadow = _mixed(person.skin, (60, 20, 20), 0.18)
        for side in (-1, 1):
            if person.lines:
                self.line(
                    [(side * 0.2, 0.2), (side * 0.3, 0.36), (side * 0.33, 0.52)], shadow, 0.02 + 0.03 * person.lines
                )
                self.line([(side * 0.24, -0.02 + 0.1), (side * 0.42, 0.1)], shadow, 0.02 * person.lines)
        for row in range(3 if person.lines > 0.4 else 0):
            self.line([(-0.3, -0.5 + 0.1 * row), (0.0, -0.53 + 0.1 * row), (0.3, -0.5 + 0.1 * row)], shadow, 0.015)
        if person.beard:
            points = [(0.62 * math.cos(turn), 0.3 + 0.66 * math.sin(turn)) for turn in np.linspace(0, math.pi, 20)]
            self.flat([*points, (-0.3, 0.42), (0.3, 0.42)], _mixed(person.skin, person.hair, person.beard))
        x, y = self.at(*person.mole)
        dot = 0.028 * self.unit
        self.pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=_mixed(person.skin, (40, 20, 10), 0.7))

    def _nose(self) -> None:
        person, top = self.person, -self.person.level
        shade, bright = _mixed(person.skin, (70, 30, 20), 0.3), _mixed(person.skin, (255, 245, 235), 0.35)
        tip = top + person.nose
        self.pen.line(
            [self.at(0.03, top), self.at(0.03, tip, 0.22)], fill=bright, width=max(1, round(0.05 * self.unit))
        )
        self.pen.line(
            [self.at(-0.05, top), self.at(-0.06, tip, 0.16)], fill=shade, width=max(1, round(0.035 * self.unit))
        )
        for side in (-1, 1):
            x, y = self.at(side * person.broad * 0.6, tip + 0.02, 0.12)
            wide, high = person.broad * 0.36 * self.unit, 0.03 * self.unit
            self.pen.ellipse((x - wide, y - high, x + wide, y + high), fill=_mixed(person.skin, (40, 10, 10), 0.55))

    def _mouth(self) -> None:
        person, view = self.person, self.view
        red = _mixed(person.skin, (150, 40, 50), 0.5)
        across = np.linspace(-1, 1, 15)
        bend = 0.09 * view.smile * across**2
        wide = person.mouth * (1 + 0.15 * view.smile)
        upper = [(wide * x, person.low - b - person.lips * (1 - x * x)) for x, b in zip(across, bend, strict=True)]
        gap = view.open + 0.01
        lower = [
            (wide * x, person.low - b + (person.lips * 1.2 + gap) * (1 - x * x))
            for x, b in zip(across, bend, strict=True)
        ]
        self.flat([*upper, *lower[::-1]], red)
        inner = [(0.85 * wide * x, person.low - b) for x, b in zip(across, bend, strict=True)]
        lip = [(0.85 * wide * x, person.low - b + gap * (1 - x * x)) for x, b in zip(across, bend, strict=True)]
        self.flat([*inner, *lip[::-1]], (60, 20, 24) if view.open < 0.06 else (235, 228, 220))
        self.line(inner, (70, 26, 28), 0.018)

    def _eye(self, side: int) -> None:
        person, view = self.person, self.view
        x, y = side * person.eyes, -person.level
        turns = np.linspace(0, 2 * math.pi, 18)
        tall = 0.52 * person.eye * view.blink
        rim = [
            (x + person.eye * math.cos(t), y + tall * math.sin(t) - side * person.slant * person.eye * math.cos(t))
            for t in turns
        ]
        self.flat([(u, v + 0.035) for u, v in rim], _mixed(person.skin, (70, 40, 40), 0.25))
        self.flat(rim, (238, 236, 232))
        middle, reach = self.at(x + 0.02 * math.sin(view.yaw), y), 0.5 * person.eye * self.unit
        open_enough = view.blink > 0.3
        if open_enough:
            high = reach * min(1.0, view.blink)
            self.pen.ellipse(
                (middle[0] - reach, middle[1] - high, middle[0] + reach, middle[1] + high), fill=person.iris
            )
            self.pen.ellipse(
                (middle[0] - reach / 2, middle[1] - high / 2, middle[0] + reach / 2, middle[1] + high / 2),
                fill=(12, 10, 10),
            )
        lid = sorted(rim)[::2]
        upper = [
            (u, y - tall * math.sqrt(max(1 - ((u - x) / person.eye) ** 2, 0)) - side * person.slant * (u - x))
            for u, _ in lid
        ]
        self.line(upper, _mixed(person.hair, (20, 14, 12), 0.6), 0.03)
        brow = y - 0.16 - view.raised
        points = [
            (x + side * d, brow - person.arch * (1 - ((d - 0.03) / 0.17) ** 2) - 0.5 * person.slant * d)
            for d in np.linspace(-0.14, 0.18, 7)
        ]
        self.line(points, _mixed(person.hair, (30, 22, 18), 0.35), 2 * person.brow)

    def _glasses(self) -> None:
        person = self.person
        frame = ((20, 20, 22), (120, 80, 40), (150, 150, 160))[person.glasses - 1]
        tall, wide = (0.13, 0.16, 0.1)[person.glasses - 1], 0.2
        for side in (-1, 1):
            ring = [
                (side * person.eyes + wide * math.cos(t), -person.level + tall * math.sin(t))
                for t in np.linspace(0, 2 * math.pi, 20)
            ]
            self.line(ring, frame, 0.035)
        inner = person.eyes - wide
        self.line([(-inner, -person.level), (inner, -person.level)], frame, 0.035)
        for side in (-1, 1):
            self.line([(side * (person.eyes + wide), -person.level), (side * 0.85, -person.level - 0.03)], frame, 0.03)
