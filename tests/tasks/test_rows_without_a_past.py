"""Readings without a past, as a server gets them one by one: held to the rest of their row, and no alarm for that."""

import time
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fathom import catalog
from fathom.learner import Run
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request
from fathom.tasks.planting import made_of

NAMES = [row.name for row in catalog.learners_for("anomaly-detection")]


@pytest.fixture(scope="module")
def sensors():
    asked = Request("sample:sensors", "state", task="anomaly-detection", time="time", series=["machine"])
    return prepare(asked, silent)


def fitted(name, found, folder):
    kind = catalog.load(catalog.learner(name).path)
    learner = kind()
    learner.fit(found.problem, found.train, found.valid, Run(deadline=time.monotonic() + 3, folder=folder / "run"))
    learner.save(folder / "model")
    return kind.load(folder / "model")


def without(rows, names):
    gone = [pl.lit(None, dtype=pl.Float64).alias(name) for name in names]
    return replace(rows, frame=rows.frame.with_columns(gone))


@pytest.mark.parametrize("name", NAMES)
def test_what_has_no_past_is_judged_by_the_rest(name, sensors, tmp_path):
    for each in ("run", "model"):
        (tmp_path / each).mkdir()
    learner = fitted(name, sensors, tmp_path)
    made = made_of(sensors.problem)
    usual = learner.predict(sensors.valid)
    bound = np.quantile(usual.score, 0.97)
    alone = learner.predict(without(sensors.valid, made))
    assert (alone.score > bound).mean() < 0.06
    lately = learner.predict(without(sensors.valid, [each for each in made if "shift" in each]))  # fewer than 30 before
    assert (lately.score > bound).mean() < 0.08
    told = {column for row in range(len(alone)) for column, _ in alone.reasons(row)}
    assert told & set(made) == set()
    wild = sensors.valid.take([0])
    wild = replace(wild, frame=wild.frame.with_columns(pl.lit(500.0).alias("temperature")))
    assert learner.predict(without(wild, made)).score[0] > np.median(alone.score)
