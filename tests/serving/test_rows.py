"""Rows are checked as the data layer checks them, only faster."""

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from fathom.data.conform import conform
from fathom.data.kinds import Column, Kind
from fathom.errors import RowError
from fathom.serving.limits import Limits
from fathom.serving.rows import MOST_CHARACTERS, RowReader

INPUTS = (
    Column("age", Kind.NUMBER),
    Column("city", Kind.CATEGORY, categories=("Seoul", "1", "True")),
    Column("since", Kind.TIME, format="%d.%m.%Y"),
)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1)
texts = st.none() | st.text(max_size=8) | st.sampled_from([" Seoul ", "?", "NA", "", "1", "-", "없음"])
times = st.none() | st.sampled_from(
    ["01.02.2024", "2024-02-01", " 2024-02-01T10:20:30Z", "?", "", "none", "soon", "1.1.99"]
)
rows = st.lists(st.fixed_dictionaries({"age": numbers, "city": texts, "since": times}), min_size=1, max_size=5)


def raw(records):
    types = {"age": pl.Float64, "city": pl.String, "since": pl.String}
    return pl.DataFrame({name: [row[name] for row in records] for name in types}, schema=types, strict=False)


def outcome(work):
    """The frame, or which column and row were refused."""
    try:
        return work()
    except RowError as error:
        return error.column, error.row


@settings(max_examples=80, deadline=None)
@given(rows)
def test_the_frame_is_what_conform_makes(records):
    reader = RowReader(INPUTS)
    expected = outcome(lambda: conform(raw(records), INPUTS))
    for _ in range(2):  # the second time from memory
        found = outcome(lambda: reader.frame(reader.records([dict(row) for row in records], Limits())))
        if isinstance(expected, pl.DataFrame):
            assert_frame_equal(found, expected)
        else:
            assert found == expected


@pytest.mark.parametrize(
    ("cell", "kept"), [(1, "1"), (1.0, "1"), (True, "True"), (False, "false"), (2.5, "2.5"), ("1", "1"), (0, "0")]
)
def test_a_category_written_as_a_number_or_a_truth_value(cell, kept):
    reader = RowReader(INPUTS[1:2])
    assert reader.frame(reader.records([{"city": cell}], Limits()))["city"][0] == kept


def test_memory_does_not_grow_without_end():
    reader = RowReader(INPUTS[1:2])
    memory = reader.memories["city"]
    for start in range(0, 60):
        records = [{"city": f"{start}-{number}" + "x" * 1000} for number in range(100)]
        frame = reader.frame(reader.records(records, Limits()))
        assert frame["city"][0].startswith(f"{start}-0")
    assert sum(len(text) for text in memory.known if text) < 3 * MOST_CHARACTERS


def test_a_frame_may_be_made_twice_of_the_same_rows():
    reader = RowReader(INPUTS)
    made = reader.records([{"age": 1, "city": "Busan", "since": "01.02.2024"}], Limits())
    assert_frame_equal(reader.frame(made), reader.frame(made))
    assert reader.frame(made)["since"][0] == datetime.datetime(2024, 2, 1)
