"""Networks on series, under protocols that others published by: how well they forecast, and what learning costs.

    FATHOM_DATA=/data python benchmarks/forecasting_deep.py [etth1] [m4-weekly] [--learners NAME] [--test] [--folds]

`etth1` (Zhou et al. 2021): seven columns as seven series, twelve months to learn, four to validate, four to test, in
units of the learned months' mean and spread; every window of the last 336 hours, 96 hours ahead; the mean squared error
over all columns (Zeng et al. 2023: 0.375 by DLinear; Nie et al. 2023: 0.370 by PatchTST).
`m4-weekly` (Makridakis et al. 2020): 359 series, 13 weeks ahead; what is tested are the weeks that were published
apart, the 13 or 26 before them validate. sMAPE as the competition counts it (7.82 by its winner).

Settings are chosen by the validation windows, or by --folds: of ETTh1's sixteen months that do not test the first six,
eight, ten and twelve teach, the two after them validate, and the two after those are scored. --test scores what tests.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.cut import Track, cut
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import ORIGIN, SERIES
from fathom.learner import Run
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

LEARNERS = ("feedforward", "recurrent", "convolutional", "transformer")
TARGET = "value"
MONTH = 30 * 24  # hours
LEARNED = 12 * MONTH  # by whose mean and spread all are counted
FOLDS = (6, 8, 10, 12)  # months learned from
SPARSE = 7  # hours between windows that are scored in folds
STRIDE = 25  # hours between windows that validate: of each hour of the day
WEEKS = 13
LONG = 120  # weeks from which two windows of a series validate

Posed = tuple[Problem, dict[str, Dataset]]


def posed(horizon: Horizon, parts: dict[str, list[pl.DataFrame]]) -> Posed:
    """The problem, and each part's windows."""
    kinds = {SERIES: Kind.CATEGORY, ORIGIN: Kind.TIME}
    frames = {name: pl.concat(frames) for name, frames in parts.items()}
    columns = tuple(Column(name, kinds.get(name, Kind.SERIES)) for name in frames["train"].columns)
    problem = Problem("forecasting", TARGET, columns[:-1], horizon=horizon)
    return problem, {name: Dataset(frame, columns) for name, frame in frames.items()}


def etth1(folder: Path, months: Sequence[int] = (12, 16, 20), every: int = 1) -> Posed:
    """The windows of ETTh1: months after which learning, validating and testing end; hours between what tests."""
    context, ahead = 336, 96
    table = pl.read_csv(folder / "ETTh1.csv", try_parse_dates=True)
    horizon = Horizon(ahead, "1h", 24, context, "date", ("series",))
    stamps = table["date"].to_numpy().astype("datetime64[us]")
    learned, validated, tested = (MONTH * each for each in months)
    first = learned - 1 - (learned - context) // ahead * ahead
    origins: dict[str, Iterable[int]] = {
        "train": range(first, learned - ahead, ahead),
        "valid": range(learned - 1, validated - ahead, STRIDE),
        "test": range(validated - 1, tested - ahead, every),
    }
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in origins}
    for name in table.columns[1:]:
        values = table[name].to_numpy().astype(np.float64)
        values = (values - values[:LEARNED].mean()) / values[:LEARNED].std()
        track = Track.of(name, stamps, values)
        for part, places in origins.items():
            parts[part].append(cut(track, horizon, list(places), TARGET))
    return posed(horizon, parts)


def m4_weekly(folder: Path, context: int = 104) -> Posed:
    """The windows of M4's weekly series."""
    rows = [
        [np.array([float(cell) for cell in row[1:] if cell]) for row in list(csv.reader(path.open()))[1:]]
        for path in (folder / "Weekly-train.csv", folder / "Weekly-test.csv")
    ]
    horizon = Horizon(WEEKS, "1w", 52, context, "week", ("series",))
    parts: dict[str, list[pl.DataFrame]] = {"train": [], "valid": [], "test": []}
    for number, (known, coming) in enumerate(zip(*rows, strict=True), 1):
        values = np.concatenate([known, coming])
        stamps = np.datetime64("1980-01-07", "us") + np.arange(len(values)) * np.timedelta64(7, "D")
        track, last = Track.of(f"W{number}", stamps, values), len(known) - 1
        held = 2 if len(known) > LONG else 1
        learned = range(last - (held + 1) * WEEKS, WEEKS - 1, -WEEKS)
        parts["train"].append(cut(track, horizon, [*learned][::-1], TARGET))
        parts["valid"].append(cut(track, horizon, [last - each * WEEKS for each in range(held, 0, -1)], TARGET))
        parts["test"].append(cut(track, horizon, [last], TARGET))
    return posed(horizon, parts)


def scores(problem: Problem, rows: Dataset, said: Forecasts) -> dict[str, float]:
    """Mean squared and mean absolute error, sMAPE, MASE, and the share of values below the 0.1 and the 0.9 quantile."""
    truth = problem.truth(rows)
    future, off = truth["future"], truth["future"] - said.values
    return {
        "mse": float(((future - said.mean) ** 2).mean()),
        "mae": float(np.abs(off).mean()),
        "smape": float(100 * (2 * np.abs(off) / (np.abs(future) + np.abs(said.values))).mean()),
        "mase": float((np.abs(off) / truth["error"][:, None]).mean()),
        "<0.1": float((future < said.level(0.1)).mean()),
        "<0.9": float((future < said.level(0.9)).mean()),
    }


def folds(options: argparse.Namespace) -> None:
    """Each learner on ETTh1's folds: the mean squared error on what validates and on the months after."""
    found = []
    for months in FOLDS:
        problem, parts = etth1(data_folder("etth1"), (months, months + 2, months + 4), every=SPARSE)
        for name in options.learners:
            learner = catalog.load(catalog.learner(name).path)()
            learner.fit(problem, parts["train"], parts["valid"], Run.lasting(options.seconds, seed=options.seed))
            said = [scores(problem, parts[part], learner.predict(parts[part]))["mse"] for part in ("valid", "test")]
            found.append([months, name, *said])
    heading("Networks on ETTh1's folds")
    print_table(["months learned", "learner", "MSE, two months after", "MSE, two months later"], found)


SETS = {"etth1": (etth1, ("mse", "mae")), "m4-weekly": (m4_weekly, ("smape", "mase"))}


def measure(name: str, options: argparse.Namespace) -> None:
    """Each learner on one set, as a table."""
    make, shown = SETS[name]
    problem, parts = make(data_folder(name))
    looked = ["valid", "test"] if options.test else ["valid"]
    counts = ", ".join(f"{len(parts[part]):,} {part}" for part in looked)
    heading(f"Networks on {name} ({counts} windows)")
    found = []
    for learner_name in options.learners:
        learner = catalog.load(catalog.learner(learner_name).path)()
        run = Run.lasting(options.seconds, seed=options.seed)
        wall, cpu = time.perf_counter(), time.process_time()
        learner.fit(problem, parts["train"], parts["valid"], run)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        for part in looked:
            said = scores(problem, parts[part], learner.predict(parts[part]))
            figures = [said[each] for each in (*shown, "<0.1", "<0.9")]
            found.append([learner_name, part, *figures, learner.progress_.step, round(wall), round(cpu)])
    print_table(
        ["learner", "windows", *shown, "below 0.1", "below 0.9", "steps", "seconds", "processor seconds"], found
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], default=[])
    parser.add_argument("--learners", nargs="+", choices=LEARNERS, default=LEARNERS)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--folds", action="store_true")
    options = parser.parse_args()
    if options.folds:
        folds(options)
        return
    for name in options.sets or SETS:
        measure(name, options)


if __name__ == "__main__":
    main()
