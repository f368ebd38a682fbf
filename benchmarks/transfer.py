"""Accuracy by rows: a trained network with its features frozen or learning on, a network from scratch, a classical one.

    FATHOM_DATA=/path/to/data python benchmarks/transfer.py BACKBONE [--sets photographs scenes] [--keep FILE]
        [--minutes 15] [--plot docs/images/transfer.svg]

BACKBONE is the folder of a network of the transformers library, such as MobileNetV2 trained on ImageNet. Rows are
counted by class. Validation rows are a third as many, and all that chooses; the test rows are asked once, at the end.
What was tried is written into --keep, line by line, and not tried again: the script goes on where it was stopped.
Goal: 20 pictures of each class reach from the trained network what all of them reach from scratch.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import heading, print_table
from fathom.classical.support_vectors import SupportVectors
from fathom.deep.convolutional import Convolutional
from fathom.deep.pretrained import Pretrained
from fathom.learner import Run
from picture_sets import SETS, Parts, of_each

ALL = 0
FEW = 20  # rows of a class that the goal names
SIZES = {
    "frozen": (5, FEW, ALL),
    "fine-tuned": (5, FEW, ALL),
    "from scratch": (5, FEW, ALL),
    "classical": (5, FEW, ALL),
}
DRAWS = {"frozen": 3, "classical": 3}  # of rows, where not all are taken; one else
COLOURS = {"frozen": "#0072b2", "fine-tuned": "#009e73", "from scratch": "#d55e00", "classical": "#777777"}
LOWEST = 0.2  # the least accuracy that is drawn

Found = dict[str, Any]


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("backbone")
    reader.add_argument("--sets", nargs="+", default=["photographs", "scenes", "cells"], choices=sorted(SETS))
    reader.add_argument("--ways", nargs="+", default=list(SIZES), choices=list(SIZES))
    reader.add_argument("--minutes", type=float, default=15.0, help="for one training, at most")
    reader.add_argument("--threads", type=int, default=1)
    reader.add_argument("--keep", type=Path, help="a file for what was found")
    reader.add_argument("--plot", type=Path, help="an SVG file for the curves")
    asked = reader.parse_args()
    ways: dict[str, Callable[[], Any]] = {
        "frozen": lambda: Pretrained(asked.backbone, mode="head"),
        "fine-tuned": lambda: Pretrained(asked.backbone),
        "from scratch": Convolutional,
        "classical": SupportVectors,
    }
    known = _known(asked.keep)
    for name in asked.sets:
        parts = SETS[name]()
        heading(f"Transfer: {name}, {len(parts[1])} rows train, {len(parts[3])} test, {asked.threads} threads")
        for way in asked.ways:
            for size in SIZES[way]:
                for draw in range(1 if size == ALL else DRAWS.get(way, 1)):
                    asked_for = {"set": name, "way": way, "size": size, "draw": draw}
                    if any(asked_for.items() <= each.items() for each in known):
                        continue
                    known.append(asked_for | _tried(ways[way](), parts, size, draw, asked))
                    print(known[-1], flush=True)
                    if asked.keep:
                        with asked.keep.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(known[-1]) + "\n")
        found = [each for each in known if each["set"] == name]
        print_table(["way", "rows of a class", "test accuracy", "seconds", "kept"], _rows(found))
        _goal(found)
    if asked.plot:
        plot({name: [each for each in known if each["set"] == name] for name in asked.sets}, asked.plot)


def _known(keep: Path | None) -> list[Found]:
    return [json.loads(line) for line in keep.read_text("utf-8").splitlines()] if keep and keep.exists() else []


def _tried(learner: Any, parts: Parts, size: int, draw: int, asked: argparse.Namespace) -> Found:
    """Rows learned from, test accuracy, seconds of training and which steps were kept."""
    problem, train, valid, test = parts
    if size:
        train, valid = of_each(train, size, draw), of_each(valid, max(3, size // 3), draw)
    run, started = Run.lasting(60 * asked.minutes, seed=draw, threads=asked.threads), time.perf_counter()
    worked = time.process_time()
    learner.fit(problem, train, valid, run)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    right = float((learner.predict(test).codes == problem.truth(test)).mean())
    steps = run.told.get("transfer", [])
    kept = " ".join(f"{each['name']}{'' if each['kept'] else '-'} {each['seconds']:.0f}s" for each in steps)
    said = {"rows": len(train), "accuracy": right, "seconds": seconds, "processor": processor}
    return said | {"kept": kept, "hurried": run.hurried}


def _rows(found: list[Found]) -> list[list[object]]:
    """A line for each way and size: the mean of its draws, and their range."""
    lines: list[list[object]] = []
    for way, size in dict.fromkeys((each["way"], each["size"]) for each in found):
        those = [each for each in found if (each["way"], each["size"]) == (way, size)]
        rights = [each["accuracy"] for each in those]
        said = f"{statistics.mean(rights):.3f}"
        if len(rights) > 1:
            said += f" ({min(rights):.3f} to {max(rights):.3f})"
        said += ", cut short" if any(each["hurried"] for each in those) else ""
        lines.append([way, size or "all", said, statistics.mean(each["seconds"] for each in those), those[0]["kept"]])
    return lines


def _goal(found: list[Found]) -> None:
    """Whether few rows from the trained network reach what all of them reach from scratch."""
    scratch = [each for each in found if each["way"] == "from scratch" and each["size"] == ALL]
    for way in ("frozen", "fine-tuned"):
        few = [each["accuracy"] for each in found if each["way"] == way and each["size"] == FEW]
        if scratch and few:
            told, all_rows = statistics.mean(few), scratch[0]["accuracy"]
            print(f"{way}, {FEW} a class: {told:.3f}; from scratch, all: {all_rows:.3f}: ", end="")
            print("met" if told >= all_rows else "MISSED", flush=True)


def plot(found: dict[str, list[Found]], path: Path) -> None:
    """Accuracy by rows, a panel for each set, in a text file."""
    wide = 300
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide * len(found) + 120} 330"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{wide * len(found) + 120}" height="330" fill="white"/>',
    ]
    for place, (name, those) in enumerate(found.items()):
        lines += _panel(name, those, place * wide)
    for place, (way, colour) in enumerate(COLOURS.items()):
        x, y = wide * len(found) + 10, 50 + 20 * place
        lines.append(f'<path d="M{x} {y}H{x + 18}" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<text x="{x + 24}" y="{y + 4}">{way}</text>')
    path.write_text("\n".join([*lines, "</svg>"]) + "\n", "utf-8")


def _panel(name: str, found: list[Found], left: int) -> list[str]:
    sizes = sorted({each["size"] for each in found}, key=lambda size: size or float("inf"))
    across = {size: left + 60 + 210 * place / max(1, len(sizes) - 1) for place, size in enumerate(sizes)}
    whole = max((each["rows"] for each in found if each["size"] == ALL), default=0)

    def down(right: float) -> float:
        return 270 - 230 * (right - LOWEST) / (1 - LOWEST)

    lines = [
        f'<text x="{left + 165}" y="22" text-anchor="middle" font-weight="bold">{name}</text>',
        f'<path d="M{left + 45} 270H{left + 285}M{left + 45} 270V40" stroke="#555" fill="none"/>',
        f'<text x="{left + 165}" y="312" text-anchor="middle">training pictures of each class</text>',
    ]
    for size in sizes:
        word = str(size) if size else f"all ({whole} in all)"
        lines.append(f'<text x="{across[size]:.0f}" y="288" text-anchor="middle">{word}</text>')
    for tick in (0.2, 0.4, 0.6, 0.8, 1.0):
        lines.append(f'<text x="{left + 38}" y="{down(tick) + 4:.0f}" text-anchor="end">{tick:.0%}</text>')
        lines.append(f'<path d="M{left + 45} {down(tick):.1f}H{left + 285}" stroke="#ddd"/>')
    for way, colour in COLOURS.items():
        means = {
            size: statistics.mean(rights)
            for size in sizes
            if (rights := [each["accuracy"] for each in found if each["way"] == way and each["size"] == size])
        }
        points = [f"{across[size]:.1f} {down(right):.1f}" for size, right in means.items()]
        if points:
            lines.append(f'<path d="M{"L".join(points)}" stroke="{colour}" stroke-width="2" fill="none"/>')
        lines += [
            f'<circle cx="{point.split()[0]}" cy="{point.split()[1]}" r="4" fill="{colour}"/>' for point in points
        ]
    return lines


if __name__ == "__main__":
    main()
