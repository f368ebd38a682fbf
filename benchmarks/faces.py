"""Faces: every learner on more drawn persons than the sample has, then on whatever real set there is.

python benchmarks/faces.py [--persons 100] [--each 12] [--seconds 120] [--learners eigenfaces fisherfaces]
    [--from BACKBONE]

A folder per person below $FATHOM_DATA/olivetti or $FATHOM_DATA/lfw is measured too where it is there. After that the
drawn persons of another seed are enrolled by few pictures: how many become known without any training.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from common import heading, print_table
from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.data.split import split
from fathom.learner import Run
from fathom.model import Model, calibrated
from fathom.protocol import calibration
from fathom.tasks.face_recognition import TASK

LEARNERS = ("baseline", "eigenfaces", "fisherfaces", "local-binary-patterns", "convolutional")
REAL = ("olivetti", "lfw")
SHOWN = ("open-set-area", "rank-1", "identification-rate", "equal-error-rate", "true-accept-rate", "strangers-accepted")
ENROLLED = (1, 3, 6)  # pictures by which a stranger becomes known


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--persons", type=int, default=100)
    reader.add_argument("--each", type=int, default=12)
    reader.add_argument("--seconds", type=float, default=120.0, help="for each training")
    reader.add_argument("--learners", nargs="+", default=LEARNERS)
    reader.add_argument("--from", dest="backbone", default="", help="the trained network that `pretrained` starts from")
    asked = reader.parse_args()
    heading(f"Faces, drawn: {asked.persons} persons, {asked.each} pictures each")
    drawn = read(drawn_faces(asked.persons, asked.each, seed=2_026))
    models = measured(drawn, "person", asked)
    enrolments(models, drawn_faces(40, asked.each, seed=7_051))
    for name in REAL:
        folder = Path(os.environ.get("FATHOM_DATA", ".")) / name
        if folder.is_dir():
            heading(f"Faces, {name}")
            measured(read(folder), "label", asked)


def measured(data: Dataset, target: str, asked: argparse.Namespace) -> list[Model]:
    """A table of all learners on one set; the models."""
    data, problem, _ = TASK.ready(data, TASK.pose(data, target))
    parts = split(data, problem, seed=0)
    train, valid, test = (data.take(rows) for rows in (parts.train, parts.valid, parts.test))
    problem = TASK.settle(problem, train)
    table, models = [], []
    for name in asked.learners:
        row = catalog.learner(name)
        options = {"backbone": asked.backbone} if "backbone" in row.takes else {}
        learner, started = catalog.load(row.path)(**options), time.perf_counter()
        learner.fit(problem, train, valid, Run.lasting(asked.seconds, seed=0))
        fit = time.perf_counter() - started
        corrected = calibration.fit(problem.truth(valid), learner.predict(valid))
        started = time.perf_counter()
        said = calibrated(learner.predict(test), corrected)
        pace = 1000 * (time.perf_counter() - started) / len(test)
        scores = TASK.scores(problem.truth(test), said)
        table.append([name, *(f"{100 * scores[each]:.1f}" for each in SHOWN), fit, pace])
        models.append(Model(learner, name, catalog.learner(name).family, problem, corrected))
    foreign = int((problem.truth(test) >= len(problem.persons)).sum())
    print(
        f"{len(train)} training pictures of {len(problem.persons)} persons; {len(test)} test, {foreign} of strangers\n"
    )
    print_table(["learner", *SHOWN, "fit s", "ms a picture"], table)
    return models


def enrolments(models: list[Model], frame: object) -> None:
    """Strangers become known by a few pictures: how many of their other pictures are most like themselves."""
    data = read(frame)
    names = np.array(data["person"].to_list())
    table = []
    for model in models[1:]:
        cells: list[object] = [model.name]
        for count in ENROLLED:
            known = model
            for name in dict.fromkeys(names.tolist()):
                rows = np.flatnonzero(names == name)[:count]
                known = known.enrol(f"{name} (new)", data["image"].gather(rows).to_list())
            others = np.concatenate([np.flatnonzero(names == name)[max(ENROLLED) :] for name in dict.fromkeys(names)])
            said = known.predict({"image": data["image"].gather(others).to_list()})
            right = np.array([known.problem.persons[code] for code in said.codes]) == np.char.add(
                names[others], " (new)"
            )
            cells.append(f"{100 * right.mean():.1f}")
        table.append(cells)
    print(f"\nEnrolled: rank-1 of {len(set(names.tolist()))} persons that no learner has seen, among all known ones\n")
    print_table(["learner", *(f"{count} pictures" for count in ENROLLED)], table)


if __name__ == "__main__":
    main()
