"""Faces set upright: how well the angle is told, what it is worth to learners, how steady faces of photographs are.

python benchmarks/alignment.py [--persons 60] [--seconds 20] [--photographs 1000]

Drawn faces are turned by known angles and cut out of squares with errors like the detector's, for it finds few drawn
ones. Photographs are those of $FATHOM_DATA/flickr8k-1000: each face found in one is looked for again in the same
photograph moved, scaled and turned, and recognised among all faces by the correlation of pixels alone.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image

from common import heading, print_table
from fathom import catalog
from fathom.data import cutting, detecting, media, upright
from fathom.data.cuts import SQUARE, UPRIGHT
from fathom.data.detecting import Face
from fathom.data.read import read
from fathom.data.samples.faces import EACH, a_person, a_view, drawn, name_of
from fathom.data.split import split
from fathom.learner import Run
from fathom.tasks.face_recognition import TASK

Pixels = npt.NDArray[np.uint8]

DRAWN, FACE = 110, 88  # pixels of a drawn face's picture, and of the square that its detector would tell
TURNED = (0, 10, 20)  # degrees
LEARNERS = ("eigenfaces", "fisherfaces", "local-binary-patterns")


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--persons", type=int, default=60)
    reader.add_argument("--seconds", type=float, default=20.0, help="for each training")
    reader.add_argument("--photographs", type=int, default=1_000)
    asked = reader.parse_args()
    heading("Faces set upright, drawn ones")
    angles(asked.persons)
    recognised(asked.persons, asked.seconds)
    folder = Path(os.environ.get("FATHOM_DATA", ".")) / "flickr8k-1000" / "images"
    if folder.is_dir():
        heading("Faces set upright, photographs")
        photographs(sorted(folder.glob("*.jpg"))[: asked.photographs])


def scenes(persons: int, most: float, seed: int) -> Iterator[tuple[int, float, Pixels, Face]]:
    """Drawn persons: who, by how many degrees the face leans, the picture, and a square with errors."""
    chance = np.random.default_rng(seed)
    for person in range(persons):
        looks = a_person(("adult", "older", "child")[person % 3], chance)
        for _ in range(EACH):
            view, turn = a_view(chance), float(chance.uniform(-most, most))
            face = np.pad(
                drawn(looks, view, chance, DRAWN), ((DRAWN // 2,) * 2, (DRAWN // 2,) * 2, (0, 0)), mode="edge"
            )
            turned = np.asarray(Image.fromarray(face).rotate(turn, Image.Resampling.BICUBIC, fillcolor=view.behind))
            x, y = DRAWN + chance.normal(0, 3, 2)
            side = FACE * np.exp(chance.normal(0, 0.05))
            found = Face(x / len(turned), y / len(turned), side / len(turned))
            yield person, turn - float(np.degrees(view.roll)), turned, found


def told(picture: Pixels, face: Face) -> float:
    """The angle by which the face leans."""
    return upright.lean(detecting.portrait(picture, face, detecting.SEEN, detecting.SEEN_SIDE))


def angles(persons: int) -> None:
    """How far the angles that are told are from the true ones."""
    rows = list(scenes(persons, 20, seed=6_011))
    truth = np.array([angle for _, angle, _, _ in rows])
    started = time.process_time()
    said = np.array([told(picture, face) for _, _, picture, face in rows])
    pace = 1000 * (time.process_time() - started) / len(rows)
    table = []
    for name, which in (("all", truth == truth), ("within 5 degrees of upright", abs(truth) < 5)):
        for way, wrong in (("as found", abs(truth)), ("set upright", abs(truth - said))):
            off = wrong[which]
            table.append([f"{name}, {way}", int(which.sum()), f"{off.mean():.1f}", f"{100 * (off <= 6).mean():.0f}"])
    print_table(["faces", "count", "degrees wrong", "right within 6 (%)"], table)
    print(f"\n{pace:.1f} ms of processor time a face\n")


def recognised(persons: int, seconds: float) -> None:
    """Rank-1 and the open-set area of learners on faces as found and set upright."""
    table = []
    for most in TURNED:
        rows = list(scenes(persons, most, seed=6_012))
        for way in ("as found", "set upright"):
            faces = [
                Face(face.x, face.y, face.side, told(picture, face) if way == "set upright" else 0.0)
                for _, _, picture, face in rows
            ]
            cells = np.stack(
                [
                    detecting.portrait(row[2], face, cutting.ROOM, cutting.SIDE)
                    for row, face in zip(rows, faces, strict=True)
                ]
            )
            frame = pl.DataFrame(
                {"image": [media.encode(cell) for cell in cells], "person": [name_of(row[0]) for row in rows]}
            )
            table.append([f"{most} degrees, {way}", *scored(frame, seconds)])
    print_table(["turned by up to", *LEARNERS], table)


def scored(frame: pl.DataFrame, seconds: float) -> list[str]:
    """Open-set area and rank-1 of each learner, in percent."""
    data = read(frame)
    problem = TASK.pose(data, "person")
    parts = split(data, problem, seed=0)
    train, valid, test = (data.take(rows) for rows in (parts.train, parts.valid, parts.test))
    problem = TASK.settle(problem, train)
    said = []
    for name in LEARNERS:
        learner = catalog.load(catalog.learner(name).path)()
        learner.fit(problem, train, valid, Run.lasting(seconds, seed=0))
        scores = TASK.scores(problem.truth(test), learner.predict(test))
        said.append(f"{100 * scores['open-set-area']:.1f} / {100 * scores['rank-1']:.1f}")
    return said


def photographs(paths: list[Path]) -> None:
    """Faces of photographs found, and found again where the photograph was moved, scaled and turned."""
    ways = {SQUARE: detecting.detector(closely=False), UPRIGHT: detecting.detector()}
    found: dict[str, list[list[Face]]] = {way: [] for way in ways}
    spent = dict.fromkeys(ways, 0.0)
    for path in paths:
        picture = pixels(path)
        for way, look in ways.items():
            started = time.process_time()
            found[way].append(look(picture))
            spent[way] += time.process_time() - started
    for way, each in found.items():
        some, pace = sum(map(bool, each)), 1000 * spent[way] / len(paths)
        print(f"{way}: something found on {some} of {len(paths)} photographs; {pace:.1f} ms of processor time each")
    sure = {path: faces[0] for path, faces in zip(paths, found[UPRIGHT], strict=True) if faces and faces[0].sure}
    both = {
        path: face
        for path, face in sure.items()
        if all(cutting.cut(around(pixels(path), face), way)[1] == 1 for way in (SQUARE, UPRIGHT))
    }
    print(f"surely a face on {len(sure)}; alone within its surroundings, and found there in both ways: {len(both)}\n")
    table = [
        [f"{degrees} degrees, {way}", *again(both, degrees, way)]
        for degrees in (0, 5, 10, 20)
        for way in (SQUARE, UPRIGHT)
    ]
    print_table(["photographs turned by", "looked for", "found (%)", "recognised (%)", "correlation"], table)


def pixels(path: Path) -> Pixels:
    """A photograph."""
    return np.asarray(Image.open(path).convert("RGB"))


def again(faces: dict[Path, Face], degrees: float, way: str) -> list[object]:
    """How many faces are found again, how many of all are most alike to themselves, and how alike those found are."""
    chance = np.random.default_rng(6_013)
    known = np.array([evened(cutting.cut(around(pixels(path), face), way)[0]) for path, face in faces.items()])
    right, close = 0, []
    for row, (path, face) in enumerate(faces.items()):
        picture = pixels(path)
        for turn in (degrees, -degrees):
            size, moved = float(chance.uniform(0.85, 1.2)), chance.uniform(-0.15, 0.15, 2)
            seen, count = cutting.cut(around(picture, face, turn, size, moved), way)
            if count:
                likeness = known @ evened(seen)
                right += int(likeness.argmax() == row)
                close.append(float(likeness[row]))
    looked, found = 2 * len(faces), max(len(close), 1)
    return [looked, f"{100 * len(close) / looked:.0f}", f"{100 * right / looked:.0f}", f"{sum(close) / found:.3f}"]


def around(picture: Pixels, face: Face, turn: float = 0.0, size: float = 1.0, moved: object = (0.0, 0.0)) -> Pixels:
    """The part of a photograph around a face, 192 pixels a side, turned about the face."""
    longest = max(picture.shape[:2])
    x, y = np.array([face.x, face.y]) + np.asarray(moved) * face.side
    whole = partial(detecting.square, picture, x * longest, y * longest, 6.0 * size * face.side * longest, 288)
    return np.asarray(Image.fromarray(whole()).rotate(turn, Image.Resampling.BICUBIC).crop((48, 48, 240, 240)))


def evened(face: Pixels) -> npt.NDArray[np.float64]:
    """Brightness of 48 x 48 pixels at one mean and one length."""
    gray = Image.fromarray(face).convert("L").resize((48, 48), Image.Resampling.BOX)
    flat = np.asarray(gray, np.float64).ravel()
    flat = flat - flat.mean()
    length = float(np.linalg.norm(flat))
    return flat / length if length else flat


if __name__ == "__main__":
    main()
