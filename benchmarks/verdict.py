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
import shutil
import time
from pathlib import Path

import numpy as np

import fathom
from common import heading
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.nested import nested_order
from fathom.protocol.advice.signs import signs
from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.outlook import FILE
from fathom.protocol.verdict import POINTS, SHARE
from fathom.tasks.propose import propose
from sets import half, sources
from verdict_summary import calibration, leanings, plot, summary

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
    parser.add_argument("--plot", type=Path, help="draw probabilities against what happened, as SVG")
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
    if pairs and chosen.plot:
        plot(pairs, chosen.plot)


if __name__ == "__main__":
    main()
