"""Columns of a row's past: made of earlier rows and itself, whatever comes later."""

import datetime

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.series.pasts import LONG, SHORT, go_on, is_past, names_of, owner_of, pasts

BEGIN = datetime.datetime(2026, 1, 1)


def readings(rows=60, seed=0):
    random = np.random.default_rng(seed)
    times = [BEGIN + datetime.timedelta(minutes=at) for at in range(rows)]
    return pl.DataFrame({"t": times * 2, "who": ["a"] * rows + ["b"] * rows, "x": random.normal(0, 1, 2 * rows)})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(1, 119))
def test_what_comes_later_changes_nothing(seed, cut):
    frame = readings().sample(fraction=1.0, shuffle=True, seed=seed)
    now = frame["t"].sort()[cut]
    before = frame.filter(pl.col("t") <= now)
    whole = pasts(frame, ["x"], "t", ["who"]).filter(frame["t"] <= now)
    assert whole.equals(pasts(before, ["x"], "t", ["who"]), null_equal=True) or np.allclose(
        whole.fill_null(0).to_numpy(), pasts(before, ["x"], "t", ["who"]).fill_null(0).to_numpy(), atol=1e-9
    )


def test_a_series_knows_nothing_of_another():
    frame = readings()
    alone = pasts(frame.filter(pl.col("who") == "b"), ["x"], "t")
    together = pasts(frame, ["x"], "t", ["who"]).filter(frame["who"] == "b")
    assert np.allclose(alone.fill_null(9).to_numpy(), together.fill_null(9).to_numpy(), atol=1e-9)


def test_what_each_column_says():
    x = [0.0] * (SHORT + LONG) + [3.0] * SHORT
    frame = pl.DataFrame({"t": list(range(len(x))), "x": x})
    made = pasts(frame, ["x"], "t")
    first = SHORT + LONG
    assert made["x: step"][first] == made[f"x: against {SHORT} before"][first] == 3.0
    assert made["x: before"][first + 1] == 3.0
    assert made[f"x: shift of {SHORT}"][len(x) - 1] == 3.0
    assert made[f"x: movement of {SHORT}"][first] > 0 > made[f"x: movement of {SHORT}"][first - 1]
    assert made[f"x: shift of {SHORT}"][first - 2] is None
    assert made.columns == names_of(["x"])


def test_gaps_and_infinities_are_no_past():
    frame = pl.DataFrame({"t": [1, 2, 3], "x": [1.0, float("inf"), None]})
    assert pasts(frame, ["x"], "t")["x: step"].to_list() == [None, None, None]


def test_only_readings_at_even_steps_have_a_past():
    frame = readings()
    assert go_on(frame, "t", ["who"])
    assert not go_on(frame, "t")  # two at one time
    random = np.random.default_rng(0)
    uneven = frame.with_columns(t=pl.Series(np.cumsum(random.integers(1, 10_000, len(frame)))))
    assert not go_on(uneven, "t", ["who"])


def test_a_number_and_what_is_made_of_it_belong_together():
    assert [owner_of(name, ["x"]) for name in names_of(["x"])] == ["x: before"] * 2 + ["x"] * 4
    assert [is_past(name, ["x"]) for name in names_of(["x"])] == [True] * 2 + [False] * 4
