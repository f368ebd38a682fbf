"""What the odds of `fathom advise` are fitted on: which family was in front on real data sets, beside their signs.

Every set keeps a quarter of its rows (at most 4,000) for testing. On some of the others (at most 6,000, then on 1,500
of them) gradient boosting, the linear model and the feed-forward network, for pictures also the convolutional one,
learn once each, for at most `--seconds`. The better of a family on the validation rows stands for it. One JSON line
each is added to RECORDS; what stands there already is not done again.

    FATHOM_DATA=... python benchmarks/advice_records.py RECORDS [--seconds 20]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.read import read
from fathom.data.split import split
from fathom.learner import Run
from fathom.protocol.advice.signs import signs
from fathom.tasks.problem import Problem
from fathom.tasks.propose import propose
from sets import half, sources

SIZES = (6_000, 1_500)
MOST_TESTED = 4_000
CLASSICAL = ("gradient-boosting", "logistic-regression", "ridge")
DEEP = ("feedforward", "convolutional")
POINTS, SHARE = 0.005, 0.01  # the differences that matter: half a point, or a hundredth of the better score


def parts(dataset: Dataset, problem: Problem, rows: int) -> tuple[Dataset, Dataset]:
    """The rows to learn from, smaller sizes inside of larger ones, and the rows to test on."""
    random = np.random.default_rng(0)
    whole = split(dataset, problem, seed=0, test=0.25, valid=0.0)
    tested = random.permutation(whole.test)[:MOST_TESTED]
    known = random.permutation(whole.train)[:rows]
    return dataset.take(np.sort(known)), dataset.take(np.sort(tested))


def contest(known: Dataset, tested: Dataset, problem: Problem, seconds: float) -> dict:
    """Each learner's validation and test score (more is better) and its seconds of processor time."""
    task = catalog.load(catalog.task(problem.task).path)
    divided = split(known, problem, seed=0, test=0.0, valid=0.2)
    train, valid = known.take(divided.train), known.take(divided.valid)
    measure = task.measure(task.choose_measure(problem, train))
    sign = 1 if measure.higher_is_better else -1
    found = {"measure": measure.name, "percent": measure.percent, "learners": {}}
    for row in catalog.learners_for(problem.task):
        if row.name not in CLASSICAL + DEEP:
            continue
        learner = catalog.load(row.path)()
        start, wall = time.process_time(), time.monotonic()
        learner.fit(problem, train, valid, Run.lasting(seconds))
        spent, wall = time.process_time() - start, time.monotonic() - wall
        scores = [sign * measure.score(problem.truth(rows), learner.predict(rows), None) for rows in (valid, tested)]
        found["learners"][row.name] = {
            "family": row.family,
            "valid": scores[0],
            "test": scores[1],
            "seconds": spent,
            "wall": wall,
        }
    return found


def record(name: str, source: object, target: str, rows: int, seconds: float) -> dict:
    """One set at one size: who was in front there, by how much."""
    dataset = read(source)
    problem = catalog.load(catalog.task(propose(dataset, target)).path).pose(dataset, target)
    known, tested = parts(dataset, problem, rows)
    found = contest(known, tested, problem, seconds)
    best = {}
    for family in ("classical", "deep"):
        members = [each for each in found["learners"].values() if each["family"] == family]
        best[family] = max(members, key=lambda each: each["valid"])["test"]
    difference = best["deep"] - best["classical"]
    margin = POINTS if found["percent"] else SHARE * min(abs(best["deep"]), abs(best["classical"]))
    family = "tie" if abs(difference) < margin else "deep" if difference > 0 else "classical"
    return {
        "name": name, "half": half(name), "task": problem.task, "rows": len(known), "tested": len(tested),
        "deep_minus_classical": difference, "margin": margin, "family": family, "signs": signs(known, problem), **found,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0, help="a learner's time")
    chosen = parser.parse_args()
    done = set()
    if chosen.records.exists():
        done = {(each["name"], each["wanted"]) for each in map(json.loads, chosen.records.read_text().splitlines())}
    for rows in SIZES:
        for name, source, target in sources():
            if (name, rows) not in done:
                found = {"wanted": rows, **record(name, source(), target, rows, chosen.seconds)}
                with chosen.records.open("a") as file:
                    file.write(json.dumps(found) + "\n")
                print(name, found["rows"], found["family"], round(found["deep_minus_classical"], 4), flush=True)


if __name__ == "__main__":
    main()
