"""Rows whose times are uneven: of several series that share no moment, or events that make no series."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fathom.data.series.windows import SERIES
from fathom.errors import DataError
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request

MONTHS = np.arange("2016-01", "2024-01", dtype="datetime64[M]")
STARTS = MONTHS.astype("datetime64[us]")
ENDS = ((MONTHS + 1).astype("datetime64[D]") - 1).astype("datetime64[us]")


def values(count: int, seed: int = 0) -> np.ndarray:
    return 10 + np.sin(np.arange(count) * np.pi / 6) + np.random.default_rng(seed).normal(0, 0.1, count)


def events(count: int, seed: int = 0) -> pl.DataFrame:
    """Values at random seconds of three years, in some weather."""
    random = np.random.default_rng(seed)
    at = np.sort(random.choice(3 * 365 * 86_400, count, replace=False))
    stamps = np.datetime64("2021-01-01", "us") + at * np.timedelta64(1, "s")
    weather = random.choice(["dry", "wet"], count)
    return pl.DataFrame({"at": stamps, "load": values(count), "weather": weather})


def test_series_that_share_no_moment_are_told_apart() -> None:
    both = pl.concat(
        [
            pl.DataFrame({"shop": "starts", "day": STARTS, "sold": values(96, 1)}),
            pl.DataFrame({"shop": "ends", "day": ENDS, "sold": values(96, 2) * 9}),
        ]
    ).with_columns(pl.lit("dry").alias("weather"))
    found = prepare(Request(both, "sold", horizon=3), silent)
    assert found.problem.horizon.series == ("shop",)
    assert found.problem.horizon.step == "1mo"
    assert set(found.train[SERIES].unique()) == {"starts", "ends"}
    assert not [each for each in found.findings if "have no value" in each.what]


def test_series_of_whole_numbers_that_share_none_are_told_apart() -> None:
    step = np.arange(96) * 10
    both = pl.concat(
        [
            pl.DataFrame({"shop": "a", "week": step, "sold": values(96, 1)}),
            pl.DataFrame({"shop": "b", "week": step + 1, "sold": values(96, 2)}),
        ]
    )
    found = prepare(Request(both, "sold", horizon=3, time="week"), silent)
    assert (found.problem.horizon.series, found.problem.horizon.step) == (("shop",), "10i")


def test_a_category_beside_one_series_names_none() -> None:
    days = np.datetime64("2023-01-01", "us") + np.arange(400) * np.timedelta64(1, "D")
    weather = np.random.default_rng(0).choice(["dry", "wet"], 400)
    one = pl.DataFrame({"at": days, "load": values(400), "weather": weather})
    for frame in (one, one.sample(150, seed=1)):
        assert prepare(Request(frame, "load", horizon=5), silent).problem.horizon.series == ()


def test_events_are_refused_before_memory_runs_out() -> None:
    with pytest.raises(DataError, match=r"2,000 rows would make series of [\d,]{7,} steps") as raised:
        prepare(Request(events(2_000), "load", horizon=5), silent)
    assert "--step 1d" in raised.value.remedy


def test_events_have_series_by_the_step_that_is_said() -> None:
    found = prepare(Request(events(4_000), "load", horizon=5, step="1d"), silent)
    assert (found.problem.horizon.step, found.problem.horizon.series) == ("1d", ())
    assert len(found.test) > 0
