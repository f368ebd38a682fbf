"""Steps of time: told from stamps, and the grids that stamps are put on."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fathom.data.series.horizon import Horizon
from fathom.data.series.steps import grid_of, season_of, step_of


def stamps(start: str, every: str, count: int = 40) -> np.ndarray:
    column = pl.Series([start]).str.to_datetime(time_unit="us")
    return np.concatenate([column.dt.offset_by(f"{place * int(every[:-1])}{every[-1]}") for place in range(count)])


MONTHS = np.arange("2020-01", "2023-05", dtype="datetime64[M]")
ENDS = ((MONTHS + 1).astype("datetime64[D]") - 1).astype("datetime64[us]")
WORKDAYS = np.busday_offset("2024-01-01", np.arange(40), roll="forward").astype("datetime64[us]")


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (stamps("2024-01-01T00:00:00", "1h"), "1h"),
        (stamps("2024-01-01T00:07:00", "15m"), "15m"),
        (stamps("2024-01-01T00:00:00", "1d"), "1d"),
        (stamps("2024-01-03T00:00:00", "7d"), "1w"),
        (MONTHS.astype("datetime64[us]"), "1mo"),
        (ENDS, "1mo"),
        (ENDS[2::3], "1q"),
        (ENDS[::12], "1y"),
        (WORKDAYS, "1b"),
    ],
    ids=str,
)
def test_the_step_is_told_and_stamps_come_back(found, step):
    series = np.zeros(len(found), dtype=np.int64)
    assert step_of(found, series) == step
    grid = grid_of(found, series, step)
    places = grid.places(found, series)
    assert np.diff(places).tolist() == [1] * (len(found) - 1)
    assert (grid.stamps(places, series) == found).all()
    ahead = Horizon(3, step, 1, 1, "t").stamps(found[:1], 1, 3)[0]
    assert (ahead == found[1:4]).all()


def test_a_missing_stamp_leaves_a_place():
    found = np.delete(ENDS, 5)
    series = np.zeros(len(found), dtype=np.int64)
    assert step_of(found, series) == "1mo"
    assert np.diff(grid_of(found, series, "1mo").places(found, series)).max() == 2


def test_seasons_follow_from_the_step():
    assert [season_of(step) for step in ("1h", "15m", "1d", "1b", "1w", "1mo", "1q", "1y", "1i")] == [
        24,
        96,
        7,
        5,
        52,
        12,
        4,
        1,
        1,
    ]


def monthly(day: int, count: int = 40, start: str = "2020-01") -> np.ndarray:
    """Months on this day, or on their last where they are shorter."""
    months = np.arange(np.datetime64(start, "M"), np.datetime64(start, "M") + count)
    ends = (months + 1).astype("datetime64[D]") - 1
    return np.minimum(months.astype("datetime64[D]") + (day - 1), ends).astype("datetime64[us]")


@pytest.mark.parametrize("day", [1, 15, 28, 29, 30, 31])
def test_months_go_on_on_their_day(day):
    found = monthly(day)
    series = np.zeros(len(found), dtype=np.int64)
    assert step_of(found, series) == "1mo"
    grid = grid_of(found, series, "1mo")
    assert (grid.stamps(grid.places(found, series), series) == found).all()
    horizon = Horizon(5, "1mo", 12, 24, "t", day=grid.usual_day())
    for origin in range(12, 30):
        assert (horizon.stamps(found[[origin]], -10, 5)[0] == found[origin - 10 : origin + 6]).all()


def test_months_of_a_series_are_the_same_alone_and_beside_others():
    starts, ends = monthly(1), monthly(31)
    both, series = np.concatenate([starts, ends]), np.repeat([0, 1], 40)
    assert step_of(both, series) == "1mo"
    grid = grid_of(both, series, "1mo")
    assert (grid.stamps(grid.places(both, series), series) == both).all()
    alone = grid.only(np.array([1]))
    assert (alone.stamps(alone.places(ends, series[:40]), series[:40]) == ends).all()


def test_quarters_of_a_series_keep_their_months():
    both = np.concatenate([monthly(1)[::3], monthly(31, start="2020-02")[::3]])
    series = np.repeat([0, 1], 14)
    assert step_of(both, series) == "1q"
    grid = grid_of(both, series, "1q")
    assert (grid.stamps(grid.places(both, series), series) == both).all()
