"""The experience that forecasts are weighed with: how learners stood to one another on real tables, by their rows.

Reads what happened in `benchmarks/verdict.py` (`RECORDS`, one or several; of a set that is in several, the first
counts), uses the tuned half alone, and writes `experience.json` into the package.

    FATHOM_DATA=... python benchmarks/experience.py RECORDS [RECORDS ...] [--dry]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from common import heading, print_table
from fathom import catalog
from fathom.protocol.advice import experience
from fathom.protocol.advice.experience import Experience
from fathom.protocol.curves.weighing import POINT

TASKS = ("tabular-classification", "tabular-regression")
NAMES = ("linear", "nearest-neighbours", "gradient-boosting", "random-forest", "support-vectors", "feedforward")
LINEAR = ("logistic-regression", "ridge")  # one learner by two names: which of them, the task says
LEAST_ROWS = 150  # below, scores are noise and say little of larger sizes
MIDDLE = 2_048.0
CLIP = 1.0  # of the logarithm: where next to nothing is wrong, or a learner failed, its distance says little
SHRINK = 0.5  # of the covariances to zero: so few sets tell little of them
DOUBT = 0.01  # a variance that is always there: what differs within a set from size to size
CALM = 0.1  # a penalty on slopes


def standings(record: dict[str, Any]) -> list[tuple[float, np.ndarray]]:
    """Of one set: training rows, and each learner's logarithm of the loss beside the others' median, float64[L]."""
    scores: dict[float, dict[str, list[float]]] = {}
    points = [(learner, rows, score) for learner, _, rows, _, score in record["whole_points"]]
    points += [(learner, record["whole_rows"], score) for learner, score in record["found"].items()]
    if "start" in record:
        begun = record["start"]
        points += [(learner, begun["whole_rows"], score) for learner, score in begun["found"].items()]
    for learner, rows, score in points:
        name = "linear" if learner in LINEAR else learner
        if name in NAMES and rows >= LEAST_ROWS:
            scores.setdefault(rows, {}).setdefault(name, []).append(score)
    found = []
    for rows, of in sorted(scores.items()):
        means = np.array([np.mean(of[name]) if name in of else np.nan for name in NAMES])
        units = np.log(np.maximum(1 - means, 0) + POINT) if record["sign"] > 0 else 2 * np.log(means)
        if np.isfinite(units).sum() >= len(NAMES) - 1:
            found.append((rows, np.clip(units - np.nanmedian(units), -CLIP, CLIP)))
    return found


def fit(records: Sequence[dict[str, Any]]) -> Experience:
    """The experience that these sets make, each of them counting once, however many sizes it has."""
    told = [
        (rows, units, 1 / len(here))
        for here in (standings(each) for each in records if each["task"] in TASKS)
        for rows, units in here
    ]
    sets = sum(bool(standings(each)) for each in records if each["task"] in TASKS)
    rows, units, weight = (np.array(column) for column in zip(*told, strict=True))
    doublings = np.log2(rows / MIDDLE)
    line = np.stack([np.ones(len(rows)), doublings], axis=1)
    level, slope = np.empty(len(NAMES)), np.empty(len(NAMES))
    left = np.zeros_like(units)
    for place in range(len(NAMES)):
        there = np.isfinite(units[:, place])
        heavy = line[there] * weight[there, None]
        level[place], slope[place] = np.linalg.solve(
            heavy.T @ line[there] + np.diag([0.0, CALM]), heavy.T @ units[there, place]
        )
        left[there, place] = units[there, place] - line[there] @ [level[place], slope[place]]
    left -= left.mean(axis=1, keepdims=True)
    covariance = (left * weight[:, None]).T @ left / weight.sum()
    covariance = (1 - SHRINK) * covariance + SHRINK * np.diag(np.diag(covariance)) + DOUBT * np.eye(len(NAMES))
    place = [0, *range(len(NAMES))]  # the linear one stands there by both of its names
    return Experience(
        learners=(*LINEAR, *NAMES[1:]),
        level=level[place],
        slope=slope[place],
        covariance=covariance[np.ix_(place, place)],
        middle=MIDDLE,
        least=float(rows.min()),
        most=float(rows.max()),
        sets=sets,
        tasks=TASKS,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
    )


def gathered(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """What happened on the tuned half, by set; the first record of a set counts."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            if record["half"] == "tune":
                found.setdefault(record["name"], record)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path, nargs="+")
    parser.add_argument("--dry", action="store_true", help="write nothing into the package")
    chosen = parser.parse_args()
    fitted = fit(list(gathered(chosen.records).values()))
    heading(f"Experience from {fitted.sets} tables, {fitted.least:,.0f} to {fitted.most:,.0f} training rows")
    told = [
        [name, fitted.level[at], fitted.slope[at], fitted.covariance[at, at] ** 0.5]
        for at, name in enumerate(fitted.learners)
    ]
    print_table(["learner", f"stands at {MIDDLE:,.0f} rows", "per doubling", "differs by"], told)
    assert set(fitted.learners) <= {row.name for row in catalog.LEARNERS}
    if not chosen.dry:
        plain = {
            **vars(fitted),
            **{name: np.round(getattr(fitted, name), 4).tolist() for name in ("level", "slope", "covariance")},
        }
        experience.FILE.write_text(json.dumps(plain, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
