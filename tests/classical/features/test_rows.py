"""A few rows as plain cells give the matrix that a frame of them gives, to the bit."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.classical.features import columns
from fathom.classical.features.codes import Codes
from fathom.classical.features.table import Table
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind

INPUTS = (
    Column("a", Kind.NUMBER),
    Column("since", Kind.TIME),
    Column("c", Kind.CATEGORY),
    Column("b", Kind.NUMBER),
    Column("d", Kind.CATEGORY),
    Column("until", Kind.TIME),
)
TYPES = {"a": pl.Float64, "since": pl.Datetime("us"), "c": pl.String, "b": pl.Float64, "d": pl.String}
TYPES |= {"until": pl.Datetime("us")}

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
texts = st.none() | st.sampled_from(["red", "green", "blue"]) | st.text(max_size=3)
times = st.none() | st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31))
row = st.fixed_dictionaries({"a": numbers, "since": times, "c": texts, "b": numbers, "d": texts, "until": times})
rows = st.lists(row, min_size=1, max_size=6)


def frame(records):
    return pl.DataFrame({name: [record[name] for record in records] for name in TYPES}, schema=TYPES, strict=False)


def same(found, expected):
    return found.dtype == expected.dtype and np.array_equal(found, expected, equal_nan=True)


@settings(max_examples=200, deadline=None)
@given(rows, rows)
def test_codes_of_cells(seen, asked):
    codes = Codes.learn(INPUTS, frame(seen))
    assert same(codes.rows(asked), codes.matrix(Dataset(frame(asked), INPUTS)))


@settings(max_examples=200, deadline=None)
@given(rows, rows, st.booleans())
def test_a_table_of_cells(seen, asked, squash):
    table = Table.learn(INPUTS, frame(seen * 2), squash=squash)
    assert same(table.rows(asked), table.matrix(Dataset(frame(asked), INPUTS)))


@settings(max_examples=200, deadline=None)
@given(times)
def test_the_parts_of_a_time(cell):
    together = columns.time_parts(pl.Series([cell], dtype=pl.Datetime("us")))[0]
    assert np.array_equal(np.array(columns.time_parts_of(cell), dtype=np.float64), together, equal_nan=True)


@pytest.mark.parametrize("learn", [Codes.learn, Table.learn])
def test_a_table_without_a_number(learn):
    inputs = (Column("c", Kind.CATEGORY),)
    data = pl.DataFrame({"c": ["x", "x", "y", "y"]})
    features = learn(inputs, data)
    assert same(
        features.rows([{"c": "y"}, {"c": None}]), features.matrix(Dataset(pl.DataFrame({"c": ["y", None]}), inputs))
    )
