"""Rows to test on come after the data of their series, or are refused; no window is tested on what nobody saw."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest

from fathom.data.series.horizon import Horizon
from fathom.data.series.origins import TEST, TRAIN, VALID, origins_of
from fathom.data.series.panel import NAME, TIME, VALUE, panel_of
from fathom.data.series.windows import SERIES
from fathom.errors import DataError
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request

FIRST = datetime.date(2024, 1, 1)


def days(count: int, start: int = 0, series: tuple[str, ...] = ("a", "b")) -> pl.DataFrame:
    """Daily values of each series, from `start` days after the first."""
    at = np.arange(start, start + count)
    values = 20 + 5 * np.sin(2 * np.pi * at / 7) + np.random.default_rng(start).normal(0, 1, count)
    stamps = [str(FIRST + datetime.timedelta(days=int(day))) for day in at]
    return pl.concat(pl.DataFrame({"shop": [name] * count, "day": stamps, "sold": values}) for name in series)


def prepared(data: pl.DataFrame, test: pl.DataFrame) -> object:
    return prepare(Request(data, "sold", horizon=7, test=test), silent)


@pytest.mark.parametrize("series", [("a",), ("a", "b", "c", "d", "e")])
def test_rows_to_test_on_within_the_data_are_refused(series: tuple[str, ...]) -> None:
    data, test = days(150, series=series), days(30, 140, series)
    if len(series) == 1:
        data, test = data.drop("shop"), test.drop("shop")
    with pytest.raises(DataError, match=f"{10 * len(series)} rows to test on are no later") as raised:
        prepared(data, test)
    assert "2024-05-20" in raised.value.what
    assert "2024-05-29" in raised.value.what
    assert raised.value.remedy


def test_rows_to_test_on_before_the_data_are_refused() -> None:
    with pytest.raises(DataError, match="40 rows to test on are no later"):
        prepared(days(150, 100), days(20, 50))


def test_one_row_on_the_last_day_is_refused() -> None:
    with pytest.raises(DataError, match="1 row to test on is no later"):
        prepared(days(150, series=("a",)).drop("shop"), days(8, 149, ("a",)).drop("shop"))


def test_the_time_of_day_makes_no_step_to_test_on() -> None:
    """Most stamps were taken at noon, the last of the data at midnight: its step does not test all the same."""
    data = days(150, series=("a",)).drop("shop")
    late = data.with_columns(
        pl.col("day") + pl.when(pl.int_range(pl.len()) % 3 == 2).then(pl.lit(" 00:00")).otherwise(pl.lit(" 12:00"))
    )
    test = days(14, 150, ("a",)).drop("shop").with_columns(pl.col("day") + " 12:00")
    found = prepare(Request(late, "sold", horizon=7, test=test, step="1d"), silent)
    assert any("on the last 14 steps" in each.what for each in found.findings)


def test_a_new_series_may_test_from_anywhere() -> None:
    found = prepare(Request(days(150), "sold", horizon=7, test=pl.concat([days(14, 150), days(60, 0, ("c",))])), silent)
    assert set(found.test[SERIES].unique()) == {"a", "b", "c"}


@pytest.mark.parametrize("far", ["2027-03-01", "2204-02-01"])
def test_a_far_stamp_among_few_is_no_fault(far: str) -> None:
    """A slip is left out; what may be none stays, and no window is tested on steps that nobody saw."""
    few = days(19, series=("a",)).drop("shop")
    few = few.with_columns(pl.when(pl.int_range(pl.len()) == 18).then(pl.lit(far)).otherwise("day").alias("day"))
    found = prepare(Request(few, "sold", horizon=3), silent)
    for part in (found.train, found.valid, found.test):
        assert len(part)
    assert any("far from all others" in each.what for each in found.findings)
    assert np.isfinite(found.problem.truth(found.truth)["future"]).any(axis=1).all()


def test_windows_without_a_seen_future_are_none() -> None:
    stamps = np.datetime64("2024-01-01", "us") + np.r_[np.arange(100), 200 + np.arange(10)] * np.timedelta64(1, "D")
    rows = pl.DataFrame({NAME: "", TIME: stamps, VALUE: np.arange(110.0)})
    panel, _ = panel_of(rows, Horizon(5, "1d", 7, 30, "day"))
    origins = origins_of(panel, 5, 7)
    futures = [panel.seen[place + 1 : place + 6].any() for place in origins.place]
    assert all(futures)
    assert TRAIN in origins.part


def test_series_that_test_nothing_are_looked_at_no_further_than_the_cut() -> None:
    """Of very many series only some validate and test; of the others as little is looked at."""
    stamps = np.datetime64("2024-01-01", "us") + np.arange(40) * np.timedelta64(1, "D")
    count = 11_000
    rows = pl.DataFrame(
        {
            NAME: np.repeat([f"{number:05}" for number in range(count)], 40),
            TIME: np.tile(stamps, count),
            VALUE: np.tile(np.arange(40.0), count),
        }
    )
    panel, _ = panel_of(rows, Horizon(5, "1d", 7, 30, "day"))
    origins = origins_of(panel, 5, 7)
    held = np.unique(origins.series[np.isin(origins.part, [VALID, TEST])])
    assert len(held) < count
    assert origins.until.max() <= 40 - 8 - 6
