"""Texts: accuracy, training time, speed and memory of each learner on sets with official splits.

    FATHOM_DATA=/path/to/data python benchmarks/text.py [SET ...] [--learners a,b] [--minutes 2] [--threads 2]
    python benchmarks/text.py --memory 1000000        # peak memory on so many generated short texts, no deadline
    python benchmarks/text.py --tickets               # rows a second where texts have several labels
    FATHOM_DATA=... python benchmarks/text.py --fasttext /path/to/python    # one that has fastText installed

Each learner runs in a process of its own, so that its peak memory is its own. A tenth of the training rows is held back
to stop and to choose by; the official test rows are predicted once. All classical contenders run unless `--learners`
says otherwise; `deep` stands for all deep ones.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.read import read
from fathom.data.split import split
from fathom.learner import Learner, Run
from fathom.tasks.text_classification import TASK

ANCHORS = {  # published figures, not ours
    "nsmc": "characters + logistic regression 0.870",
    "sst2": "convolutional, no pretrained vectors 0.827 (Kim 2014)",
    "trec": "convolutional, no pretrained vectors 0.912 (Kim 2014)",
}
COLUMN = {"nsmc": "document"}
HELD_BACK = 0.1
SINGLE = 200  # rows asked one by one
MEMORY = "memory"
FEW_STEPS = {  # where memory is measured
    "logistic-regression": {"strengths": (10.0,), "iterations": 20},
    "support-vectors": {"slacks": (1.0,)},
}
LINEAR = ("logistic-regression", "naive-bayes", "support-vectors")  # on n-grams
WORDS, LENGTH = 60_000, 8  # different words of generated texts, words of one
FASTTEXT = """
import json, sys, time, fasttext
folder, epochs, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
started, worked = time.perf_counter(), time.process_time()
model = fasttext.train_supervised(folder + "/train.txt", epoch=epochs, wordNgrams=width, minn=1 if width > 2 else 0,
                                  maxn=4 if width > 2 else 0, thread=2, verbose=0)
seconds, worked = time.perf_counter() - started, time.process_time() - worked
right = {name: model.test(folder + "/" + name + ".txt")[1] for name in ("valid", "test")}
print(json.dumps({**right, "seconds": seconds, "processor": worked}))
"""


def parts(name: str) -> tuple[Dataset, Dataset, Dataset]:
    """Training, held back and test rows."""
    if name.startswith(MEMORY):
        return generated(int(name.removeprefix(MEMORY)))
    kinds = {COLUMN.get(name, "text"): "text", "label": "category"}
    folder = data_folder(name)
    whole = read(folder / "train.csv", kinds=kinds)
    cut = split(whole, TASK.pose(whole, "label"), seed=0, test=0.0, valid=HELD_BACK)
    return whole.take(cut.train), whole.take(cut.valid), read(folder / "test.csv", kinds=kinds)


def generated(rows: int) -> tuple[Dataset, Dataset, Dataset]:
    """Short texts of words as frequent as words are (Zipf); a few of them tell the label."""
    chance = np.random.default_rng(0)
    letters = np.array(list("etaoinshrdlucmfwyp"))
    words = np.array(["".join(chance.choice(letters, chance.integers(2, 9))) for _ in range(WORDS)])
    picked = np.minimum(chance.zipf(1.3, (rows, LENGTH)) - 1, WORDS - 1)
    texts = [" ".join(line) for line in words[picked]]
    telling = (picked % 7 == 0).sum(axis=1) + chance.normal(0, 0.7, rows)
    labels = np.where(telling > np.median(telling), "yes", "no")
    whole = read(pl.DataFrame({"text": texts, "label": labels}), kinds={"text": "text"})
    tenth = rows // 50
    return whole.take(range(2 * tenth, rows)), whole.take(range(tenth)), whole.take(range(tenth, 2 * tenth))


def one(name: str, learner_name: str, minutes: float, threads: int) -> dict[str, Any]:
    """Train and test one learner, in this process."""
    train, valid, test = parts(name)
    problem, large = TASK.pose(train, "label"), name.startswith(MEMORY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with threadpool_limits(threads):
        learner = catalog.load(catalog.learner(learner_name).path)(**(FEW_STEPS.get(learner_name, {}) if large else {}))
        run = Run(math.inf if large else time.monotonic() + 60 * minutes, seed=0, threads=threads)
        started, worked = time.perf_counter(), time.process_time()
        learner.fit(problem, train, valid, run)
        fitted, worked = time.perf_counter(), time.process_time() - worked
        batch, single = paces(learner, test)
        said = learner.predict(test)
    accuracy = TASK.measure("accuracy").score
    return {
        "valid": accuracy(problem.truth(valid), learner.predict(valid), None),
        "test": accuracy(problem.truth(test), said, None),
        "seconds": fitted - started,
        "processor": worked,
        "features": dict(run.steps).get("features", 0.0),
        "batch": batch,
        "single": single,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10,
        "before": before / 2**10,
    }


def paces(learner: Learner, rows: Dataset) -> tuple[float, float]:
    """Rows a second when all are asked at once, and when each is asked by itself."""
    each = [rows.take([row % len(rows)]) for row in range(SINGLE)]
    learner.predict(each[0])
    started = time.perf_counter()
    learner.predict(rows)
    between = time.perf_counter()
    for row in each:
        learner.predict(row)
    return len(rows) / (between - started), SINGLE / (time.perf_counter() - between)


def tickets(names: Sequence[str], threads: int) -> None:
    """How quickly learners give the sample's texts several labels."""
    task = catalog.load(catalog.task("multi-label-text-classification").path)
    whole = read("sample:tickets")
    problem = task.pose(whole, catalog.task(task.name).target)
    cut = split(whole, problem, seed=0)
    train, valid, test = (whole.take(rows) for rows in (cut.train, cut.valid, cut.test))
    rows = []
    for row in catalog.learners_for(task.name):
        if row.name in names:
            learner = catalog.load(row.path)()
            with threadpool_limits(threads):
                learner.fit(problem, train, valid, Run(seed=0, threads=threads))
                rows.append((row.name, len(train), len(test), *map(round, paces(learner, test))))
    heading(f"Several labels a text, {threads} threads")
    print_table(("learner", "rows learned", "rows asked", "rows/s", "rows/s singly"), rows)


def measured(name: str, learner: str, minutes: float, threads: int) -> dict[str, Any] | None:
    """`one` in a process of its own."""
    asked = ["--one", name, "--learners", learner, "--minutes", str(minutes), "--threads", str(threads)]
    answer = subprocess.run([sys.executable, __file__, *asked], capture_output=True, text=True, check=False)
    if answer.returncode:
        print(answer.stderr[-2_000:], file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def fasttext(python: str, names: list[str]) -> None:
    """fastText on the same rows: its defaults, and the best of a few settings on the rows held back."""
    rows = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            for part, dataset in zip(("train", "valid", "test"), parts(name), strict=True):
                texts = dataset[COLUMN.get(name, "text")].fill_null("").str.replace_all(r"\s+", " ").str.to_lowercase()
                lines = [f"__label__{label} {text}" for text, label in zip(texts, dataset["label"], strict=True)]
                (Path(folder) / f"{part}.txt").write_text("\n".join(lines) + "\n", "utf-8")
            for epochs, width in ((5, 1), (5, 2), (25, 2), (10, 3)):
                asked = [python, "-c", FASTTEXT, folder, str(epochs), str(width)]
                answer = subprocess.run(asked, capture_output=True, text=True, check=True)
                found = json.loads(answer.stdout.splitlines()[-1])
                settings = f"{epochs} epochs, words {width}" + (", characters 1-4" if width > 2 else "")
                rows.append(
                    (name, settings, *(round(found[each], 4) for each in ("valid", "test", "seconds", "processor")))
                )
    heading("fastText on the same rows")
    print_table(("set", "settings", "held back", "test", "seconds", "of the processor"), rows)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("sets", nargs="*", default=list(ANCHORS))
    arguments.add_argument("--learners", default="")
    arguments.add_argument("--minutes", type=float, default=2.0)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--memory", type=int)
    arguments.add_argument("--fasttext")
    arguments.add_argument("--tickets", action="store_true")
    arguments.add_argument("--one")
    asked = arguments.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one, asked.learners, asked.minutes, asked.threads)))
        return
    if asked.fasttext:
        fasttext(asked.fasttext, asked.sets)
        return
    if asked.tickets:
        tickets(asked.learners.split(",") if asked.learners else ["binary-relevance"], asked.threads)
        return
    contenders = [row for row in catalog.learners_for(TASK.name) if row.contender and row.name != "baseline"]
    named = asked.learners.split(",") if asked.learners else list(LINEAR) if asked.memory else ["classical"]
    chosen = [row.name for row in contenders if row.name in named or row.family in named]
    names = [f"{MEMORY}{asked.memory}"] if asked.memory else asked.sets
    heading(f"Texts, {asked.minutes:g} minutes at most, {asked.threads} threads")
    rows = []
    for name in names:
        for learner in chosen:
            found = measured(name, learner, asked.minutes, asked.threads)
            if found:
                scores = (round(found["valid"], 4), round(found["test"], 4), round(found["seconds"], 1))
                speeds = (
                    round(found["processor"], 1),
                    round(found["features"], 1),
                    round(found["batch"]),
                    round(found["single"]),
                )
                rows.append((name, learner, *scores, *speeds, round(found["memory"]), round(found["before"])))
                print(rows[-1], file=sys.stderr, flush=True)
    head = ("set", "learner", "held back", "test", "seconds", "of the processor", "features", "rows/s", "rows/s singly")
    print_table((*head, "peak MB", "MB before"), rows)
    for name in names:
        if name in ANCHORS:
            print(f"\nPublished for {name}: {ANCHORS[name]}.")


if __name__ == "__main__":
    main()
