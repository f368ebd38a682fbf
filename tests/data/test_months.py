"""Months and quarters as people write them, moments that are counted, and what looks like them and is none."""

from datetime import datetime

import pytest

from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.series.asked import Asked
from fathom.data.series.table import roles_of
from fathom.errors import DataError

WAYS = {
    "2022-{month:02}": 1,
    "2022/{month:02}": 1,
    "2022년 {month}월": 1,
    "{name} 2022": 1,
    "{name}-2022": 1,
    "{month:02}/2022": 1,
    "2022{month:02}": 1,
    "2022Q{quarter}": 3,
    "Q{quarter} 2022": 3,
    "2022-Q{quarter}": 3,
    "2022년 {quarter}분기": 3,
}
NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def written(way):
    return [way.format(month=at, quarter=(at + 2) // 3, name=NAMES[at - 1]) for at in range(1, 13, WAYS[way])]


@pytest.mark.parametrize("way", WAYS)
def test_months_and_quarters_are_times(way):
    table = read({"when": written(way), "y": [float(at) for at in range(len(written(way)))]})
    assert table.column("when").kind == Kind.TIME
    assert table["when"].to_list() == [datetime(2022, month, 1) for month in range(1, 13, WAYS[way])]


@pytest.mark.parametrize(
    "words",
    [
        ["1234-05", "2301-12", "1765-07"],  # parts
        ["10-14", "15-19", "20-24"],  # ages
        ["2022-01", "2022-13", "2022-44"],
        ["202201", "314159", "271828", "202204", "141421", "173205"],
        ["200000", "150000", "190000", "210000", "180000", "170000"],
    ],
)
def test_what_only_looks_like_months_is_none(words):
    assert read({"what": words, "y": [1.0] * len(words)}).column("what").kind != Kind.TIME


@pytest.mark.parametrize(("unit", "one"), [("s", 1), ("ms", 1_000), ("us", 1_000_000)])
def test_moments_counted_from_1970_are_times_where_a_person_says_so(unit, one):
    counts = [(1_700_000_000 + hour * 3_600) * one for hour in range(12)]
    for values in (counts, [str(count) for count in counts]):
        table = read({"t": values, "y": list(range(12))}, kinds={"t": "time"})
        assert table["t"].to_list()[1] == datetime(2023, 11, 14, 23, 13, 20)
        assert table["t"].null_count() == 0


def test_a_named_column_without_times_is_told_with_its_first_value():
    table = read({"when": ["north", "south", "west"] * 10, "y": [float(at) for at in range(30)]})
    with pytest.raises(DataError, match="'when' holds no times that can be read; the first is 'north'"):
        roles_of(table, "y", Asked(time="when", ahead=2))


def test_even_steps_tell_which_of_two_numbers_is_the_month():
    months = [(year, month) for year in (2022, 2023, 2024) for month in range(1, 13)]
    table = read({"when": [f"{month:02}/01/{year}" for year, month in months], "y": list(range(36))})
    assert table["when"].to_list() == [datetime(year, month, 1) for year, month in months]
    assert "month first" in table.column("when").reason
    days = read({"when": [f"01/{month:02}/{year}" for year, month in months], "y": list(range(36))})
    assert days["when"].to_list() == table["when"].to_list()
    unclear = read({"when": ["03/04/2022", "05/01/2022", "07/11/2023"], "y": [1, 2, 3]})
    assert "nothing in them tells" in unclear.column("when").reason
