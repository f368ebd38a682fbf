"""New rows: what fits is cast as in training, what does not is named by column and row."""

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.conform import conform
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.data.read import read
from fathom.errors import DataError, RowError

COLUMNS = (
    Column("age", Kind.NUMBER),
    Column("price", Kind.NUMBER, format="decimal-comma"),
    Column("city", Kind.CATEGORY, categories=("Seoul", "Busan")),
    Column("new", Kind.CATEGORY, categories=("True", "False")),
    Column("day", Kind.TIME, format="%d.%m.%Y"),
    Column("note", Kind.TEXT),
)
GOOD = {"age": "31", "price": "1,5", "city": "Jeju", "new": True, "day": "01.03.2024", "note": "x", "extra": 1}


def test_good_rows():
    found = conform(pl.DataFrame([GOOD, dict.fromkeys(GOOD)]), COLUMNS)
    assert found.columns == [column.name for column in COLUMNS]
    assert found.row(0) == (31.0, 1.5, "Jeju", "True", datetime.datetime(2024, 3, 1), "x")
    assert found.row(1) == (None,) * 6


def test_a_request_may_send_what_a_file_cannot():
    found = conform(
        pl.DataFrame([{**GOOD, "age": 31, "price": 2.5, "day": "2024-03-01T14:30:00Z", "city": 7}]), COLUMNS
    )
    assert found.row(0)[:5] == (31.0, 2.5, "7", "True", datetime.datetime(2024, 3, 1, 14, 30))


BAD = {
    "word": ("age", "old"),
    "list": ("age", [1]),
    "object": ("city", {"a": 1}),
    "infinite": ("age", "inf"),
    "point for comma": ("price", "1.55"),
    "no day": ("day", "31.02.2024"),
    "number for a day": ("day", 5.5),
    "long": ("age", "x" * 1000),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_values_are_named(name):
    column, value = BAD[name]
    frame = pl.DataFrame([GOOD]).vstack(pl.DataFrame([GOOD])).drop(column)
    frame = frame.with_columns(pl.Series(column, [None, value]))
    with pytest.raises(RowError) as caught:
        conform(frame, COLUMNS, where="new.csv", first_row=11)
    assert (caught.value.column, caught.value.row) == (column, 12)
    assert caught.value.where == f"new.csv, column '{column}', row 12"
    assert len(caught.value.what) < 120


def test_infinite_numbers_are_refused_and_nan_is_missing():
    with pytest.raises(RowError):
        conform(pl.DataFrame({"age": [float("inf")]}), COLUMNS[:1])
    assert conform(pl.DataFrame({"age": [float("nan")]}), COLUMNS[:1])["age"].to_list() == [None]


def test_missing_columns_suggest_the_nearest():
    with pytest.raises(DataError, match="'age'") as caught:
        conform(pl.DataFrame({"Age": [1]}), COLUMNS[:1], where="new.csv")
    assert "'Age'" in caught.value.remedy
    assert caught.value.where == "new.csv"
    assert conform(pl.DataFrame(schema={"age": pl.String}), COLUMNS[:1]).height == 0


def test_pictures_as_bytes_and_as_paths(tmp_path, picture):
    column = (Column("image", Kind.IMAGE),)
    assert conform(pl.DataFrame({"image": [picture()]}), column)["image"].dtype == pl.Binary
    (tmp_path / "a.png").write_bytes(picture())
    assert conform(pl.DataFrame({"image": ["a.png"]}), column, folder=tmp_path)["image"].to_list() == ["a.png"]
    for cell, folder in (("a.png", None), ("../a.png", tmp_path), ("b.png", tmp_path), ("/etc/passwd", tmp_path)):
        with pytest.raises(RowError) as caught:
            conform(pl.DataFrame({"image": [cell]}), column, folder=folder)
        assert caught.value.row == 1


cells = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["1", "2,5", "?", "a", "2024-01-01", "12 %", "yes"]))


@settings(max_examples=150, deadline=None)
@given(values=st.lists(cells, min_size=1, max_size=20))
def test_training_rows_conform_to_what_was_read_unless_they_were_slips(values):
    data = read({"x": pl.Series(values, dtype=pl.String)})
    raw = pl.DataFrame({"x": pl.Series(values, dtype=pl.String)})
    if data.column("x").kind == Kind.IMAGE:
        return
    if any("count as missing (first" in notice for notice in data.source.notices):
        with pytest.raises(RowError):
            conform(raw, data.columns)
    else:
        assert conform(raw, data.columns).equals(data.frame)
    assert conform(data.frame, data.columns).equals(data.frame)
    one_by_one = [conform(data.frame[row], data.columns) for row in range(len(data))]
    assert pl.concat(one_by_one).equals(data.frame)


def test_the_only_column_of_pictures_is_meant_whatever_its_name(tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encode(np.zeros((8, 8), np.uint8)))
    asked = [Column("filename", Kind.IMAGE)]
    paths = pl.DataFrame({"image": ["a.png", "b.png"], "note": ["x", "y"]})
    assert conform(paths, asked, folder=tmp_path).to_dict(as_series=False) == {"filename": ["a.png", "b.png"]}
    held = pl.DataFrame({"photo": [encode(np.zeros((8, 8), np.uint8))], "key": [b"no picture"]})
    assert conform(held, asked).columns == ["filename"]
    with pytest.raises(RowError) as caught:
        conform(pl.DataFrame({"image": ["a.png", "b.png", "gone.png"]}), asked, folder=tmp_path)
    assert (caught.value.column, caught.value.row) == ("image", 3)


def test_columns_of_pictures_are_not_guessed_among_several(tmp_path):
    (tmp_path / "a.png").write_bytes(encode(np.zeros((8, 8), np.uint8)))
    for frame, asked in (
        ({"image": ["a.png"], "other": ["a.png"]}, ["filename"]),
        ({"image": ["a.png"]}, ["filename", "second"]),
        ({"image": ["gone.png"]}, ["filename"]),
        ({"image": [3.5]}, ["filename"]),
    ):
        with pytest.raises(DataError, match="missing"):
            conform(pl.DataFrame(frame), [Column(name, Kind.IMAGE) for name in asked], folder=tmp_path)
