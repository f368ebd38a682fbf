"""Maps of what decided for boxes: what is left of a box's probability once its strongest places are covered.

python benchmarks/box_maps.py [--set sample:shapes] [--learners convolutional sliding-window] [--seconds 240]

On pictures that nothing was learned from, the surest box of each. Places are covered with the picture's median colour,
strongest first, until so much is covered as a share of the box's area (deletion, Petsiuk et al. 2018). A map that says
more than where the box lies leaves less than places of the box in any order do.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import polars as pl
from PIL import Image

from common import heading, print_table
from fathom import catalog
from fathom.data import media
from fathom.data.read import read
from fathom.data.split import split
from fathom.learner import Run
from fathom.model import Model
from fathom.protocol.insight.asking import usual
from fathom.protocol.insight.decided import COVERED, GRADIENT, answers, decided
from fathom.tasks.object_detection import TASK

SHARES = (0.25, 0.5, 1.0)
MIDDLE, ANY = "nearest the middle", "of the box, any order"


def plain_maps(box, height: int, width: int, chance: np.random.Generator) -> dict[str, np.ndarray]:
    """What a map is held to: places by how near the box's middle they are, and places of the box in any order."""
    down, across = np.mgrid[:height, :width] + 0.5
    off = np.maximum(
        abs(across - (box.left + box.right) / 2) / (box.right - box.left),
        abs(down - (box.top + box.bottom) / 2) / (box.bottom - box.top),
    )
    coarse = chance.random((height // 4 + 1, width // 4 + 1)).repeat(4, axis=0).repeat(4, axis=1)[:height, :width]
    return {MIDDLE: -off, ANY: (off < 0.5) * coarse}


def looked_into(model: Model, row, asked, chance: np.random.Generator) -> list[tuple[str, list[float], bool, float]]:
    """Of each map its name, what is left for each share, whether its strongest place is in the box, and its seconds."""
    column, box = model.problem.inputs[0].name, asked.target
    pixels = media.cell_pixels(row[column], 0, row.folder)
    height, width = pixels.shape[:2]
    maps = {name: (each, 0.0) for name, each in plain_maps(box, height, width, chance).items()}
    for family in dict.fromkeys((model.family, "classical")):  # any other than deep is covered
        begin = time.process_time()
        (told,) = decided(replace(model, family=family), row, [asked])
        took = time.process_time() - begin
        heat = Image.fromarray(told.places.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC)
        maps[told.method] = (np.asarray(heat), took)
    median = np.median(pixels.reshape(-1, pixels.shape[2]), axis=0).astype(np.uint8)
    found = []
    for name, (heat, took) in maps.items():
        order = np.argsort(-heat.ravel(), kind="stable")
        covered = np.repeat(pixels[None], len(SHARES), axis=0).reshape(len(SHARES), -1, pixels.shape[2])
        for place, share in enumerate(SHARES):
            covered[place, order[: int((box.right - box.left) * (box.bottom - box.top) * share)]] = median
        many = row.take(np.zeros(len(SHARES), dtype=np.intp))
        seen = replace(many, frame=many.frame.with_columns(pl.Series(column, covered.reshape(-1, *pixels.shape))))
        left = asked.worth(answers(model, seen)) / box.probability
        y, x = np.unravel_index(heat.argmax(), heat.shape)
        inside = box.left <= x + 0.5 <= box.right and box.top <= y + 0.5 <= box.bottom
        found.append((name, left.tolist(), inside, took))
    return found


def summary(name: str, method: str, each: list) -> list[object]:
    """A line of the table."""
    lefts, inside, took = zip(*each, strict=True)
    timed = f"{np.median(took):.2f}" if method in (COVERED, GRADIENT) else ""
    return [
        name,
        method,
        len(each),
        *(f"{left:.3f}" for left in np.mean(lefts, axis=0)),
        f"{np.mean(inside):.0%}",
        timed,
    ]


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--set", default="sample:shapes")
    reader.add_argument("--learners", nargs="+", default=["convolutional", "sliding-window"])
    reader.add_argument("--seconds", type=float, default=240.0)
    asked = reader.parse_args()
    heading("What is left of a box's probability once its strongest places are covered")
    data = read(asked.set)
    problem = TASK.pose(data, "boxes")
    parts = split(data, problem, seed=0)
    for name in asked.learners:
        row = catalog.learner(name)
        learner = catalog.load(row.path)()
        learner.fit(
            problem,
            data.take(parts.train),
            data.take(parts.valid),
            Run(deadline=time.monotonic() + asked.seconds, threads=1),
        )
        model = Model(learner, name, row.family, problem)
        test = data.take(parts.test).select([problem.inputs[0].name])
        chance = np.random.default_rng(0)
        told: dict[str, list] = {}
        for at, one in enumerate(usual(answers(model, test))):
            if one is not None:
                for method, *rest in looked_into(model, test.take(np.array([at])), one, chance):
                    told.setdefault(method, []).append(rest)
        rows = [summary(name, method, each) for method, each in told.items()]
        print_table(
            [
                "learner",
                "covered first",
                "boxes",
                *(f"{share:.0%} of its area" for share in SHARES),
                "strongest in it",
                "s",
            ],
            rows,
        )


if __name__ == "__main__":
    main()
