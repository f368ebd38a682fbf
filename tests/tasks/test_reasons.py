"""Reasons name what raised an alert, whoever tells them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fathom.classical.boosting import GradientBoosting
from fathom.classical.linear import LogisticRegression
from fathom.classical.trees import RandomForest
from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks.problem import Problem
from fathom.tasks.reasons import reasons

INPUTS = (
    Column("loud", Kind.NUMBER, middle=0.0),
    Column("quiet", Kind.NUMBER, middle=0.0),
    Column("shop", Kind.CATEGORY),
)
PROBLEM = Problem("fraud-detection", "fraud", INPUTS, ("no", "yes"), events=Events())


def data(rows=600):
    random = np.random.default_rng(0)
    loud, quiet = random.normal(size=(2, rows))
    frame = pl.DataFrame({"loud": loud, "quiet": quiet, "shop": random.choice(["a", "b"], rows)})
    frame = frame.with_columns(fraud=pl.when(pl.col("loud") > 1.2).then(pl.lit("yes")).otherwise(pl.lit("no")))
    return Dataset(frame, (*INPUTS, Column("fraud", Kind.CATEGORY)))


@pytest.mark.parametrize(
    "make", [LogisticRegression, lambda: GradientBoosting(rounds=30), lambda: RandomForest(trees=20)]
)
def test_what_raises_the_alert_is_named_first(make):
    rows, learner = data(), make()
    learner.fit(PROBLEM, rows.take(range(400)), rows.take(range(400, 600)), Run())
    loudest = rows.take(np.argsort(-rows["loud"].to_numpy())[:3])
    for row, told in enumerate(reasons(learner, PROBLEM, loudest)):
        assert told[0].column == "loud"
        assert told[0].value == loudest["loud"][row]
        assert told[0].worth > 0
        assert [each.worth for each in told] == sorted((each.worth for each in told), reverse=True)
    assert reasons(learner, PROBLEM, rows.take([])) == []
    model = Model(learner, "some", "classical", PROBLEM, {"alert": 0.5})
    assert model.reasons(loudest.frame)[0][0].column == "loud"
    assert model.reasons(loudest.frame.to_dicts()[0], most=1)[0][0].column == "loud"


def test_contributions_add_up_to_the_log_odds():
    rows = data()
    for learner in (GradientBoosting(rounds=30), LogisticRegression()):
        learner.fit(PROBLEM, rows.take(range(400)), rows.take(range(400, 600)), Run())
        _, worth = learner.contributions(rows)
        given = learner.predict(rows).probabilities
        rest = np.log(given[:, 1] / given[:, 0]) - worth.sum(axis=1)
        assert np.allclose(rest, rest[0], atol=1e-4)


def test_other_tasks_have_none():
    learner = LogisticRegression()
    with pytest.raises(DataError, match="frauds"):
        Model(learner, "some", "classical", replace(PROBLEM, events=None)).reasons([{"loud": 1}])
