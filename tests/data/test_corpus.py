"""Texts without labels, wherever they are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fathom.data import corpus
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError


def test_a_file_has_one_text_a_line(tmp_path):
    (tmp_path / "texts.txt").write_text("\ufeffone\n\n 두 번째 \r\nthree", "utf-8")
    assert corpus.corpus(str(tmp_path / "texts.txt")) == ["one", " 두 번째 ", "three"]


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    (tmp_path / "deeper").mkdir()
    for name, text in {"b.txt": "two", "a.txt": "one", "deeper/c.txt": "three", "d.MD": "four", "e.csv": "no"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / ".hidden.txt").write_text("no", "utf-8")
    assert corpus.corpus(str(tmp_path)) == ["one", "two", "four", "three"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_the_encoding_of_each_file_is_found(tmp_path, encoding):
    lines = ["환불을 받고 싶습니다", "배송이 늦습니다"]
    (tmp_path / "a.txt").write_bytes("\r\n".join(lines).encode(encoding))
    (tmp_path / "b.txt").write_text("셋째", "utf-8")
    assert corpus.corpus(str(tmp_path)) == [*lines, "셋째"]


@pytest.mark.parametrize("name", ["notes.csv", "notes.TSV", "notes.json", "notes.xlsx"])
def test_a_table_is_refused(tmp_path, name):
    (tmp_path / name).write_text('id,note\n1,"one"\n', "utf-8")
    with pytest.raises(DataError, match="is a table") as raised:
        corpus.corpus(str(tmp_path / name))
    assert "column of the data" in raised.value.remedy


def test_the_file_that_is_damaged_is_named(tmp_path):
    (tmp_path / "a.txt").write_text("one", "utf-8")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(DataError, match="damaged") as raised:
        corpus.corpus(str(tmp_path))
    assert raised.value.where == str(tmp_path / "b.txt")


def test_what_was_written_is_read_again(tmp_path):
    corpus.write(["one\nline", "two"], tmp_path / "stock.parquet")
    assert corpus.corpus(str(tmp_path / "stock.parquet")) == ["one\nline", "two"]


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.write_bytes(b"\xff\xfe\xff"), lambda path: path.mkdir()]
)
def test_what_cannot_be_read_is_a_clear_error(tmp_path, make):
    path = tmp_path / "texts.txt"
    make(path)
    with pytest.raises(DataError) as raised:
        corpus.corpus(str(path))
    assert raised.value.remedy


def test_a_column_goes_before_a_file_and_only_its_rows_are_read():
    frame = pl.DataFrame({"note": ["one", None, "one", "two"], "size": [1.0, 2.0, 3.0, 4.0]})
    data = Dataset(frame, (Column("note", Kind.TEXT), Column("size", Kind.NUMBER)))
    assert corpus.texts_of("note", data, np.arange(3)) == ["one"]
    with pytest.raises(DataError, match="holds no text"):
        corpus.texts_of("size", data, np.arange(3))
    with pytest.raises(DataError, match="no text"):
        corpus.texts_of("note", data, np.array([1]))
