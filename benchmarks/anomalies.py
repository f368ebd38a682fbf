"""Detectors that see no labels, on real tables whose rare label they are tested by; and how fast they score.

    FATHOM_DATA=... python benchmarks/anomalies.py [--seeds 3] [--seconds 20] [--only a,b] [--learners a,b]
    python benchmarks/anomalies.py --latency
    python benchmarks/anomalies.py --serve [--events 3000] [--learners isolation-forest]

The sets are chosen by a rule that was fixed before any was tried: every table of pmlb of 500 rows and more with 2 to 26
labels whose rarest label (of equals the first) is on 20 rows at least and on a tenth at most: these are anomalies (of
two tables of the same fields, one is taken). Beside them vehicle-fraud (claims that were found to be fraud), adult (a
twentieth of income over 50,000 among the others) and mnist (a twentieth of sixes among zeros). Half of the rows train,
half test, at most 10,000 each, drawn anew for each seed. Nothing is tuned: every detector has its default settings.
Beside them stands scikit-learn's IsolationForest as it comes, on the same columns, categories as codes.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator

import numpy as np
import orjson
import polars as pl
from sklearn import ensemble, metrics
from threadpoolctl import threadpool_limits

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import images
from fathom.data.read import read
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks.inputs import inputs_for
from fathom.tasks.problem import Problem
from loopback import stream
from sets import SAME

LEAST_ROWS, MOST_ROWS, FEWEST, RARE, LABELS = 500, 10_000, 20, 0.1, 26
TWENTIETH = 0.05
OTHER = "scikit-learn IsolationForest"
CALLS = 1_000


def sets():
    """Name, table and anomalies (bool) of every set."""
    folder = data_folder("pmlb")
    with (folder / "index.csv").open() as file:
        for row in csv.DictReader(file):
            if int(row["rows"]) >= LEAST_ROWS and (folder / row["file"]).stem not in SAME:
                frame = pl.read_csv(folder / row["file"], separator="\t")
                counts = frame["target"].value_counts(name="rows").sort("rows", "target")
                rarest = counts["rows"][0]
                if 2 <= len(counts) <= LABELS and FEWEST <= rarest <= RARE * frame.height:
                    strange = (frame["target"] == counts["target"][0]).to_numpy()
                    yield (folder / row["file"]).stem, frame.drop("target"), strange
    claims = pl.read_csv(data_folder("vehicle-fraud") / "claims.csv")
    yield "vehicle-fraud", claims.drop("FraudFound_P", "PolicyNumber"), (claims["FraudFound_P"] == 1).to_numpy()
    adult = pl.concat([pl.read_csv(data_folder("adult") / f"{part}.csv") for part in ("train", "test")])
    rich = adult["income"].str.contains(">50K").to_numpy()
    yield "adult", *thinned(adult.drop("income"), rich)
    yield "mnist 6 among 0", *thinned(*digits())


def thinned(frame: pl.DataFrame, strange: np.ndarray):
    """The table with so few anomalies that they are a twentieth of it."""
    random = np.random.default_rng(0)
    usual, odd = np.flatnonzero(~strange), random.permutation(np.flatnonzero(strange))
    odd = odd[: round(TWENTIETH / (1 - TWENTIETH) * len(usual))]
    rows = np.sort(np.concatenate([usual, odd]))
    return frame[rows], strange[rows]


def digits():
    """Zeros and sixes as a table of 196 grey values, every second pixel of a line and of a row averaged."""
    folder = data_folder("mnist") / "train"
    blocks, strange = [], []
    for digit in ("0", "6"):
        paths = sorted(path.name for path in (folder / digit).iterdir())
        blocks.append(images(pl.Series(paths), folder / digit, size=(14, 14), channels=1).reshape(len(paths), -1))
        strange.append(np.full(len(paths), digit == "6"))
    values = np.concatenate(blocks).astype(np.float64)
    return pl.DataFrame({f"p{at}": values[:, at] for at in range(values.shape[1])}), np.concatenate(strange)


def posed(frame: pl.DataFrame) -> tuple[Problem, Dataset]:
    """The columns as fathom reads them."""
    dataset = read(frame)
    marked = Column("anomaly", Kind.CATEGORY)
    whole = Dataset(dataset.frame.with_columns(anomaly=pl.lit("usual")), (*dataset.columns, marked), dataset.source)
    inputs = inputs_for(whole, "anomaly", frozenset({Kind.NUMBER, Kind.CATEGORY, Kind.TIME}))
    return Problem("anomaly-detection", "anomaly", inputs, conditions=("usual", "anomaly")), dataset


def plain(frame: pl.DataFrame) -> np.ndarray:
    """Every column as numbers: categories as codes, gaps as medians."""
    columns = []
    for name in frame.columns:
        cells = frame[name]
        values = (cells if cells.dtype.is_numeric() else cells.cast(pl.Categorical).to_physical()).cast(pl.Float64)
        columns.append(np.nan_to_num(values.fill_null(values.median() or 0.0).to_numpy()))
    return np.column_stack(columns)


def contest(frame: pl.DataFrame, strange: np.ndarray, names: list[str], seeds: int, seconds: float) -> dict[str, list]:
    """The area under the ROC curve of each detector, one for each seed."""
    problem, dataset = posed(frame)
    matrix = plain(frame)
    found: dict[str, list[float]] = {name: [] for name in [OTHER, *names]}
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(frame.height)
        train, test = order[: frame.height // 2][:MOST_ROWS], order[frame.height // 2 :][:MOST_ROWS]
        forest = ensemble.IsolationForest(random_state=seed).fit(matrix[train])
        found[OTHER].append(metrics.roc_auc_score(strange[test], -forest.score_samples(matrix[test])))
        cut = round(0.8 * len(train))
        for name in names:
            learner = catalog.load(catalog.learner(name).path)()
            run = Run.lasting(seconds, seed=seed)
            learner.fit(problem, dataset.take(train[:cut]), dataset.take(train[cut:]), run)
            found[name].append(metrics.roc_auc_score(strange[test], learner.predict(dataset.take(test)).score))
    return found


def compared(names: list[str], only: list[str], seeds: int, seconds: float) -> None:
    """Mean area of each detector on each set, and over the sets."""
    heading(f"Anomalies with labels hidden: mean area under the ROC curve of {seeds} seeds")
    rows, figures = [], []
    for title, frame, strange in sets():
        if only and title not in only:
            continue
        started = time.process_time()
        found = contest(frame, strange, names, seeds, seconds)
        means = [float(np.mean(each)) for each in found.values()]
        figures.append(means)
        rows.append(
            [title, frame.height, frame.width, f"{strange.mean():.1%}", *(f"{100 * each:.1f}" for each in means)]
        )
        print(f"{rows[-1]} {time.process_time() - started:.0f} s of processor time", flush=True)
    mean = np.mean(figures, axis=0)
    ranks = np.mean([np.argsort(np.argsort(-np.array(each))) + 1 for each in figures], axis=0)
    rows.append(["**mean**", "", "", "", *(f"**{100 * each:.1f}**" for each in mean)])
    rows.append(["mean rank", "", "", "", *(f"{each:.1f}" for each in ranks)])
    print_table(["set", "rows", "columns", "anomalies", OTHER, *names], rows)


def models(names: list[str]) -> Iterator[tuple[Model, list[dict[str, object]]]]:
    """Each detector, trained on readings of machines, and readings to score."""
    dataset = read("sample:sensors")
    task = catalog.load(catalog.task("anomaly-detection").path)
    problem = task.pose(dataset, "state")
    events = dataset.frame.select(column.name for column in problem.inputs).to_dicts()
    for name in names:
        learner = catalog.load(catalog.learner(name).path)()
        learner.fit(problem, dataset.take(range(1_400)), dataset.take(range(1_400, 1_800)), Run.lasting(30.0))
        yield Model(learner, name, catalog.learner(name).family, problem, {"threshold": 1.0}), events


def serve(names: list[str], count: int) -> None:
    """Events a second that a server answers over loopback, and how long one takes."""
    heading("Anomalies: a stream over loopback")
    for model, events in models(names):
        print(f"\n{model.name}")
        stream(lambda model=model: model, [orjson.dumps({"row": events[at % len(events)]}) for at in range(count)])


def latency(names: list[str]) -> None:
    """How long one event takes from a dict to score and reasons, and how many a second are scored in batches."""
    heading("Anomalies: scoring one event, and a thousand at a time, on one core")
    rows = []
    for model, events in models(names):
        for event in events[:20]:
            model.predict(event)
        wall, used = [], time.process_time()
        for at in range(CALLS):
            begin = time.perf_counter()
            model.predict(events[at % len(events)])
            wall.append(1_000 * (time.perf_counter() - begin))
        used = 1_000 * (time.process_time() - used) / CALLS
        thousand = pl.DataFrame(events[:1_000])
        begin = time.process_time()
        for _ in range(5):
            model.predict_frame(thousand)
        batch = 5_000 / max(time.process_time() - begin, 1e-9)
        p50, p99 = np.quantile(wall, (0.5, 0.99))
        rows.append([model.name, f"{p50:.2f}", f"{p99:.2f}", f"{used:.2f}", f"{1_000 / used:,.0f}", f"{batch:,.0f}"])
    head = ["detector", "p50 ms", "p99 ms", "processor ms an event", "events a second, one by one", "in thousands"]
    print_table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0, help="a training may take")
    parser.add_argument("--only", default="", help="sets, with commas between")
    parser.add_argument("--learners", default="")
    parser.add_argument("--latency", action="store_true")
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--events", type=int, default=3_000)
    asked = parser.parse_args()
    every = [row.name for row in catalog.learners_for("anomaly-detection")]
    names = [name for name in asked.learners.split(",") if name] or every
    with threadpool_limits(1):
        if asked.latency:
            latency(names)
        elif asked.serve:
            serve(names, asked.events)
        else:
            compared(names, [name for name in asked.only.split(",") if name], asked.seeds, asked.seconds)


if __name__ == "__main__":
    main()
