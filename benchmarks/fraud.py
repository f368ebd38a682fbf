"""Frauds: average precision against plain LightGBM in the same time, what earlier events are worth, and the stream.

python benchmarks/fraud.py --sets [--minutes 0.5] [--only NAME,...]   # FATHOM_DATA: vehicle-fraud and pmlb
python benchmarks/fraud.py --payments [--minutes 1]                     # sample:payments with and without --entity
python benchmarks/fraud.py --serve [--events 3000]                      # events a second, and how long one takes
python benchmarks/fraud.py --features [--rows 1000000]                  # making the columns of a large table

The sets are chosen by a rule: vehicle-fraud, and every table of pmlb of 2,000 rows and more with 2 to 26 labels of
which the rarest with 50 rows and more is at most 5 % of the rows; that label is the fraud, all others are honest. A
quarter of the rows is put aside to test by (vehicle-fraud: the last year). LightGBM answers for it with its defaults,
and as the best of a random search on validation rows that takes as long as fathom took, on one thread both. fathom's
contenders keep a tenth of the other rows to validate, by which the best of them is chosen here; beside it stands its
`gradient-boosting`, and what the verdict recommends, which has seen how all of them did on the quarter.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import orjson
import polars as pl
from lightgbm import LGBMClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

import fathom
from common import data_folder, heading, print_table
from fathom.protocol.study import Trial
from loopback import stream

LEAST_ROWS, LEAST_FRAUDS, MOST_SHARE, MOST_LABELS = 2_000, 50, 0.05, 26
RESAMPLES = 1_000
EVENTS = {"time": "time", "entity": ["card", "device", "merchant"], "amount": "amount"}
LEARNERS = ["logistic-regression", "gradient-boosting", "random-forest"]


def sets():
    """Name, frame with a column `fraud` of 0 and 1, and which rows are put aside."""
    claims = pl.read_csv(data_folder("vehicle-fraud") / "claims.csv").drop("PolicyNumber")
    claims = claims.rename({"FraudFound_P": "fraud"})
    yield "vehicle-fraud", claims, (claims["Year"] == claims["Year"].max()).to_numpy()
    folder = data_folder("pmlb")
    with (folder / "index.csv").open() as file:
        listed = [row for row in csv.DictReader(file) if int(row["rows"]) >= LEAST_ROWS]
    for row in listed:
        if not 2 <= int(row["target_values"]) <= MOST_LABELS:
            continue
        frame = pl.read_csv(folder / row["file"], separator="\t")
        counts = frame["target"].value_counts().filter(pl.col("count") >= LEAST_FRAUDS).sort("count", "target")
        if not counts.height or counts["count"][0] > MOST_SHARE * frame.height:
            continue
        frame = frame.with_columns((pl.col("target") == counts["target"][0]).cast(pl.Int64).alias("fraud"))
        frame = frame.drop("target")
        aside = np.zeros(frame.height, dtype=bool)
        aside[train_test_split(np.arange(frame.height), test_size=0.25, random_state=0, stratify=frame["fraud"])[1]] = (
            True
        )
        yield Path(row["file"]).stem, frame, aside


def matrix(frame: pl.DataFrame) -> np.ndarray:
    """The inputs as LightGBM takes them here: words as codes."""
    words = [pl.col(pl.String).cast(pl.Categorical).to_physical()]
    return frame.drop("fraud").with_columns(words).cast(pl.Float64).to_numpy()


def searched(x: np.ndarray, y: np.ndarray, seconds: float) -> LGBMClassifier:
    """The best of a random search by average precision on validation rows; the first try is the defaults."""
    random, end = np.random.default_rng(0), time.monotonic() + seconds
    own, stops = train_test_split(np.arange(len(y)), test_size=0.2, random_state=0, stratify=y)
    best, highest, chosen = None, -1.0, {}
    while best is None or time.monotonic() < end:
        model = LGBMClassifier(verbose=-1, n_jobs=1, random_state=0, **chosen)
        score = average_precision_score(y[stops], model.fit(x[own], y[own]).predict_proba(x[stops])[:, 1])
        best, highest = (model, score) if score > highest else (best, highest)
        chosen = {
            "n_estimators": int(random.integers(50, 600)),
            "learning_rate": float(10 ** random.uniform(-2.3, -0.5)),
            "num_leaves": int(2 ** random.uniform(2, 7)),
            "min_child_samples": int(2 ** random.uniform(1, 7)),
            "reg_lambda": float(10 ** random.uniform(-3, 1)),
            "scale_pos_weight": float(random.choice([1.0, (y == 0).sum() / y.sum()])),
        }
    return best


def interval(truth: np.ndarray, scores: list[np.ndarray]) -> list[str]:
    """Average precision with a 95 % bootstrap interval, and that of the first's lead over each of the others."""
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES):
        rows = random.integers(len(truth), size=len(truth))
        if truth[rows].any():
            drawn.append([average_precision_score(truth[rows], each[rows]) for each in scores])
    drawn = 100 * np.array(drawn)
    points = [100 * average_precision_score(truth, each) for each in scores]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    told = [f"{point:.1f} ({a:.1f} to {b:.1f})" for point, a, b in zip(points, low, high, strict=True)]
    for place in range(1, len(scores)):
        a, b = np.quantile(drawn[:, 0] - drawn[:, place], [0.025, 0.975])
        told.append(f"{points[0] - points[place]:+.1f} ({a:+.1f} to {b:+.1f})")
    return told


def compare_sets(minutes: float, only: list[str]) -> None:
    """Every set in turn."""
    heading("Frauds: average precision against LightGBM in the same time")
    table = []
    for name, frame, aside in sets():
        if only and name not in only:
            continue
        train, test = frame.filter(~aside), frame.filter(aside)
        truth = test["fraud"].to_numpy()
        with tempfile.TemporaryDirectory() as store:
            start = time.monotonic()
            study = fathom.compare(train, "fraud", test=test, task="fraud-detection", minutes=minutes, store=store)
            seconds = time.monotonic() - start
            done = [trial for trial in study.trials if trial.done]
            best = max(done, key=validated)
            trees = next((trial for trial in done if trial.learner == "gradient-boosting"), best)
            ours = [trial.predictions.scores for trial in (best, trees, study.trial(study.verdict.learner))]
        every = matrix(frame)
        x, y = every[~aside], frame["fraud"].to_numpy()[~aside]
        plain = LGBMClassifier(verbose=-1, n_jobs=1, random_state=0).fit(x, y).predict_proba(every[aside])[:, 1]
        search = searched(x, y, seconds).predict_proba(every[aside])[:, 1]
        told = interval(truth, [ours[0], search, plain]) + interval(truth, [ours[1], search, plain])
        share = f"{train['fraud'].mean():.2%}"
        recommended = f"{100 * average_precision_score(truth, ours[2]):.1f}, {study.verdict.learner}"
        table.append([name, train.height, share, best.learner, *told[:3], *told[3:5], told[5], *told[8:], recommended])
        print(table[-1], flush=True)
    against = ["over searched", "over defaults"]
    head = ["set", "rows", "frauds", "best validated", "its", "LightGBM, searched", "LightGBM, defaults", *against]
    print_table([*head, "gradient-boosting", *against, "recommended on the quarter"], table)


def validated(trial: Trial) -> float:
    """The average precision on the rows that the contender kept to validate; nothing of the quarter put aside."""
    found = orjson.loads((trial.folder / "result.json").read_bytes()).get("valid") or {}
    return found.get("score") or 0.0


def compare_payments(minutes: float) -> None:
    """sample:payments with the events of its cards, devices and merchants, and without; by pattern."""
    from fathom.data.samples.payments import PATTERNS, generate

    heading("Frauds: what earlier events are worth, sample:payments")
    rows = generate()
    options = {"without": {"time": "time", "drop": ["card", "device", "merchant"]}, "with": EVENTS}
    table, found = [], {}
    for told, said in options.items():
        for learner in LEARNERS:
            with tempfile.TemporaryDirectory() as store:
                study = fathom.compare(
                    "sample:payments",
                    "fraud",
                    task="fraud-detection",
                    minutes=minutes,
                    learners=[learner],
                    store=store,
                    curves=False,
                    review_cost=5,
                    label_delay="3d",
                    **{"amount": "amount", **said},
                )
                trial = study.trial(learner)
                figures = trial.measures
                interval_ = f"{100 * trial.score:.1f} ({100 * trial.low:.1f} to {100 * trial.high:.1f})"
                recall = 100 * figures["recall-at-1-percent"]
                table.append([learner, told, interval_, recall, figures["money-saved"], trial.fit_seconds])
                found[told, learner] = trial.predictions.scores
                test = rows.tail(study.test_rows)
    print_table(["learner", "earlier events", "average precision", "recall at 1 %", "money saved", "seconds"], table)
    truth, patterns = (test["fraud"] == "yes").to_numpy(), test["pattern"].to_numpy()
    by = []
    for pattern in PATTERNS:
        mine = patterns == pattern
        row = [pattern, int(mine.sum())]
        for told in options:
            for learner in LEARNERS:
                scores = found[told, learner]
                row.append(f"{np.mean(scores[mine] > np.quantile(scores[~truth], 0.99)):.0%}" if mine.any() else "-")
        by.append(row)
    print_table(["pattern", "test rows", *(f"{learner}, {told}" for told in options for learner in LEARNERS)], by)


def serve(events: int) -> None:
    """One event after the other over loopback, and as many as two connections bring."""
    from fathom.data.samples.payments import generate
    from fathom.store import Store

    heading("Frauds: a stream over loopback")
    store = tempfile.mkdtemp()
    model = fathom.train(
        "sample:payments",
        "fraud",
        task="fraud-detection",
        learner="gradient-boosting",
        minutes=0.7,
        store=store,
        **EVENTS,
    )
    folder = Path(model.card["stored"]["path"])
    rows = generate(cards=400, days=90, seed=9).drop("pattern", "fraud").head(events)
    later = (pl.col("time") + timedelta(days=90)).dt.strftime("%Y-%m-%dT%H:%M:%S")
    rows = rows.with_columns(later)
    bodies = [orjson.dumps({"row": row}) for row in rows.to_dicts()]
    stream(lambda: replace(Store(store).load_model(folder)), bodies)


def features(rows: int) -> None:
    """The columns of what went before, of a table of so many rows."""
    from fathom.data.events.events import Events
    from fathom.data.events.velocity import velocity

    heading("Frauds: the columns of what went before")
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "card": [f"c{code}" for code in random.integers(0, rows // 20, rows)],
            "device": [f"d{code}" for code in random.integers(0, rows // 16, rows)],
            "merchant": [f"m{code}" for code in (random.pareto(1, rows) * 10).astype(int) % 3_000],
            "amount": np.round(random.lognormal(3, 1, rows), 2),
            "time": pl.Series(random.integers(0, 90 * 86_400, rows) * 1_000_000).cast(pl.Datetime("us"))
            + (datetime(2024, 1, 1) - datetime(1970, 1, 1)),
        }
    )
    start, wall = time.process_time(), time.perf_counter()
    made = velocity(frame, Events(entities=("card", "device", "merchant"), time="time", amount="amount"))
    print_table(
        ["rows", "columns", "processor seconds", "seconds"],
        [[rows, made.width, time.process_time() - start, time.perf_counter() - wall]],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("sets", "payments", "serve", "features"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--only", default="")
    parser.add_argument("--events", type=int, default=3_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.sets:
        compare_sets(given.minutes, [name for name in given.only.split(",") if name])
    if given.payments:
        compare_payments(given.minutes)
    if given.serve:
        serve(given.events)
    if given.features:
        features(given.rows)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
