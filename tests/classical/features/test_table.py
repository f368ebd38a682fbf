import json
from datetime import datetime

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.classical.features.table import Table
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind

NUMBER, CATEGORY = (Column("a", Kind.NUMBER),), (Column("c", Kind.CATEGORY),)


def _numbers(cells):
    return Dataset(pl.DataFrame({"a": pl.Series(cells, dtype=pl.Float64)}), NUMBER)


def _categories(cells):
    return Dataset(pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)}), CATEGORY)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(width=64)), max_size=30), st.booleans())
def test_any_numbers_become_finite_features(cells, squash):
    rows = _numbers(cells)
    table = Table.learn(NUMBER, rows.frame, squash=squash)
    matrix = table.matrix(rows)
    assert matrix.shape == (len(cells), len(table.names))
    assert np.isfinite(matrix).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=30), st.lists(st.text(max_size=3), max_size=5))
def test_any_categories_become_at_most_one_mark(cells, strange):
    table = Table.learn(CATEGORY, _categories(cells).frame)
    matrix = table.matrix(_categories([*cells, *strange]))
    assert set(np.unique(matrix)) <= {0.0, 1.0}
    assert matrix.sum(axis=1).max(initial=0) <= 1


def test_units_don_t_matter():
    cells = [1.0, 2.0, None, 5.0, 100.0]
    larger = [None if cell is None else cell * 1000 for cell in cells]
    for squash in (False, True):
        matrices = [
            Table.learn(NUMBER, _numbers(each).frame, squash=squash).matrix(_numbers(each)) for each in (cells, larger)
        ]
        assert np.allclose(*matrices)


def test_rare_and_unseen_categories_share_a_feature():
    table = Table.learn(CATEGORY, _categories(["a"] * 5 + ["b"] * 3 + ["c"]).frame)
    assert table.names == ["c = a", "c = b", "c = other"]
    assert table.matrix(_categories(["c", "z", None])).tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 0]]


def test_many_categories_stay_within_room():
    cells = [f"level {number % 3_000}" for number in range(9_000)]
    assert len(Table.learn(CATEGORY, _categories(cells).frame).names) <= 2_000


def test_constants_and_empty_columns_are_dropped():
    inputs = (*NUMBER, *CATEGORY)
    frame = pl.DataFrame({"a": [1.0, 1.0], "c": pl.Series([None, None], dtype=pl.String)})
    table = Table.learn(inputs, frame)
    assert table.names == ["nothing"]
    assert table.matrix(Dataset(frame, inputs)).tolist() == [[0.0], [0.0]]


def test_times_are_told_in_parts():
    inputs = (Column("t", Kind.TIME),)
    days = [datetime(2023, 1, 2), datetime(2023, 1, 7), datetime(2024, 7, 7, 18)]
    frame = pl.DataFrame({"t": pl.Series(days, dtype=pl.Datetime("us"))})
    table = Table.learn(inputs, frame)
    assert {"t: day", "t: weekday", "t: hour", "t: sine of month"} <= set(table.names)
    assert np.isfinite(table.matrix(Dataset(frame, inputs))).all()


def test_few_and_many_rows_are_read_alike(kit):
    dataset, problem = kit["mixed"](700)
    table = Table.learn(problem.inputs, dataset.frame)
    whole = table.matrix(dataset)
    assert np.array_equal(whole[:10], table.matrix(dataset.take(range(10))))


def test_survives_json(kit):
    dataset, problem = kit["mixed"](100)
    table = Table.learn(problem.inputs, dataset.frame)
    assert Table.from_json(json.loads(json.dumps(table.to_json()))) == table
