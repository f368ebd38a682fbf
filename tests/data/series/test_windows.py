"""Windows: cut out of a series and stitched together again."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.cut import Track, cut
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import HISTORY, SERIES, stretches, windows
from fathom.tasks.problem import Problem

DAILY = Horizon(4, "1d", 7, 20, "day", known=("price",), past=("visits",))


def track(name: str = "shop", length: int = 60, gap: int | None = None) -> Track:
    days = np.datetime64("2024-01-01", "us") + np.arange(length) * np.timedelta64(1, "D")
    values, seen = np.arange(length, dtype=np.float64), np.ones(length, dtype=bool)
    if gap is not None:
        seen[gap] = False
    known = np.arange(length + 4, dtype=np.float64)[:, None] * 10
    return Track(name, days, values, seen, known, values[:, None] * 100)


def posed(frame: pl.DataFrame) -> tuple[Dataset, Problem]:
    columns = tuple(Column(name, Kind.CATEGORY if name == SERIES else Kind.SERIES) for name in frame.columns)
    problem = Problem("forecasting", "sold", columns[:-1], horizon=DAILY)
    return Dataset(frame, columns), problem


def test_arrays_are_aligned_at_the_origin() -> None:
    dataset, problem = posed(cut(track(), DAILY, [2, 30], "sold"))
    rows = windows(dataset, problem)
    assert rows.length.tolist() == [3, 20]
    assert rows.history[0, -3:].tolist() == [0, 1, 2]
    assert np.isnan(rows.history[0, :-3]).all()
    assert rows.history[1].tolist() == list(range(11, 31))
    assert rows.known[1, :, 0].tolist() == [10.0 * step for step in range(11, 35)]
    assert rows.past[1, :, 0].tolist() == [100.0 * step for step in range(11, 31)]


def test_stitching_gives_back_the_series() -> None:
    dataset, problem = posed(
        pl.concat([cut(track("b"), DAILY, range(9, 56, 4), "sold"), cut(track("a"), DAILY, [20], "sold")])
    )
    first, second = stretches(dataset.take(np.random.default_rng(0).permutation(len(dataset))), problem)
    assert (first.series, second.series) == ("a", "b")
    assert second.values.tolist() == list(range(58))
    assert second.first == 10
    assert second.known[:, 0].tolist() == [10.0 * step for step in range(58)]
    assert second.past[:54, 0].tolist() == [100.0 * step for step in range(54)]
    assert np.isnan(second.past[54:]).all()
    assert second.start == np.datetime64("2024-01-01")


def test_a_row_that_is_missing_ends_a_stretch() -> None:
    dataset, problem = posed(cut(track(), DAILY, [9, 13, 21], "sold"))
    assert [len(each.values) for each in stretches(dataset, problem)] == [18, 24]


def test_what_was_filled_in_is_no_truth() -> None:
    dataset, problem = posed(cut(track(gap=25), DAILY, [23], "sold"))
    truth = problem.truth(dataset)
    assert np.isnan(truth["future"][0]).tolist() == [False, True, False, False]
    assert problem.known(truth).tolist() == [True]
    assert dataset.frame[HISTORY].list.len().to_list() == [20]


@pytest.mark.parametrize(("step", "day"), [("1mo", "2024-02-29"), ("1q", "2024-04-30"), ("1y", "2025-01-31")])
def test_the_ends_of_months_stay_ends(step: str, day: str) -> None:
    found = Horizon(1, step, 1, 1, "t").stamps(np.array(["2024-01-31T00:00"], "datetime64[us]"), 1, 1)
    assert found[0, 0] == np.datetime64(day)


def test_a_horizon_travels_as_json() -> None:
    problem = posed(cut(track(), DAILY, [9], "sold"))[1]
    assert Problem.from_json(problem.to_json()) == problem


def test_what_was_filled_in_is_no_part_of_the_unit() -> None:
    """A filling is the season before, so counting it as never off would make the unit small, and all look worse."""
    seen = np.ones(60, dtype=bool)
    seen[25:28] = False
    values = np.arange(60.0)
    values[25:28] = values[18:21]  # as the panel fills
    days = track().stamps
    rows = cut(Track("a", days, values, seen, track().known, track().past), DAILY, [38], "sold")
    assert rows["sold"].struct.field("error").to_list() == [7.0]
    assert rows["sold"].struct.field("square").to_list() == [49.0]
