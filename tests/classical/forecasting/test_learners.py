"""What every classical learner of series promises, on windows made by hand."""

import time

import numpy as np
import polars as pl
import pytest

from fathom import catalog
from fathom.classical.baseline import Baseline
from fathom.data.dataset import Dataset
from fathom.data.series.windows import HISTORY
from fathom.errors import StoreError
from fathom.learner import Decomposer, Run
from fathom.tasks.forecast_measures import COVERAGE, MASE

ROWS = [row for row in catalog.LEARNERS if row.family == "classical" and "forecast" in row.outputs]
ONE_BY_ONE = ("ets", "arima")  # too slow for many series in a test


@pytest.fixture(scope="module", params=ROWS, ids=lambda row: row.name)
def case(request, sales, few):
    row = request.param
    on = few if row.name in ONE_BY_ONE else sales
    if catalog.missing(row.extra):
        pytest.skip(f"needs {row.extra}")
    learner, run = catalog.load(row.path)(), Run.lasting(600, seed=3)
    learner.fit(on.problem, on.train, on.valid, run)
    return row, learner, run, on


def test_it_beats_seasonal_naive(case):
    sales = case[3]
    baseline = Baseline()
    baseline.fit(sales.problem, sales.train, sales.valid, Run())
    truth = sales.problem.truth(sales.test)
    least, found = (MASE.score(truth, each.predict(sales.test), None) for each in (baseline, case[1]))
    assert found < least or case[0].name == "baseline"
    assert 0.6 < COVERAGE.score(truth, case[1].predict(sales.test), None) <= 1


def test_the_parts_together_are_the_forecast(case):
    row, learner, _, on = case
    if not isinstance(learner, Decomposer):
        assert row.name in ("baseline", "ridge", "gradient-boosting")
        return
    said = learner.predict(on.test)
    parts = learner.parts(on.test, said)
    assert np.allclose(parts.whole(), said.values, rtol=1e-9)
    little = on.test.frame[:1].with_columns(pl.Series(HISTORY, [[5.0, 6.0]], dtype=pl.List(pl.Float64)))
    short = Dataset(little, on.test.columns)
    alone = learner.parts(short, learner.predict(short))
    assert (alone.way[0], alone.known.any()) == ("none", False)
    assert np.allclose(alone.trend, learner.predict(short).values)
    record = parts.record(0, 9)
    assert set(record["known"]) <= {"promotion"}
    assert len(record["before"]) == 9
    promoted = np.stack(on.test.frame["known:promotion"].list.tail(on.problem.horizon.ahead).to_list()) == 1
    assert (parts.known[promoted, 0] > 0).all()
    assert (parts.known[~promoted, 0] < 0).all()
    assert set(parts.way) == ({"added"} if row.name == "seasonal-trend" else {"times"})
    level = [np.mean(each) for each in on.test.frame[HISTORY].to_list()]
    assert np.allclose(np.nanmean(parts.before, axis=1), level, rtol=0.2)


def test_saved_alone_and_turned_it_says_the_same(case, tmp_path):
    row, learner, _, sales = case
    said = learner.predict(sales.test)
    learner.save(tmp_path)
    again = type(learner).load(tmp_path)
    assert np.array_equal(again.predict(sales.test).quantiles, said.quantiles)
    assert np.array_equal(again.predict(sales.test).mean, said.mean)
    assert again.features() == learner.features()
    order = np.random.default_rng(0).permutation(len(sales.test))
    turned = sales.test.take(order).select(sales.test.names[::-1])
    assert np.allclose(learner.predict(turned).quantiles, said.quantiles[order], rtol=2e-6)
    for place in range(0, len(sales.test), 5):
        alone = learner.predict(sales.test.take([place])).quantiles
        assert np.allclose(alone, said.quantiles[[place]], rtol=2e-6), row.name
    assert len(learner.predict(sales.test.take([]))) == 0
    for path in [each for each in tmp_path.rglob("*") if each.is_file()]:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(StoreError):
            type(learner).load(tmp_path)
        path.write_bytes(whole)


def test_the_same_seed_and_little_time(case):
    row, learner, run, sales = case
    again = catalog.load(row.path)()
    again.fit(sales.problem, sales.train, sales.valid, Run.lasting(600, seed=3))
    assert np.array_equal(again.predict(sales.test).quantiles, learner.predict(sales.test).quantiles)
    assert run.steps
    start = time.monotonic()
    again.fit(sales.problem, sales.train, sales.valid, Run.lasting(0.5, seed=3))
    assert time.monotonic() - start < 2.5
    assert len(again.predict(sales.test)) == len(sales.test)


def test_what_training_never_had(case):
    _, learner, _, sales = case
    rows = sales.test.take(range(3))
    for column in sales.problem.inputs:
        empty = pl.lit(None, dtype=rows.frame.schema[column.name]).alias(column.name)
        said = learner.predict(Dataset(rows.frame.with_columns(empty), rows.columns))
        assert np.isfinite(said.quantiles).all(), column.name
        assert (np.diff(said.quantiles, axis=2) >= 0).all()
    unknown = rows.frame.with_columns(pl.lit("never seen").alias("series"))
    assert np.isfinite(learner.predict(Dataset(unknown, rows.columns)).quantiles).all()
    short = rows.frame.with_columns(pl.col("history").list.tail(1))
    assert np.isfinite(learner.predict(Dataset(short, rows.columns)).quantiles).all()
    still = rows.frame.with_columns(history=pl.lit([5.0] * 40))
    assert np.allclose(learner.predict(Dataset(still, rows.columns)).values, 5.0, rtol=0.5)
    huge = rows.frame.with_columns(history=pl.lit([1e200, -1e200, 1e300] * 10))
    assert np.isfinite(learner.predict(Dataset(huge, rows.columns)).quantiles).all()


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_history_that_never_moved_is_forecast_to_stay(case, value):
    _, learner, _, on = case
    still = pl.Series(HISTORY, [[value] * 30], dtype=pl.List(pl.Float64))
    said = learner.predict(Dataset(on.test.frame[:1].with_columns(still), on.test.columns))
    assert np.abs(said.quantiles - value).max() <= 1e-12


def test_it_names_what_it_was_told(case):
    names = case[1].features()
    assert len(set(names)) == len(names)
