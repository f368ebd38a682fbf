"""A store with two small models, and a way to run commands in this process."""

import json
import time
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from fathom import catalog
from fathom.cli import clock, main
from fathom.data.read import read
from fathom.learner import Run
from fathom.model import Model
from fathom.protocol import calibration
from fathom.store import Store


@dataclass
class Told:
    """What a command told: its exit code, and what stood on stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command line here; every command works in `tmp_path`, with a store of its own unless one is named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FATHOM_STORE", str(tmp_path / "store"))

    def runs(*arguments):
        capsys.readouterr()
        monkeypatch.setattr(clock, "STARTED", time.monotonic())  # a command of its own, as if in a process of its own
        code = main([str(argument) for argument in arguments])
        return Told(code, *capsys.readouterr())

    return runs


def table(rows=120, seed=0):
    """Visits to a shop: two numbers, a label with a formula in it, and what was bought."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 90, rows).astype(float)
    spent = np.round(random.normal(50, 20, rows) + age / 3, 2)
    city = random.choice(["서울", "Busan", "=cmd()"], rows)
    bought = np.where(spent + 10 * (city == "서울") > 70, "tea", "coffee")
    return pl.DataFrame({"age": age, "spent": spent, "city": city, "bought": bought})


@pytest.fixture(scope="session")
def visits(tmp_path_factory):
    """The visits as a CSV file."""
    path = tmp_path_factory.mktemp("data") / "visits.csv"
    table().write_csv(path)
    return path


@pytest.fixture(scope="session")
def store(tmp_path_factory, visits):
    """A store with the models "bought" (labels) and "spent" (numbers)."""
    kept = Store(tmp_path_factory.mktemp("store"))
    dataset = read(visits)
    for task, target, learner in (
        ("tabular-classification", "bought", "logistic-regression"),
        ("tabular-regression", "spent", "ridge"),
    ):
        problem = catalog.load(catalog.task(task).path).pose(dataset, target)
        row = catalog.learner(learner)
        learned = catalog.load(row.path)()
        valid = dataset.take(range(0, len(dataset), 3))
        learned.fit(problem, dataset, valid, Run.lasting(20))
        correction = calibration.fit(problem.truth(valid), learned.predict(valid))
        measure = catalog.load(catalog.task(task).path).choose_measure(problem, dataset)
        card = {"measure": measure, "score": 0.9, "created": "2024-05-06T07:08:09+00:00"}
        kept.save_model(Model(learned, row.name, row.family, problem, correction, card), target)
    return kept.root
