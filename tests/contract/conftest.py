"""Every (task, learner) pair of the catalog, fitted once on the task's sample; a new row is picked up by itself."""

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.split import split
from fathom.learner import Learner, Run
from fathom.protocol.frames import write_dataset
from fathom.tasks.predictions import Predictions
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

ROWS = 400  # of a sample; enough to learn from, few enough for every learner of the catalog
FEWER_ROWS = {"boxes": 100}  # where a row holds several things to learn from
MORE_ROWS = {"events": 2_500, "scores": 1_200}  # where few of them are what is looked for
EPOCHS = {
    "boxes": 10,
    "identity": 20,
    "labels": 14,
    "scores": 30,
}  # by what comes out; elsewhere 12: no promise hangs on points
SECONDS = 3_600.0  # so far off that no deadline decides what is learned
SEED = 7
CRASH = Path(__file__).parent / "crash.py"


@dataclass
class Posed:
    """A task on the first rows of its sample."""

    task: Task
    problem: Problem
    train: Dataset
    valid: Dataset
    test: Dataset


@dataclass
class Case:
    """A pair, fitted, with what it says of the test rows."""

    row: catalog.LearnerRow
    posed: Posed
    learner: Learner
    run: Run
    said: Predictions = field(init=False)

    def __post_init__(self):
        self.said = self.learner.predict(self.posed.test)

    @property
    def problem(self):
        return self.posed.problem

    @property
    def test(self):
        return self.posed.test

    def fresh(self):
        """The learner as the catalog makes it, unfitted."""
        return made(self.row, self.problem.task)


@cache
def told(row, task_name):
    """What the catalog's learner must be told: how long to learn, and a trained network where it starts from one."""
    known = {each.name for each in fields(catalog.load(row.path))}
    brief = {"epochs": EPOCHS.get(catalog.task(task_name).output, 12)} if "epochs" in known else {}
    return brief | start(row, task_name)


def start(row, task_name):
    """A small trained network, for a learner that starts from one."""
    if "backbone" not in row.takes:
        return {}
    import checkpoints  # needs what is installed for such learners alone

    folder = Path(tempfile.mkdtemp(prefix="backbone"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if catalog.task(task_name).reads == "image":
        return {"backbone": str(checkpoints.seeing("resnet", folder))}
    if catalog.task(task_name).reads == "series":
        return {"backbone": str(checkpoints.forecasting("patchtst", folder))}
    dataset = posed(task_name).train
    texts = dataset[next(column.name for column in dataset.columns if column.kind == Kind.TEXT)]
    return {"backbone": str(checkpoints.checkpoint("bert", folder, texts.drop_nulls().to_list()))}


def made(row, task_name):
    """A row's learner, unfitted."""
    return catalog.load(row.path)(**told(row, task_name))


@cache
def posed(task_name):
    row = catalog.task(task_name)
    task = catalog.load(row.path)
    dataset = read(row.sample)
    rows = MORE_ROWS.get(row.reads) or MORE_ROWS.get(row.output) or FEWER_ROWS.get(row.output, ROWS)
    dataset = dataset.take(last_year(dataset) if row.output == "forecast" else range(min(rows, len(dataset))))
    problem = task.pose(dataset, row.target)
    if problem.events is not None:
        dataset, problem = followed(task, dataset, problem)
    if problem.horizon is not None:
        dataset, problem, _ = task.ready(dataset, problem)
    parts = split(dataset, problem, seed=SEED)
    train, valid, test = (dataset.take(rows) for rows in (parts.train, parts.valid, parts.test))
    return Posed(task, task.settle(problem, train), train, valid, test)


def last_year(dataset):
    """The rows of three series in the last year, so that there are several, and few windows."""
    frame = dataset.frame
    return (
        frame.with_row_index("row")
        .filter(pl.col("store").is_in(["S2", "S4", "S6"]), pl.col("date") >= pl.datetime(2024, 1, 1))["row"]
        .to_list()
    )


def followed(task, dataset, problem):
    """Events with what went before each; learners see rows that need nothing beside them."""
    events = Events(entities=("card", "device", "merchant"), time="time", amount="amount")
    dataset, problem, _ = task.ready(dataset, replace(problem, events=events, time="time"))
    return dataset, replace(problem, events=replace(problem.events, given=()))


@cache
def fitted(task_name, learner_name):
    row, on = catalog.learner(learner_name), posed(task_name)
    learner, run = made(row, task_name), Run.lasting(SECONDS, seed=SEED)
    learner.fit(on.problem, on.train, on.valid, run)
    return Case(row, on, learner, run)


def pytest_generate_tests(metafunc):
    """Give a test that asks for a case one for every pair; tests of a pair share a worker, so that one fit does."""
    pairs = [(task.name, row.name) for task in catalog.TASKS for row in catalog.learners_for(task.name)]
    if "case" in metafunc.fixturenames:
        names = ["-with-".join(pair) for pair in pairs]
        cases = [
            pytest.param(pair, id=name, marks=pytest.mark.xdist_group(name))
            for pair, name in zip(pairs, names, strict=True)
        ]
        metafunc.parametrize("case", cases, indirect=True)


@pytest.fixture(scope="session")
def case(request):
    task_name, learner_name = request.param
    if absent := catalog.missing(catalog.learner(learner_name).extra):
        pytest.skip(f"needs {' and '.join(absent)}")
    return fitted(task_name, learner_name)


@pytest.fixture
def baseline(case):
    """The task's baseline."""
    return fitted(case.problem.task, "baseline")


@pytest.fixture(scope="session")
def crash_host():
    """Python with every library loaded, that fits and dies on demand."""
    with subprocess.Popen([sys.executable, CRASH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        yield host
        host.stdin.close()


@pytest.fixture
def crash(crash_host, tmp_path):
    """Fit the case's learner elsewhere with a folder for checkpoints, killed in the middle; the folder comes back."""

    def crashed(case):
        data, run = tmp_path / "data", tmp_path / "run"
        write_dataset(case.posed.train, data / "train")
        write_dataset(case.posed.valid, data / "valid")
        (data / "problem.json").write_text(json.dumps(case.problem.to_json()), "utf-8")
        job = {
            "learner": case.row.name,
            "data": str(data),
            "run": str(run),
            "seed": SEED,
            "told": told(case.row, case.problem.task),
        }
        print(json.dumps(job), file=crash_host.stdin, flush=True)
        return int(crash_host.stdout.readline()), run

    return crashed
