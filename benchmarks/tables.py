"""Tables: fathom's recommended model against LightGBM and scikit-learn's HistGradientBoosting, on rows none has seen.

A quarter of each table is put aside before anything starts. fathom compares on the rest for `--minutes` and its
recommended model answers for that quarter. The two peers answer twice: with their defaults, and as the best of a random
search that lasts as long as fathom took, chosen on a validation part. Ranks are by the study's own measure; 1 is best.

    FATHOM_DATA=... python benchmarks/tables.py [--minutes 0.5] [--tables 33] [--seed 0] [--learners a,b]
        [--records FILE [--part 1/2] [--summary]]    # in parts, each on a core of its own; then all of them together
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from lightgbm import LGBMClassifier, LGBMRegressor
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score, root_mean_squared_error
from sklearn.model_selection import train_test_split

import fathom
from common import data_folder, heading, print_table

LEAST_ROWS = 2_000
SEARCH = {  # common ranges for boosted trees: Grinsztajn et al. 2022 search wider ones for longer
    "learning_rate": lambda random: float(10 ** random.uniform(-2.3, -0.5)),
    "leaves": lambda random: int(2 ** random.uniform(3, 8)),
    "smallest_leaf": lambda random: int(2 ** random.uniform(1, 6)),
    "l2": lambda random: float(10 ** random.uniform(-3, 1)),
}


def tables(count: int):
    """Name, frame and target of the tables that are large enough, `adult` first."""
    adult = data_folder("adult")
    yield "adult", pl.concat([pl.read_csv(adult / f"{part}.csv") for part in ("train", "test")]), "income"
    folder = data_folder("pmlb")
    with (folder / "index.csv").open() as file:
        large = [row["file"] for row in csv.DictReader(file) if int(row["rows"]) >= LEAST_ROWS]
    spread = np.linspace(0, len(large) - 1, min(count - 1, len(large))).round().astype(int)  # fewer: from all over
    for name in [large[position] for position in spread]:
        yield name.removesuffix(".tsv"), pl.read_csv(folder / name, separator="\t"), "target"


def numeric(frame: pl.DataFrame, target: str) -> np.ndarray:
    """The inputs as the peers take them: words as codes, which both then split as numbers."""
    words = [pl.col(pl.String).cast(pl.Categorical).to_physical()]
    return frame.drop(target).with_columns(words).cast(pl.Float64).to_numpy()


def peer(library: str, regression: bool, seed: int, **chosen: float):
    """A LightGBM or HistGradientBoosting estimator; without `chosen`, with its defaults."""
    if library == "lightgbm":
        names = {"learning_rate": "learning_rate", "leaves": "num_leaves", "smallest_leaf": "min_child_samples"}
        names["l2"] = "reg_lambda"
        kind = LGBMRegressor if regression else LGBMClassifier
        settings = {names[name]: value for name, value in chosen.items()}
        return kind(
            n_estimators=400 if chosen else 100,
            random_state=seed,
            verbose=-1,
            n_jobs=len(os.sched_getaffinity(0)),
            **settings,
        )
    names = {"learning_rate": "learning_rate", "leaves": "max_leaf_nodes", "smallest_leaf": "min_samples_leaf"}
    names["l2"] = "l2_regularization"
    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    settings = {names[name]: value for name, value in chosen.items()}
    return kind(max_iter=400 if chosen else 100, early_stopping=True, random_state=seed, **settings)


def gain(measure: str, truth: np.ndarray, estimator, inputs: np.ndarray) -> float:
    """The measure of an estimator, turned so that more is better."""
    if measure == "rmse":
        return -root_mean_squared_error(truth, estimator.predict(inputs))
    if measure == "roc-auc":
        return roc_auc_score(truth, estimator.predict_proba(inputs)[:, 1])
    score = balanced_accuracy_score if measure == "balanced-accuracy" else accuracy_score
    return score(truth, estimator.predict(inputs))


def searched(library: str, measure: str, inputs, truth, seconds: float, seed: int):
    """The best of as many random settings as fit in `seconds`, chosen on a fifth of the rows."""
    random, end, best, best_gain = np.random.default_rng(seed), time.monotonic() + seconds, None, -np.inf
    regression = measure == "rmse"
    kept, held, kept_truth, held_truth = train_test_split(
        inputs, truth, test_size=0.2, random_state=seed, stratify=None if regression else strata(truth)
    )
    while best is None or time.monotonic() < end:
        estimator = peer(library, regression, seed, **{name: draw(random) for name, draw in SEARCH.items()})
        estimator.fit(kept, kept_truth)
        found = gain(measure, held_truth, estimator, held)
        if found > best_gain:
            best, best_gain = estimator, found
    return best


def strata(truth: np.ndarray) -> np.ndarray | None:
    """The labels to stratify by, or None where one is too rare."""
    return truth if np.unique(truth, return_counts=True)[1].min() > 1 else None


def contest(name: str, frame: pl.DataFrame, target: str, minutes: float, seed: int, learners, store: Path) -> dict:
    """Every contestant's gain and seconds on one table."""
    raw = frame[target].to_numpy()
    few = frame[target].dtype == pl.String or frame[target].n_unique() <= 20
    rows, held = train_test_split(
        np.arange(len(frame)), test_size=0.25, random_state=seed, stratify=strata(raw) if few else None
    )
    start = time.monotonic()
    study = fathom.compare(
        frame[rows], target, minutes=minutes, seed=seed, learners=learners, store=store, name=name.lower()[:40]
    )
    seconds = {"fathom": time.monotonic() - start}
    measure = study.measure
    answers = study.best.predict(frame[held].drop(target))
    truth = study.problem.truth(fathom.read(frame))
    gains = {"fathom": _gain_of(study, measure, truth[held], answers)}
    inputs = numeric(frame, target)
    for library in ("lightgbm", "hist-gradient-boosting"):
        for label in (library, f"{library}, same seconds"):
            start = time.monotonic()
            if label == library:
                estimator = peer(library, measure == "rmse", seed).fit(inputs[rows], truth[rows])
            else:
                estimator = searched(library, measure, inputs[rows], truth[rows], seconds["fathom"], seed)
            seconds[label] = time.monotonic() - start
            gains[label] = gain(measure, truth[held], estimator, inputs[held])
    return {"measure": measure, "winner": study.verdict.learner, "gains": gains, "seconds": seconds}


def _gain_of(study, measure: str, truth: np.ndarray, answers) -> float:
    task = fathom.catalog.load(fathom.catalog.task(study.task).path)
    chosen = task.measure(measure)
    score = chosen.score(truth, answers, None)
    return score if chosen.higher_is_better else -score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--tables", type=int, default=33)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--learners", help="names with commas between; default: what a study tries by itself")
    parser.add_argument("--records", type=Path, help="where to keep what was found, a JSON line a table")
    parser.add_argument("--part", default="1/1", help="which of how many parts of the tables")
    parser.add_argument("--summary", action="store_true", help="only print what the records hold")
    chosen = parser.parse_args()
    learners = chosen.learners.split(",") if chosen.learners else None
    heading(f"Tables: rank and time, {chosen.minutes} minutes a table")
    results = read(chosen.records)
    first, parts = map(int, chosen.part.split("/"))
    with tempfile.TemporaryDirectory() as store:
        for position, (name, frame, target) in enumerate(() if chosen.summary else tables(chosen.tables)):
            if position % parts != first - 1 or name in results:
                continue
            results[name] = contest(name, frame, target, chosen.minutes, chosen.seed, learners, Path(store))
            if chosen.records:
                with chosen.records.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"table": name, **results[name]}) + "\n")
            told = results[name]
            print(name, told["measure"], told["winner"], *told["gains"].values(), sep="\t", flush=True)
    summary(results)


def read(records: Path | None) -> dict[str, dict]:
    """What earlier parts found, by table."""
    lines = records.read_text("utf-8").splitlines() if records and records.exists() else []
    return {found.pop("table"): found for found in map(json.loads, lines)}


def summary(results: dict[str, dict]) -> None:
    """Every table's gains, then the ranks."""
    contestants = list(next(iter(results.values()))["gains"])
    rows = [[name, found["measure"], found["winner"], *found["gains"].values()] for name, found in results.items()]
    print_table(["table", "measure", "fathom recommends", *contestants], rows)
    print()
    ranks = np.array([rankdata([-gain for gain in result["gains"].values()]) for result in results.values()])
    seconds = np.array([list(result["seconds"].values()) for result in results.values()])
    firsts = (ranks == ranks.min(axis=1, keepdims=True)).sum(axis=0)
    medians = zip(contestants, ranks.mean(axis=0), firsts, np.median(seconds, axis=0), strict=True)
    print_table(["contestant", "mean rank", "first on", "median seconds"], [list(row) for row in medians])


if __name__ == "__main__":
    main()
