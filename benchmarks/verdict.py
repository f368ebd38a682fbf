"""The verdict: what a study of an eighth of the rows foretells, against what happens when all rows are learned.

Of every set at most `--most-rows` rows are taken; a quarter of them (at most 10,000) is put aside for testing. All
contenders learn all of the rest, and an eighth of it, without samples and with ample time (`--minutes`): that is what
happened, at both ends, on the same test rows. A study then sees the eighth alone, for a share (`--cost`) of the seconds
that the rest took. Foretold and found are kept side by side in RECORDS, a JSON line a set; what stands
there already is not done again. `--summary` prints the tables from it, the half that was tuned on apart from the half
that was not.

    FATHOM_DATA=... python benchmarks/verdict.py RECORDS [--minutes 4] [--cost 0.1] [--least-rows 10000] [--summary]
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
from experience import TASKS, fit
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.nested import nested_order
from fathom.protocol.advice.signs import signs
from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.forecast import forecast
from fathom.protocol.curves.outlook import FILE, LEAST_SIZES, kept
from fathom.protocol.curves.weighing import Leaning
from fathom.protocol.grown import choice
from fathom.protocol.verdict import POINTS, SHARE
from fathom.tasks.propose import propose
from sets import half, sources

HIDDEN = 8  # the study sees one row of so many
MOST_TESTED = 10_000
MOST_PICTURES = 10_000  # decoding more takes longer than this benchmark can wait
FAMILIES = ("classical", "deep")
ERRORS = ("rmse", "log-loss", "mae")  # measures of which less is better
LEAST_SECONDS = 6.0
LEAST_MINUTES = 0.4
BEGINNING = 2 / HIDDEN  # of the minutes, for learning the eighth with ample time: seconds grow slower than rows
START = 5.0  # seconds that loading libraries takes, whatever the rows


def record(name: str, source, target: str, chosen: argparse.Namespace, whole: dict | None) -> dict | None:
    """What was foretold and what happened on one set; `whole`: what happened, where that is known already."""
    data = fathom.read(source)
    if len(data) < chosen.least_rows:
        return None
    task = propose(data, target)
    problem = catalog.load(catalog.task(task).path).pose(data, target)
    known = np.flatnonzero(data[target].is_not_null().to_numpy())
    most = min(chosen.most_rows, MOST_PICTURES) if task.startswith("image") else chosen.most_rows
    rows = known[nested_order(data, problem, known, seed=0)][:most]
    tested = min(len(rows) // 4, MOST_TESTED)
    # the order is stratified: every so-manieth row tests, and each beginning of the rest is a fair smaller sample
    test = rows[np.linspace(0, len(rows) - 1, tested).astype(int)]
    rest = rows[~np.isin(rows, test)]
    folder = chosen.records.parent
    margin = POINTS if problem.classes else None
    settings = {"task": task, "store": folder / "store", "seed": 0, "margin": margin}
    eighth = part(data, rest[: len(rest) // HIDDEN])
    if whole is None:
        ample = {**settings, "test": part(data, test), "curves": False}
        study = compared(part(data, rest), target, chosen.minutes, **ample)
        whole = {"name": name, "half": half(name), "task": task, **happened(study)}
        shutil.rmtree(study.folder)
        begun = compared(eighth, target, max(chosen.minutes * BEGINNING, LEAST_MINUTES), **ample)
        whole["start"] = happened(begun)
        shutil.rmtree(begun.folder)
    limit = max(chosen.cost * whole["whole_spent"], LEAST_SECONDS)
    study = compared(eighth, target, limit / 60, measure=whole["measure"], **settings)
    curves = study.folder / FILE
    if curves.exists():
        shutil.copy(curves, folder / f"{name}.npz")
    told = {
        **whole,
        "signs": signs(eighth, study.problem),
        "rows": study.train_rows,
        "study_test_rows": study.test_rows,
        "seconds": seconds(study),
        "spent": study.seconds,
        "limit": limit,
        "points": [[p.learner, p.family, p.rows, p.seed, p.score, p.fit_seconds, p.hurried] for p in study.points],
        "recommended": study.verdict.learner,
        "leader_now": {family: best(study, family, whole["sign"]) for family in FAMILIES},
        "text": study.verdict.text,
    }
    shutil.rmtree(study.folder)
    return told


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
        "fit_seconds": {trial.learner: trial.fit_seconds for trial in study.trials if trial.done},
        "errors": {trial.learner: (trial.high - trial.low) / 3.92 for trial in study.trials if trial.done},
        "best": scores,
        "deep_minus_classical": None if None in scores.values() else sign * (scores["deep"] - scores["classical"]),
        "beaten": [each["learner"] for each in study.verdict.comparisons if each["beaten"]],
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


def foretold(known: dict, folder: Path, leaning: Leaning | None) -> dict:
    """The forecast drawn anew from what the study measured, at the size that was then learned."""
    measured = folder / f"{known['name']}.npz"
    found = kept(measured) if measured.exists() else []
    curves, outlook = forecast(
        found,
        rows=float(known["rows"]),
        bounds=(0.0, 1.0) if known["sign"] > 0 else (0.0, math.inf),
        higher_is_better=known["sign"] > 0,
        margin=known["margin"],
        leaning=leaning,
    )
    size = known["whole_rows"]
    several = {each.learner for each in found if len(np.unique(each.rows)) >= LEAST_SIZES}
    told = {
        curve.learner: curve.at(size)
        for curve in curves
        if curve.learner in known["found"] and curve.learner in several
    }
    naive = known["leader_now"]
    return {
        "told": told,
        "ahead": None if outlook is None else outlook.probability(size),
        "naive": None if None in naive.values() else known["sign"] * (naive["deep"] - naive["classical"]) > 0,
        "recommended": None if outlook is None else choice(outlook, outlook.nearest(size), known["recommended"]),
        "crossing": outlook.crossing[0] if outlook and outlook.crossing else None,
    }


def leanings(records: list[dict], wholes: list[dict], lean: bool) -> list[Leaning | None]:
    """What each forecast leans on: experience from the tuned half, without the set itself; None for pictures."""
    tuned = {each["name"]: each for each in wholes if each["half"] == "tune"}
    found: list[Leaning | None] = []
    for known in records:
        others = [each for name, each in tuned.items() if name != known["name"]]
        able = lean and known["task"] in TASKS
        found.append(Leaning(fit(others), squared=known["measure"] in ("rmse", "mae")) if able else None)
    return found


def crossed(known: dict) -> float | None:
    """Training rows at which the lead changed hands on the way from an eighth to all rows; None: it did not.

    Both ends were learned with ample time and tested on the same rows; between them it is placed by the logarithm of
    rows. What leads by less than half the margin at an end leads by chance.
    """
    if "start" not in known:
        return None
    begun = known["start"]
    gaps = [(begun["whole_rows"], begun["deep_minus_classical"]), (known["whole_rows"], known["deep_minus_classical"])]
    (size, gap), (larger, then) = gaps
    if gap is None or then is None or min(abs(gap), abs(then)) < known["margin"] / 2 or gap * then > 0:
        return None
    share = gap / (gap - then)
    return float(math.exp(math.log(size) + share * math.log(larger / size)))


def summary(records: list[dict], folder: Path, leaning: list[Leaning | None]) -> list[tuple[float, bool]]:
    """The tables of one half; gives the probabilities of deep, and whether it was ahead."""
    told = [(each, foretold(each, folder, lean)) for each, lean in zip(records, leaning, strict=True)]
    told = [(k, t) for k, t in told if k["deep_minus_classical"] is not None]
    families = [(k, t) for k, t in told if abs(k["deep_minus_classical"]) >= k["margin"]]
    right = [(t["ahead"] > 0.5) == (k["deep_minus_classical"] > 0) for k, t in families if t["ahead"] is not None]
    naive = [t["naive"] == (k["deep_minus_classical"] > 0) for k, t in families if t["naive"] is not None]
    regrets = {how: [regret(k, learner(k, t)) for k, t in told] for how, learner in ADVISERS.items()}
    beaten = [t["recommended"] not in k["beaten"] for k, t in told if "beaten" in k and t["recommended"]]
    inside = [covered(k, name, at) for k, t in told for name, at in t["told"].items()]
    crossings = [(crossed(k), t["crossing"]) for k, t in told]
    near = [said is not None and 0.5 <= said / true <= 2 for true, said in crossings if true]
    within = [s for (k, _), (t, s) in zip(told, crossings, strict=True) if s and not t and s < k["whole_rows"]]
    cost = [k["seconds"] / k["whole_seconds"] for k, _ in told]
    spent = [k["spent"] / k["whole_spent"] for k, _ in told if "spent" in k]
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
            ["with the grown one, not beaten by the margin beyond chance", share(beaten), ""],
            ["90 % intervals that hold the score", share([wide for _, wide in inside]), "87 to 93 %"],
            ["the same, the test rows' own noise not added", share([narrow for narrow, _ in inside]), ""],
            ["crossings within a factor of 2", share(near), "70 %"],
            ["crossings foretold on the way that did not happen", f"{len(within)}", ""],
            ["training seconds of the study, median share of the whole", median(cost), "10 %"],
            ["all seconds of the study, median share of the whole", median(spent), ""],
            ["of all trainings on all rows, cut short or dropped", share(unfinished), ""],
        ],
    )
    return [(t["ahead"], k["deep_minus_classical"] > 0) for k, t in told if t["ahead"] is not None]


def median(shares: list[float]) -> str:
    """The median of shares, in percent."""
    return f"{100 * np.median(shares):.0f} %" if shares else "not measured"


def calibration(pairs: list[tuple[float, bool]]) -> None:
    """How often deep was ahead where some probability of it was told."""
    bins = [[pair for pair in pairs if low <= pair[0] < low + 0.2 + 1e-9] for low in (0.0, 0.2, 0.4, 0.6, 0.8)]
    rows = [
        [f"{np.mean([p for p, _ in each]):.2f}", share([won for _, won in each]), len(each)] for each in bins if each
    ]
    heading("The verdict: probabilities that deep is ahead, and how often it was")
    print_table(["told on average", "deep was ahead", "sets"], rows)


ADVISERS = {
    "the grown one": lambda known, told: told["recommended"],
    "the verdict's learner": lambda known, told: known["recommended"],
    "always gradient boosting": lambda known, told: "gradient-boosting",
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
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--most-rows", type=int, default=50_000)
    parser.add_argument("--least-rows", type=int, default=0, help="smaller sets are left out")
    parser.add_argument(
        "--cost", type=float, default=0.1, help="the study's seconds as a share of the whole training's"
    )
    parser.add_argument("--happened", type=Path, help="RECORDS of another run: what happened is taken from there")
    parser.add_argument("--experience", type=Path, nargs="+", help="RECORDS of what happened, to lean on")
    parser.add_argument("--alone", action="store_true", help="lean on nothing")
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
        if found is None:
            continue
        records.append(found)
        with chosen.records.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
        print(name, found["best"], found["text"], sep="\t", flush=True)
    wholes = [known for path in (chosen.experience or [chosen.records]) for known in read(path)]
    pairs = []
    for part_name in ("tune", "report"):
        members = [known for known in records if known["half"] == part_name]
        if members:
            heading(f"The verdict: the half that was {'tuned' if part_name == 'tune' else 'reported'} on")
            pairs += summary(members, folder, leanings(members, wholes, not chosen.alone))
    if pairs:
        calibration(pairs)


if __name__ == "__main__":
    main()
