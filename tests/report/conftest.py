"""Studies made by hand, on disk as a real one is, so that the report reads them as it reads any other."""

import io
import itertools

import numpy as np
import polars as pl
import pytest
from PIL import Image

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.protocol.curves.curve import Curve, Outlook, Point
from fathom.protocol.frames import write_dataset
from fathom.protocol.study import Study, Trial, Verdict
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

CONTENDERS = (  # learner, family, skill in 0..1, seconds
    ("gradient-boosting", "classical", 0.92, 2.1),
    ("feedforward", "deep", 0.9, 41.0),
    ("logistic-regression", "classical", 0.85, 0.08),
    ("baseline", "classical", 0.0, 0.002),
)
FINDINGS = [
    Finding("warning", "'tax' nearly determines 'plan' by itself.", ("tax",), (), "Leave it out: --drop tax"),
    Finding("note", "3 rows are exact duplicates.", (), (4, 17, 230), ""),
    Finding("ok", "No column is constant.", (), (), ""),
    Finding("unchecked", "Whether a column is known only after the target cannot be seen.", (), (), ""),
]


def png(value: int, size: tuple[int, int] = (8, 8)) -> bytes:
    pixels = np.random.default_rng(value).integers(0, 255, size, dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def table_rows(rows: int, names: tuple[str, ...], rng: np.random.Generator) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    frame = pl.DataFrame({names[0]: rng.normal(size=rows), names[1]: rng.choice(["red", "blue", "초록"], rows)})
    return frame, (Column(names[0], Kind.NUMBER), Column(names[1], Kind.CATEGORY, categories=("red", "blue", "초록")))


def image_rows(rows: int) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    return pl.DataFrame({"image": [png(row) for row in range(rows)]}), (Column("image", Kind.IMAGE),)


def labels_for(truth: np.ndarray, classes: tuple[str, ...], skill: float, rng: np.random.Generator) -> Labels:
    scores = rng.gumbel(size=(len(truth), len(classes)))
    scores[np.arange(len(truth)), truth] += 8 * skill
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return Labels(classes, powers / powers.sum(axis=1, keepdims=True))


def numbers_for(truth: np.ndarray, skill: float, rng: np.random.Generator) -> Numbers:
    values = truth * skill + rng.normal(size=len(truth)) * 20 * (1.1 - skill)
    half = 33 * (1.1 - skill)
    return Numbers(values, values - half, values + half)


GROWING = {  # learner: score at 64 times the rows, how far below it starts, exponent, shape; scaled to the measure
    "gradient-boosting": (0.95, 0.30, 0.45, "rising"),
    "feedforward": (0.985, 0.75, 0.42, "rising"),
    "logistic-regression": (0.87, 0.10, 0.60, "at its ceiling"),
    "baseline": (0.34, 0.0, 0.5, "at its ceiling"),
}
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)


def curves_for(learners, rows, scaled):
    """Points with three draws at small sizes, curves to 64 times the rows and an outlook; `scaled`: score of 0..1."""
    rng = np.random.default_rng(1)
    points, curves = [], []
    for learner, family, _, seconds in learners:
        ceiling, depth, power, shape = GROWING.get(learner, (0.9, 0.3, 0.5, "unclear"))
        smallest = rows * SHARES[0]

        def true(size, ceiling=ceiling, depth=depth, power=power, smallest=smallest):
            return ceiling - depth * (size / smallest) ** -power

        for share in SHARES:
            for seed in range(3 if share < 0.3 else 1):
                score = scaled(true(share * rows) + rng.normal(0, 0.01))
                points.append(Point(learner, family, round(share * rows), seed, score, seconds * share,
                                    0.1, hurried=learner == "feedforward" and share == 1))  # fmt: skip
        sizes = np.geomspace(smallest, 64 * rows, 21)
        reach = 0.008 + 0.006 * np.clip(np.log2(sizes / rows), 0, None)
        told = [sorted(map(scaled, (true(size) - by, true(size) + by))) for size, by in zip(sizes, reach, strict=True)]
        middle = [scaled(true(size)) for size in sizes]
        gain = abs(scaled(true(2 * rows)) - scaled(true(rows)))
        curves.append(Curve(learner, family, sizes.tolist(), middle, [low for low, _ in told],
                            [high for _, high in told], shape, scaled(ceiling), 3.0 * rows,
                            (gain, gain / 3, gain * 2), 1.1))  # fmt: skip
    times = [2.0**power for power in range(7)]
    ahead = [0.08, 0.24, 0.49, 0.7, 0.81, 0.86, 0.88]
    outlook = Outlook([rows * each for each in times], ahead, [each / 2 for each in ahead], 0.83,
                      (4.2 * rows, 1.6 * rows, None))  # fmt: skip
    return points, curves, outlook


@pytest.fixture
def make_study(tmp_path):
    """A function that makes a study: `make_study("image-classification", rows=40, classes=("0", "1"))`."""

    numbers = itertools.count(1)

    def make(task="tabular-classification", rows=60, classes=("basic", "plus", "gold"), names=("age", "colour"),
             target="plan", learners=CONTENDERS, importance=True, curves=True):  # fmt: skip
        folder = tmp_path / f"study-{next(numbers)}"
        rng = np.random.default_rng(0)
        frame, columns = image_rows(rows) if task.startswith("image") else table_rows(rows, names, rng)
        labelled = task != "tabular-regression"
        problem = Problem(task, target, columns, tuple(classes) if labelled else ())
        codes = rng.integers(0, len(classes), rows)
        truth = codes if labelled else rng.normal(100, 30, rows)
        values = pl.Series(target, [classes[code] for code in codes] if labelled else truth)
        goal = Column(target, Kind.CATEGORY if labelled else Kind.NUMBER)
        write_dataset(Dataset(frame, columns), folder / "data" / "test")
        write_dataset(Dataset(values.to_frame(), (goal,)), folder / "data" / "truth")
        posed = catalog.load(catalog.task(task).path)
        measure = "accuracy" if labelled else "rmse"
        trials = []
        for learner, family, skill, seconds in learners:
            trial = Trial(learner, family, fit_seconds=seconds, predict_ms_per_row=seconds / 50, peak_mb=180.0,
                          model_mb=0.4, folder=folder / "trials" / learner, parameters={"device": "cpu"})  # fmt: skip
            trial.folder.mkdir(parents=True)
            given = labels_for(truth, problem.classes, skill, rng) if labelled else numbers_for(truth, skill, rng)
            given.frame().write_parquet(trial.folder / "test.parquet")
            trial.measures = posed.scores(truth, given)
            trial.score = trial.measures[measure]
            reach = 0.05 if labelled else 0.1 * trial.score
            trial.low, trial.high = trial.score - reach, trial.score + reach
            trial.features = ["age", "colour=red", "colour=blue"] if family == "classical" else None
            trial.steps = (
                [("features", 0.02), ("estimator", seconds)] if family == "classical" else [("network", seconds)]
            )
            trials.append(trial)
        text = f"Use {trials[0].family}: {trials[0].learner}." if trials else "Nothing finished."
        verdict = Verdict(
            trials[0].learner if trials else None, trials[0].family if trials else None, False, text,
            leader=trials[0].learner if trials else None,
            comparisons=[
                {"learner": each.learner, "against": trials[0].learner, "difference": 0.02, "low": -0.01, "high": 0.05,
                 "beaten": False} for each in trials[1:]
            ],
        )  # fmt: skip
        drops = [{"column": each.name, "drop": 0.2 / (1 + at), "low": 0.15 / (1 + at), "high": 0.25 / (1 + at)}
                 for at, each in enumerate(columns)]  # fmt: skip
        study = Study(
            "customers", folder, task, problem, measure, 600, 400, 80, rows, seconds=61.0, status="done",
            created="2024-05-01T12:00:00+00:00", settings={"minutes": 1.0, "task": None, "drop": []},
            hardware={"processor": "a processor", "cores": 2, "memory_mb": 8192, "deep_device": "cuda"},
            findings=list(FINDINGS),
            trials=trials, verdict=verdict, importance=drops if importance else [],
            model={"name": "customers", "version": 1, "path": "models/customers/1"},
            command=["fathom", "compare", "customers data.csv", "--predict", target],
        )  # fmt: skip
        families = {family for _, family, _, _ in learners}
        study.points, study.curves, study.outlook = [], [], None
        if curves and learners:
            scaled = (lambda share: float(share)) if labelled else (lambda share: float(60 * (1.2 - share)))
            study.points, study.curves, outlook = curves_for(learners, study.train_rows, scaled)
            study.outlook = outlook if families == {"classical", "deep"} else None
        return study

    return make
