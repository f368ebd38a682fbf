"""Small problems made by hand, and every classical learner of the catalog."""

import io
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from fathom import catalog
from fathom.data.dataset import Dataset, Source
from fathom.data.kinds import Column, Kind
from fathom.tasks.problem import Problem

COLOURS = np.array(["red", "green", "blue", "cyan", "pink"])


def _holes(values, share, rng):
    series = pl.Series(values)
    return series.set(pl.Series(rng.random(len(series)) < share), None)


def mixed(rows=600, *, classes=3, seed=0, numbers=5):
    """Numbers (some missing, of very different units), a category, a time, a constant; 0 classes: a number."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, numbers))
    colour = rng.integers(0, 5, rows)
    day = rng.integers(0, 1000, rows)
    signal = 2 * x[:, 0] + x[:, 1] * x[:, 2] + 2 * (colour == 2) + np.sin(day / 100) + 0.3 * rng.normal(size=rows)
    data = {f"n{i}": _holes(x[:, i] * 10.0**i, 0.05 * (i % 2), rng) for i in range(numbers)}
    data["colour"] = _holes(COLOURS[colour].tolist(), 0.03, rng)
    data["when"] = pl.Series([datetime(2020, 1, 1) + timedelta(days=int(each)) for each in day]).cast(pl.Datetime("us"))
    data["same"] = np.ones(rows)
    kinds = [Kind.NUMBER] * numbers + [Kind.CATEGORY, Kind.TIME, Kind.NUMBER]
    inputs = tuple(Column(name, kind) for name, kind in zip(data, kinds, strict=True))
    if classes:
        edges = np.quantile(signal, np.linspace(0, 1, classes + 1)[1:-1])
        data["y"] = [f"c{each}" for each in np.searchsorted(edges, signal)]
        names = tuple(f"c{each}" for each in range(classes))
        problem = Problem("tabular-classification", "y", inputs, names)
        target = Column("y", Kind.CATEGORY)
    else:
        data["y"] = 100 * signal + 5000
        problem, target = Problem("tabular-regression", "y", inputs), Column("y", Kind.NUMBER)
    return Dataset(pl.DataFrame(data), (*inputs, target), Source("made")), problem


def table(x, y, *, classes=True):
    """A dataset and its problem from a matrix of numbers and a target."""
    inputs = tuple(Column(f"x{i}", Kind.NUMBER) for i in range(x.shape[1]))
    data = {column.name: x[:, i].astype(float) for i, column in enumerate(inputs)}
    labels = [str(each) for each in y] if classes else np.asarray(y, dtype=float)
    frame = pl.DataFrame({**data, "y": labels})
    names = tuple(sorted(set(labels))) if classes else ()
    task = "tabular-classification" if classes else "tabular-regression"
    target = Column("y", Kind.CATEGORY if classes else Kind.NUMBER)
    return Dataset(frame, (*inputs, target)), Problem(task, "y", inputs, names)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def digits(rows=400, *, colour=False):
    """Real handwritten digits as pictures in bytes."""
    bunch = load_digits()
    pictures = (bunch.images[:rows] * 15).astype(np.uint8)
    if colour:
        pictures = np.stack([pictures, pictures // 2, 255 - pictures], axis=3)
    inputs = (Column("image", Kind.IMAGE),)
    labels = [str(each) for each in bunch.target[:rows]]
    frame = pl.DataFrame({"image": [png(each) for each in pictures], "digit": labels})
    problem = Problem("image-classification", "digit", inputs, tuple(str(each) for each in range(10)))
    return Dataset(frame, (*inputs, Column("digit", Kind.CATEGORY))), problem


def parts(dataset, seed=1):
    """Training, validation and test rows: 60, 20 and 20 of a hundred."""
    order = np.random.default_rng(seed).permutation(len(dataset))
    first, second = int(0.6 * len(order)), int(0.8 * len(order))
    return dataset.take(order[:first]), dataset.take(order[first:second]), dataset.take(order[second:])


def values(predictions):
    """Probabilities or numbers as one array."""
    return predictions.probabilities if hasattr(predictions, "probabilities") else predictions.values


QUICK = {  # small enough for a test, otherwise as they come
    "random-forest": {"trees": 30},
    "extra-trees": {"trees": 30},
    "gradient-boosting": {"rounds": 60},
    "support-vectors": {"widths": (0.3, 1.0), "slacks": (1.0, 10.0)},
    "logistic-regression": {"strengths": (0.1, 1.0, 10.0)},
}


def learner(name):
    """A quick learner by its name in the catalog."""
    return catalog.load(catalog.learner(name).path)(**QUICK.get(name, {}))


@pytest.fixture(scope="session")
def kit():
    """The helpers above, by name."""
    return {
        "mixed": mixed,
        "table": table,
        "digits": digits,
        "parts": parts,
        "values": values,
        "learner": learner,
        "png": png,
    }


def pytest_generate_tests(metafunc):
    """Give a test every classical learner of tables (and its outputs) that it asks for."""
    rows = [row for row in catalog.LEARNERS if row.family == "classical" and "table" in row.reads]
    if "labels_learner" in metafunc.fixturenames:
        metafunc.parametrize("labels_learner", [row.name for row in rows if "label" in row.outputs])
    if "picture_learner" in metafunc.fixturenames:
        metafunc.parametrize("picture_learner", [row.name for row in rows if "image" in row.reads])
    if {"name", "output"} <= set(metafunc.fixturenames):
        pairs = [(row.name, each) for row in rows for each in row.outputs if each in ("label", "number")]
        metafunc.parametrize(("name", "output"), pairs)
