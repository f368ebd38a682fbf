"""A served learner that answers plain cells says what `Model.predict` says of the same rows, to the bit."""

from datetime import datetime, timedelta

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import RowError
from fathom.learner import Run
from fathom.model import Model
from fathom.serving.limits import Limits
from fathom.serving.models import Served
from fathom.serving.predict import read_json
from fathom.tasks.problem import Problem

INPUTS = (
    Column("age", Kind.NUMBER),
    Column("city", Kind.CATEGORY, categories=("Seoul", "1", "True")),
    Column("since", Kind.TIME, format="%d.%m.%Y"),
)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**50), 2**50)
cities = st.none() | st.text(max_size=4) | st.sampled_from([" Seoul ", "?", "NA", "", "1", "없음"])
times = st.none() | st.sampled_from(["01.02.2024", "2024-02-01", " 2024-02-01T10:20:30Z", "?", "", "none", "soon"])
rows = st.lists(st.fixed_dictionaries({"age": numbers, "city": cities, "since": times}), min_size=1, max_size=5)


@pytest.fixture(scope="module", params=["gradient-boosting", "logistic-regression", "random-forest"])
def served(request):
    rng = np.random.default_rng(0)
    age, city = rng.normal(40, 15, 240), rng.integers(0, 3, 240)
    start = datetime(2022, 1, 1)
    data = {
        "age": age,
        "city": np.array(["Seoul", "1", "True"])[city].tolist(),
        "since": [start + timedelta(days=int(day)) for day in rng.integers(0, 900, 240)],
        "buys": np.where(age + 10 * city + rng.normal(0, 5, 240) > 50, "yes", "no").tolist(),
    }
    frame = pl.DataFrame(data).with_columns(pl.col("since").cast(pl.Datetime("us")))
    problem = Problem("tabular-classification", "buys", INPUTS, ("no", "yes"))
    dataset = Dataset(frame, (*INPUTS, Column("buys", Kind.CATEGORY)))
    learner = catalog.load(catalog.learner(request.param).path)()
    learner.fit(problem, dataset.take(range(180)), dataset.take(range(180, 240)), Run.lasting(3))
    return Served(Model(learner, request.param, "classical", problem, {"temperature": 1.3}), "m", "1")


def outcome(work):
    """The probabilities, or which column and row were refused."""
    try:
        return work().probabilities.tolist()
    except RowError as error:
        return error.column, error.row


@settings(max_examples=60, deadline=None)
@given(rows=rows)
def test_a_request_and_the_model(served, rows):
    assert served.quick is not None
    body = orjson.dumps({"rows": rows})
    types = {"age": pl.Float64, "city": pl.String, "since": pl.String}
    expected = outcome(lambda: served.model.predict(pl.DataFrame(rows, schema=types, strict=False)))
    for _ in range(2):  # the second time from memory
        assert outcome(lambda: served.predict(read_json(body, served, Limits()))) == expected
