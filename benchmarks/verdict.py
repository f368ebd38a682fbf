"""The verdict: what a study of an eighth of the rows foretells, against what happens when all rows are learned.

Of every set at most `--most-rows` rows are taken; a quarter of them (at most 4,000) is put aside for testing. A study
sees an eighth of the rest for a share (`--cost`) of the time that the whole rest takes. Foretold and found are kept
side by side in RECORDS, a JSON line a set; what stands there already is not done again. `--summary` prints the tables
from it, the half that was tuned on apart from the half that was not.

    FATHOM_DATA=... python benchmarks/verdict.py RECORDS [--minutes 1] [--cost 0.1] [--summary]
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import time
from pathlib import Path

import numpy as np

import fathom
from common import heading, print_table
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.nested import nested_order
from fathom.protocol.advice.signs import signs
from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.forecast import forecast
from fathom.protocol.curves.outlook import FILE, kept
from fathom.protocol.verdict import POINTS, SHARE
from fathom.tasks.propose import propose
from sets import half, sources

HIDDEN = 8  # the study sees one row of so many
MOST_TESTED = 4_000
FAMILIES = ("classical", "deep")
ERRORS = ("rmse", "log-loss", "mae")  # measures of which less is better
LEAST_SECONDS = 6.0
AROUND = 3.0  # seconds of a study that go to scoring, and that are not training
START = 5.0  # seconds that loading libraries takes, whatever the rows


def record(name: str, source, target: str, chosen: argparse.Namespace, whole: dict | None) -> dict:
    """What was foretold and what happened on one set; `whole`: what happened, where that is known already."""
    data = fathom.read(source)
    task = propose(data, target)
    problem = catalog.load(catalog.task(task).path).pose(data, target)
    known = np.flatnonzero(data[target].is_not_null().to_numpy())
    rows = known[nested_order(data, problem, known, seed=0)][: chosen.most_rows]
    tested = min(len(rows) // 4, MOST_TESTED)
    # the order is stratified: every so-manieth row tests, and each beginning of the rest is a fair smaller sample
    test = rows[np.linspace(0, len(rows) - 1, tested).astype(int)]
    rest = rows[~np.isin(rows, test)]
    folder = chosen.records.parent
    settings = {"task": task, "store": folder / "store", "seed": 0}
    if whole is None:
        study = compared(part(data, rest), target, chosen.minutes, test=part(data, test), **settings)
        whole = {"name": name, "half": half(name), "task": task, **happened(study)}
    eighth = part(data, rest[: len(rest) // HIDDEN])
    limit = max(chosen.cost * whole["whole_spent"], LEAST_SECONDS) + AROUND
    margin = POINTS if problem.classes else None
    study = compared(eighth, target, limit / 60, measure=whole["measure"], margin=margin, **settings)
    curves = study.folder / FILE
    if curves.exists():
        shutil.copy(curves, folder / f"{name}.npz")
    return {
        **whole,
        "signs": signs(eighth, study.problem),
        "rows": study.train_rows,
        "seconds": seconds(study),
        "limit": limit,
        "recommended": study.verdict.learner,
        "leader_now": {family: best(study, family, whole["sign"]) for family in FAMILIES},
        "text": study.verdict.text,
    }


def happened(study: fathom.Study) -> dict:
    """What came of learning all rows."""
    sign = 1 if study.measure not in ERRORS else -1
    found = {trial.learner: trial.score for trial in study.trials if trial.done}
    scores = {family: best(study, family, sign) for family in FAMILIES}
    return {
        "measure": study.measure,
        "sign": sign,
        "margin": POINTS / 100 if sign > 0 else SHARE * abs(min(found.values())),
        "whole_rows": study.train_rows,
        "test_rows": study.test_rows,
        "whole_seconds": float(sum(trial.fit_seconds or 0.0 for trial in study.trials)),
        "unfinished": [trial.learner for trial in study.trials if trial.hurried or not trial.done],
        "whole_spent": study.seconds,
        "found": found,
        "errors": {trial.learner: (trial.high - trial.low) / 3.92 for trial in study.trials if trial.done},
        "best": scores,
        "deep_minus_classical": None if None in scores.values() else sign * (scores["deep"] - scores["classical"]),
        "whole_points": [[p.learner, p.family, p.rows, p.seed, p.score] for p in study.points],
    }


def compared(data: Dataset, target: str, minutes: float, **settings) -> fathom.Study:
    """A study, its time counted from when its libraries are loaded."""
    return fathom.compare(data, target, minutes=minutes, name="benchmark", started=time.monotonic() + START, **settings)


def part(data: Dataset, rows: np.ndarray) -> Dataset:
    """Some rows, in the order of the file."""
    return data.take(np.sort(rows))


def seconds(study: fathom.Study) -> float:
    """Seconds of training in a study, on all rows and on samples."""
    samples = [point.fit_seconds for point in study.points if point.rows < study.train_rows]
    return float(sum(samples) + sum(trial.fit_seconds or 0.0 for trial in study.trials))


def best(study: fathom.Study, family: str, sign: int) -> float | None:
    """The family's best score."""
    scores = [sign * t.score for t in study.trials if t.done and t.family == family and t.learner != BASELINE]
    return sign * max(scores) if scores else None


def foretold(known: dict, folder: Path) -> dict:
    """The forecast drawn anew from what the study measured, at the size that was then learned."""
    measured = folder / f"{known['name']}.npz"
    curves, outlook = forecast(
        kept(measured) if measured.exists() else [],
        rows=float(known["rows"]),
        bounds=(0.0, 1.0) if known["sign"] > 0 else (0.0, math.inf),
        higher_is_better=known["sign"] > 0,
        margin=known["margin"],
    )
    size = known["whole_rows"]
    told = {curve.learner: curve.at(size) for curve in curves if curve.learner in known["found"]}
    naive = known["leader_now"]
    ahead = None if outlook is None else outlook.probability(size)
    return {
        "told": told,
        "ahead": ahead,
        "naive": None if None in naive.values() else known["sign"] * (naive["deep"] - naive["classical"]) > 0,
        "recommended": max(told, key=lambda name: known["sign"] * told[name][0], default=None),
        "crossing": outlook.crossing[0] if outlook and outlook.crossing else None,
    }


def crossed(known: dict) -> float | None:
    """Training rows at which the lead changed hands on the way from the study's size to all rows; None: it did not."""
    best: dict[int, dict[str, float]] = {}
    for size in {point[2] for point in known["whole_points"]}:
        for family in ("classical", "deep"):
            means = {}
            for learner, of, rows, _, score in known["whole_points"]:
                if rows == size and of == family:
                    means.setdefault(learner, []).append(known["sign"] * score)
            if means:
                best.setdefault(size, {})[family] = max(map(np.mean, means.values()))
    gaps = [(size, each["deep"] - each["classical"]) for size, each in sorted(best.items()) if len(each) == 2]
    gaps = [(size, gap) for size, gap in gaps if size >= known["rows"] / 1.5]
    if len(gaps) < 2 or abs(gaps[-1][1]) < known["margin"]:
        return None
    for (size, gap), (larger, then) in zip(gaps[:-1][::-1], gaps[1:][::-1], strict=True):
        if gap * then < 0:
            share = gap / (gap - then)
            return float(math.exp(math.log(size) + share * math.log(larger / size)))
    return None


def summary(records: list[dict], folder: Path) -> None:
    """The tables of one half."""
    told = [(each, foretold(each, folder)) for each in records]
    families = [(k, t) for k, t in told if abs(k["deep_minus_classical"] or 0.0) >= k["margin"]]
    right = [(t["ahead"] > 0.5) == (k["deep_minus_classical"] > 0) for k, t in families if t["ahead"] is not None]
    naive = [t["naive"] == (k["deep_minus_classical"] > 0) for k, t in families if t["naive"] is not None]
    regrets = {how: [regret(k, learner(k, t)) for k, t in told] for how, learner in ADVISERS.items()}
    inside = [covered(k, name, at) for k, t in told for name, at in t["told"].items()]
    crossings = [(crossed(k), t["crossing"]) for k, t in told]
    known_to = [(true, said) for true, said in crossings if true]
    near = [said is not None and 0.5 <= said / true <= 2 for true, said in known_to]
    cost = [k["seconds"] / k["whole_seconds"] for k, _ in told]
    unfinished = [name in k["unfinished"] for k, _ in told for name in {*k["found"], *k["unfinished"]} - {BASELINE}]
    print_table(
        ["asked", "figure", "goal"],
        [
            ["sets; outside ties", f"{len(told)}; {len(families)}", ""],
            ["family called right", share(right), "90 %"],
            ["whoever leads at an eighth", share(naive), ""],
            *[
                [f"regret at most the margin: {how}", share([r <= 1 for r in each]), "90 %"]
                for how, each in regrets.items()
            ],
            ["90 % intervals that hold the score", share([wide for _, wide in inside]), "87 to 93 %"],
            ["the same, the test rows' own noise not added", share([narrow for narrow, _ in inside]), ""],
            ["crossings within a factor of 2", share(near), "70 %"],
            ["crossings foretold that did not happen", f"{sum(1 for t, s in crossings if s and not t)}", ""],
            ["training seconds of the study, median share of the whole", f"{100 * np.median(cost):.0f} %", "10 %"],
            ["of all trainings on all rows, cut short or dropped", share(unfinished), ""],
        ],
    )
    print()
    calibration = [(t["ahead"], k["deep_minus_classical"] > 0) for k, t in told if t["ahead"] is not None]
    bins = [[pair for pair in calibration if low <= pair[0] < low + 0.2 + 1e-9] for low in (0.0, 0.2, 0.4, 0.6, 0.8)]
    rows = [
        [f"{np.mean([p for p, _ in each]):.2f}", share([won for _, won in each]), len(each)] for each in bins if each
    ]
    print_table(["probability of deep", "deep was ahead", "sets"], rows)


ADVISERS = {
    "the forecast's best": lambda known, told: told["recommended"],
    "the verdict's learner": lambda known, told: known["recommended"],
}


def regret(known: dict, learner: str | None) -> float:
    """How many margins the learner falls short of the best."""
    scores = {name: known["sign"] * score for name, score in known["found"].items()}
    return math.inf if learner not in scores else (max(scores.values()) - scores[learner]) / known["margin"]


def covered(known: dict, name: str, told: tuple[float, float, float]) -> tuple[bool, bool]:
    """Whether the interval holds what was found; and with the noise of the rows that tested."""
    middle, low, high = told
    found, noise = known["found"][name], 1.645 * known["errors"][name]
    wide = (middle - math.hypot(middle - low, noise), middle + math.hypot(high - middle, noise))
    return low <= found <= high, wide[0] <= found <= wide[1]


def share(hits: list[bool]) -> str:
    """Hits of so many."""
    return f"{100 * np.mean(hits):.0f} % ({sum(hits)} of {len(hits)})" if hits else "none"


def read(path: Path) -> list[dict]:
    """The records that are there."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--most-rows", type=int, default=10_000)
    parser.add_argument("--cost", type=float, default=0.1, help="the study's time as a share of the whole's")
    parser.add_argument("--happened", type=Path, help="RECORDS of another run: what happened is taken from there")
    parser.add_argument("--only")
    parser.add_argument("--summary", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.records.parent
    records = read(chosen.records)
    wholes = {known["name"]: known for known in read(chosen.happened)} if chosen.happened else {}
    only = chosen.only.split(",") if chosen.only else None
    for name, source, target in () if chosen.summary else sources():
        done = any(known["name"] == name for known in records)
        if done or (only and name not in only) or (chosen.happened and name not in wholes):
            continue
        found = record(name, source(), target, chosen, wholes.get(name))
        records.append(found)
        with chosen.records.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
        print(name, found["best"], found["text"], sep="\t", flush=True)
    for part_name in ("tune", "report"):
        heading(f"The verdict: the half that was {'tuned' if part_name == 'tune' else 'reported'} on")
        summary([known for known in records if known["half"] == part_name], folder)


if __name__ == "__main__":
    main()
