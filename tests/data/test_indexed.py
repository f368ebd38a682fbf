"""Tables of pandas whose times stand in the index."""

import numpy as np
import pytest

import fathom
from fathom.arrays import input_frame
from fathom.data.read import read
from fathom.errors import DataError

pd = pytest.importorskip("pandas")

DAYS = pd.date_range("2024-01-01", periods=60)
VALUES = np.arange(60.0)


@pytest.mark.parametrize(("name", "column"), [(None, "time"), ("day", "day")])
def test_an_index_of_times_is_a_column(name, column):
    table = read(pd.DataFrame({"y": VALUES}, index=DAYS.rename(name)))
    assert table.names == (column, "y")
    assert table[column].to_list() == DAYS.to_pydatetime().tolist()
    assert read(pd.Series(VALUES, index=DAYS.rename(name), name="y")).names == (column, "y")


def test_levels_beside_the_times_name_series_and_months_are_their_first_day():
    levels = pd.MultiIndex.from_product([["a", "b"], pd.period_range("2024-01", periods=30, freq="M")])
    table = read(pd.DataFrame({"y": VALUES}, index=levels.set_names(["shop", "month"])))
    assert table.names == ("shop", "month", "y")
    assert table["month"].to_list()[:2] == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")]
    told = " ".join(each.what for each in fathom.check(table.frame, "y", horizon=2).findings)
    assert "time: month" in told
    assert "names of series: shop" in told


def test_an_index_that_numbers_rows_or_stands_among_the_columns_adds_nothing():
    assert read(pd.DataFrame({"y": VALUES}, index=np.arange(60) * 2)).names == ("y",)
    assert read(pd.DataFrame({"y": VALUES}, index=[f"row {at}" for at in range(60)])).names == ("y",)
    assert read(pd.DataFrame({"day": DAYS, "y": VALUES}, index=DAYS.rename("day"))).names == ("day", "y")


def test_values_too_far_apart_are_told_with_how_their_times_were_read():
    days = [f"2022-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 2, 3)]
    with pytest.raises(DataError, match="36 values on 337 steps of 1d, too far apart") as told:
        fathom.check({"when": days, "y": VALUES[:36].tolist()}, "y", horizon=150)
    assert "read as 2022-01-01 to 2022-12-03" in told.value.remedy


def test_an_index_of_times_is_no_feature_of_an_estimator():
    rows = pd.DataFrame({"a": VALUES, "b": -VALUES}, index=DAYS)
    assert input_frame(rows).columns == ["a", "b"]
