import polars as pl
import pytest

from fathom.data import boxes, spans
from fathom.data.lists import LOOK, has_gaps, read_cell


@pytest.mark.parametrize("cell", ["?", "{}", 3, None, "[" * 100_000, '[1, "x"]'])
def test_what_is_no_list_of_them(cell):
    assert read_cell(cell, lambda one: one if one == 1 else None) is None


@pytest.mark.parametrize(("holds", "cell"), [(boxes.holds, '[[0, 0, 9, 5, "cat"]]'), (spans.holds, '[[0, 5, "city"]]')])
def test_a_column_is_told_by_most_of_its_cells(holds, cell):
    assert holds(pl.Series([cell] * 9 + ["?"]))
    assert holds(pl.Series(["NA", "", None, cell]))
    assert not holds(pl.Series([cell] * 8 + ["?"] * 2))
    assert not holds(pl.Series(["[]", "[]"]))  # whose lists these are nobody can tell
    assert not holds(pl.Series([3, 4]))


def test_of_a_long_column_cells_from_all_of_it_are_looked_at():
    column = pl.Series(['[[0, 5, "city"]]'] * LOOK + ["?"] * 9 * LOOK)
    assert not spans.holds(column)


def test_a_field_that_is_missing_is_a_gap():
    whole = spans.stored("x", [[(0, 5, "city")], [], None])
    lacking = pl.Series("x", [[{"start": 0, "end": None, "label": "city"}]], dtype=spans.STORED)
    assert not has_gaps(whole, spans.FIELDS)
    assert has_gaps(lacking, spans.FIELDS)
