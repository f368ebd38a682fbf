"""Classical forecasts: M4's weekly series beside statsforecast's models, ETTh1, and ten thousand short series.

    FATHOM_DATA=/data python benchmarks/forecasting.py [m4-weekly] [etth1] [scale] [statsforecast] [--every 6] [--test]

`m4-weekly`: 359 series, 13 weeks ahead, sMAPE and MASE as the competition counts them (Makridakis et al. 2020: naive 2
9.161, Theta 9.093, ARIMA 8.653, ETS 8.727, the winner 7.82). Without --test the last 13 weeks of what is learned from
are held out in place of those that were published apart: settings are chosen by them.
`statsforecast`: its models on the published weeks, each series by itself; of --every so many series one.
`etth1`: as in forecasting_deep.py. `scale`: 10,000 made-up series of 100 values: seconds and peak memory.
Seconds are the processor's, of one thread.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from collections.abc import Sequence

import numpy as np
import polars as pl

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.data.series.cut import Track, cut
from fathom.data.series.horizon import Horizon
from fathom.learner import Run
from fathom.tasks.forecast_measures import COVERAGE, MSE
from fathom.tasks.forecast_measures import MAE as ABSOLUTE
from forecasting_deep import TARGET, WEEKS, etth1, posed

WEEKLY = ("baseline", "theta", "ces", "ets", "ridge", "gradient-boosting", "ensemble")
HOURLY = ("baseline", "ridge", "gradient-boosting", "ensemble")
FAST = ("baseline", "theta", "ces", "ridge", "gradient-boosting", "ensemble")
MODELS = ("AutoETS", "AutoARIMA")
SERIES, LENGTH, AHEAD = 10_000, 100, 8
CONTEXT = 400
DAY = np.timedelta64(1, "D")


def weekly(test: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each series: what is known, and the weeks to come."""
    folder = data_folder("m4-weekly")
    found = []
    for parts in zip(*(_rows(folder / f"Weekly-{part}.csv") for part in ("train", "test")), strict=True):
        known, coming = parts
        found.append((known, coming) if test else (known[:-WEEKS], known[-WEEKS:]))
    return found


def _rows(path):
    lines = path.read_text("utf-8").splitlines()[1:]
    cells = ([cell.strip('"') for cell in line.split(",")[1:]] for line in lines)
    return [np.array([float(cell) for cell in row if cell not in ("", "NA")]) for row in cells]


def smape(coming, said):
    return 100 * float(
        np.mean([np.mean(2 * abs(y - f) / (abs(y) + abs(f))) for y, f in zip(coming, said, strict=True)])
    )


def mase(series, said):
    off = [np.mean(abs(y - f)) / np.mean(abs(np.diff(past))) for (past, y), f in zip(series, said, strict=True)]
    return float(np.mean(off))


def m4(options: argparse.Namespace) -> None:
    series = weekly(options.test)
    horizon = Horizon(WEEKS, "1w", 1, CONTEXT, "week", ("series",))
    parts: dict[str, list[pl.DataFrame]] = {"train": [], "valid": [], "test": []}
    for number, (known, coming) in enumerate(series):
        values = np.concatenate([known, coming])
        track = Track.of(f"W{number:03}", np.datetime64("1980-01-07", "us") + np.arange(len(values)) * 7 * DAY, values)
        last = len(known) - 1
        parts["train"].append(cut(track, horizon, [*range(last - 2 * WEEKS, WEEKS - 1, -WEEKS)][::-1], TARGET))
        parts["valid"].append(cut(track, horizon, [last - WEEKS], TARGET))
        parts["test"].append(cut(track, horizon, [last], TARGET))
    problem, rows = posed(horizon, parts)
    heading(f"Weekly series of M4, {'the published weeks' if options.test else 'the last weeks of what is learned'}")
    found = []
    for name in options.learners or WEEKLY:
        _, seconds, said, run = _learned(name, problem, rows, options)
        at = COVERAGE.score(problem.truth(rows["test"]), said, None)
        found.append([name, smape([y for _, y in series], said.values), mase(series, said.values), at, *seconds])
        if members := run.told.get("components", {}).get("members"):
            print(name, {each: round(weight, 3) for each, weight in members.items()})
    print_table(["learner", "sMAPE", "MASE", "inside 90 %", "to learn (s)", "to forecast (s)"], found)


def _learned(name, problem, rows, options):
    learner, run = catalog.load(catalog.learner(name).path)(), Run.lasting(options.seconds, seed=options.seed)
    start = time.process_time()
    learner.fit(problem, rows["train"], rows["valid"], run)
    middle = time.process_time()
    said = learner.predict(rows["test"])
    return learner, (middle - start, time.process_time() - middle), said, run


def hourly(options: argparse.Namespace) -> None:
    problem, rows = etth1(data_folder("etth1"))
    part = "test" if options.test else "valid"
    rows["test"] = rows[part]
    heading(f"ETTh1, 96 hours ahead, {part} windows ({len(rows[part]):,})")
    found = []
    for name in options.learners or HOURLY:
        _, seconds, said, _ = _learned(name, problem, rows, options)
        truth = problem.truth(rows["test"])
        found.append([name, *(each.score(truth, said, None) for each in (MSE, ABSOLUTE, COVERAGE)), *seconds])
    print_table(["learner", "MSE", "MAE", "inside 90 %", "to learn (s)", "to forecast (s)"], found)


def scale(options: argparse.Namespace) -> None:
    random = np.random.default_rng(0)
    horizon = Horizon(AHEAD, "1d", 7, LENGTH, "day", ("series",))
    week = 1 + 0.3 * np.sin(2 * np.pi * (np.arange(LENGTH) + random.integers(7, size=(SERIES, 1))) / 7)
    table = np.exp(random.normal(4, 1, (SERIES, 1)) + np.cumsum(random.normal(0, 0.03, (SERIES, LENGTH)), axis=1))
    table = table * week * np.exp(random.normal(0, 0.1, (SERIES, LENGTH)))
    stamps = np.datetime64("2024-01-01", "us") + np.arange(LENGTH) * DAY
    parts: dict[str, list[pl.DataFrame]] = {"train": [], "valid": [], "test": []}
    origins = {"train": range(LENGTH - 3 * AHEAD - 1, 10, -AHEAD), "valid": [LENGTH - 2 * AHEAD - 1]}
    for number, values in enumerate(table):
        track = Track.of(f"S{number:05}", stamps, values)
        for part, places in {**origins, "test": [LENGTH - AHEAD - 1]}.items():
            parts[part].append(cut(track, horizon, [*places][::-1], TARGET))
    problem, rows = posed(horizon, parts)
    heading(f"{SERIES:,} series of {LENGTH} values, {AHEAD} ahead; before: {_peak():,} MiB")
    found = []
    for name in options.learners or FAST:
        _, seconds, said, _ = _learned(name, problem, rows, options)
        off = abs(problem.truth(rows["test"])["future"] - said.values).mean(axis=1)
        skill = (
            1 - off.mean() / abs(problem.truth(rows["test"])["future"] - problem.truth(rows["test"])["naive"]).mean()
        )
        found.append([name, float(skill), *seconds, f"{_peak():,}"])
    print_table(["learner", "skill", "to learn (s)", "to forecast (s)", "peak so far (MiB)"], found)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def others(options: argparse.Namespace) -> None:
    warnings.simplefilter("ignore")
    from statsforecast import models

    series = weekly(test=True)[:: options.every]
    heading(f"statsforecast, one series in {options.every} ({len(series)})")
    found = []
    for name in options.models:
        start = time.process_time()
        said = [getattr(models, name)(season_length=1).forecast(known, WEEKS)["mean"] for known, _ in series]
        seconds = time.process_time() - start
        found.append([name, smape([y for _, y in series], said), mase(series, said), seconds, seconds / len(series)])
    print_table(["model", "sMAPE", "MASE", "processor seconds", "a series"], found)


PARTS = {"m4-weekly": m4, "etth1": hourly, "scale": scale, "statsforecast": others}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[*PARTS])
    parser.add_argument("--learners", nargs="+")
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1_200.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args(words)
    for name in options.parts:
        PARTS[name](options)


if __name__ == "__main__":
    main()
