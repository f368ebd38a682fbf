"""Entities in texts: how well they are found, how long learning takes, how many texts a second are read.

    FATHOM_DATA=/data python benchmarks/entities.py [wnut17] [klue] [speed] [clusters] [--folds 5] [--seconds 240]

`wnut17` (Derczynski et al. 2017): the official test part; the training and the development part are learned, 15 % of
their rows are for stopping and choosing.
`klue` (Park et al. 2021): cross-validation over the 5,000 sentences that were published with labels; of each fold's
other sentences a tenth is for stopping and choosing. `speed`: the same features and settings given to
sklearn-crfsuite, where it is installed, in turns; and texts a second at prediction.
`clusters`: whether clusters of words help `crf`, on the development part of wnut17 and never on the test part: 85 % of
the training part are learned, entities surer than each of some bars are named.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

import numpy as np
import polars as pl

from common import data_folder, heading, print_table
from fathom import catalog
from fathom.classical import chain
from fathom.classical.crf import CRF, _told
from fathom.classical.features.familiar import Familiar
from fathom.classical.features.gazetteers import Gazetteers
from fathom.data import tokens
from fathom.data.dataset import Dataset
from fathom.data.read import read
from fathom.learner import Run
from fathom.tasks.named_entity_recognition import TASK

GOAL = 0.25  # F1 on the test part of wnut17
WINNER = 0.419  # of the shared task, with word vectors of large corpora
SHOWN = ("entity-f1", "entity-precision", "entity-recall", "entity-macro-f1", "character-macro-f1")
SHARE, VALID = 0.15, 0.1  # of the rows to learn, for stopping and choosing: wnut17, klue
SEED = 20_261_122
BARS = (0.2, 0.25, 0.3, 0.35, 0.4)


def fitted(name: str, train: Dataset, valid: Dataset, seconds: float = float("inf")):
    """The learner and the seconds that it took."""
    learner = catalog.load(catalog.learner(name).path)()
    problem = TASK.pose(train, "entities")
    run = Run.lasting(seconds, seed=0)
    begun = time.perf_counter()
    learner.fit(problem, train, valid, run)
    return learner, problem, time.perf_counter() - begun


def scored(learner, problem, test: Dataset) -> list[float]:
    scores = TASK.scores(problem.truth(test), learner.predict(test))
    return [scores[name] for name in SHOWN]


def wnut17(options) -> None:
    folder = data_folder("wnut17")
    train, valid = _parts(folder)
    test = read(folder / "emerging.test.annotated")
    rows = []
    for name in ["baseline", *options.learners]:
        learner, problem, seconds = fitted(name, train, valid, options.seconds if name == "recurrent" else float("inf"))
        scores = scored(learner, problem, test)
        rows.append([name, *(f"{100 * each:.1f}" for each in scores), f"{seconds:.0f}"])
        print(rows[-1], flush=True)
    print(f"\nwnut17, test part (goal for crf: F1 {100 * GOAL:.0f}; winner {100 * WINNER:.1f})\n")
    print_table(["learner", *SHOWN, "fit s"], rows)


def _parts(folder) -> tuple[Dataset, Dataset]:
    """The published training and development parts together, less a random share of their rows for choosing."""
    both = [read(folder / name) for name in ("wnut17train.conll", "emerging.dev.conll")]
    every = replace(both[0], frame=pl.concat([each.frame for each in both]))
    order = np.random.default_rng(SEED).permutation(len(every))
    few = int(SHARE * len(order))
    return every.take(np.sort(order[few:])), every.take(np.sort(order[:few]))


def klue(options) -> None:
    dataset = read(data_folder("klue-ner") / "klue-ner-v1.1_dev.tsv")
    folds = np.array_split(np.random.default_rng(SEED).permutation(len(dataset)), options.folds)
    rows = []
    for name in ["baseline", *options.learners]:
        found, times = [], []
        for place, out in enumerate(folds):
            rest = np.concatenate([fold for at, fold in enumerate(folds) if at != place])
            few = int(VALID * len(rest))
            parts = [dataset.take(np.sort(each)) for each in (rest[few:], rest[:few], out)]
            learner, problem, seconds = fitted(name, *parts[:2], options.seconds)
            found.append(scored(learner, problem, parts[2]))
            times.append(seconds)
            print(name, place, [f"{100 * each:.1f}" for each in found[-1]], f"{seconds:.0f} s", flush=True)
        means, spread = np.mean(found, axis=0), np.std(found, axis=0)
        rows.append(
            [name, *(f"{100 * mean:.1f} ± {100 * each:.1f}" for mean, each in zip(means, spread, strict=True)),
             f"{statistics.mean(times):.0f}"]
        )  # fmt: skip
    print(f"\nklue-ner, {options.folds} folds, mean and standard deviation\n")
    print_table(["learner", *SHOWN, "fit s"], rows)


def speed(options) -> None:
    train = read(data_folder("wnut17") / "wnut17train.conll")
    test = read(data_folder("wnut17") / "emerging.test.annotated")
    learner = CRF()
    problem = TASK.pose(train, "entities")
    texts, spans = _told(problem, train)
    learner.cut_, learner.known_ = tokens.fitting(texts, spans), Gazetteers()
    learner.familiar_ = Familiar.of(map(learner._words, texts))
    x, y = zip(*learner._lesson(texts, spans, range(len(texts))), strict=True)
    own, other = [], []
    try:
        import sklearn_crfsuite
    except ImportError:
        sklearn_crfsuite = None

    def train_own() -> None:
        begun = time.process_time()
        chain.learn(lambda rows: zip(x, y, strict=True), [], learner._settings(), Run())
        own.append(time.process_time() - begun)

    def train_other() -> None:
        settings = {"c1": learner.l1, "c2": learner.l2, "max_iterations": learner.iterations}
        reference = sklearn_crfsuite.CRF("lbfgs", all_possible_transitions=True, **settings)
        begun = time.process_time()
        reference.fit(x, y)
        other.append(time.process_time() - begun)

    for turn in range(options.rounds):  # whoever goes first changes: the first finds a colder machine
        both = [train_own, train_other] if sklearn_crfsuite else [train_own]
        for train_one in both[:: 1 if turn % 2 else -1]:
            train_one()
    rows = [["crf", f"{statistics.median(own):.1f}"]]
    if other:
        rows += [["sklearn-crfsuite", f"{statistics.median(other):.1f}"]]
    print("\nSeconds of the processor to train on the same features (wnut17, median)\n")
    print_table(["trainer", "s"], rows)
    rows = []
    for name in options.learners:
        fit, _, _ = fitted(name, train.take(range(1_000)), train.take(range(1_000, 1_100)), 60)
        fit.predict(test)
        begun = time.perf_counter()
        fit.predict(test)
        batch = len(test) / (time.perf_counter() - begun)
        begun = time.perf_counter()
        for row in range(200):
            fit.predict(test.take([row]))
        rows.append([name, f"{200 / (time.perf_counter() - begun):,.0f}", f"{batch:,.0f}"])
    print("\nTexts a second at prediction (wnut17)\n")
    print_table(["learner", "one by one", "in a batch"], rows)


def clusters(options) -> None:
    folder = data_folder("wnut17")
    train, test = (read(folder / name) for name in ("wnut17train.conll", "emerging.dev.conll"))
    problem = TASK.pose(train, "entities")
    rows = []
    for split in range(options.splits):
        order = np.random.default_rng(SEED + split).permutation(len(train))
        valid, kept = (train.take(np.sort(each)) for each in np.split(order, [int(SHARE * len(order))]))
        for count in options.clusters:
            learner = CRF(clusters=count)
            learner.fit(problem, kept, valid, Run(seed=0))
            found = []
            for bar in BARS:
                learner.bar_ = bar
                found.append(f"{100 * scored(learner, problem, test)[0]:.1f}")
            rows.append([f"{split}", f"{count}", *found])
            print(rows[-1], flush=True)
    print("\nEntity F1 on the development part of wnut17, by how sure an entity must be to be named\n")
    print_table(["split", "clusters", *map(str, BARS)], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["wnut17", "klue", "speed"])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--clusters", type=int, nargs="+", default=[0, 100])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--learners", nargs="+", default=["crf", "recurrent"])
    options = parser.parse_args()
    heading("entities")
    for part in options.parts or ["wnut17", "klue", "speed"]:
        {"wnut17": wnut17, "klue": klue, "speed": speed, "clusters": clusters}[part](options)


if __name__ == "__main__":
    main()
