"""Every format: read, and a damaged file of it refused with its path and a remedy."""

import contextlib
import datetime
import json
import zipfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.kinds import Kind
from fathom.data.read import raw, read
from fathom.errors import DataError

FRAME = pl.DataFrame(
    {
        "size": [1.5, None, 3.0],
        "city": ["서울", "부산", None],
        "day": [datetime.date(2024, 3, 1), None, datetime.date(2024, 3, 3)],
        "new": [True, False, None],
    }
)
WRITERS = {
    "parquet": FRAME.write_parquet,
    "arrow": FRAME.write_ipc,
    "feather": FRAME.write_ipc,
    "ipc": FRAME.write_ipc_stream,
    "jsonl": FRAME.write_ndjson,
    "json": FRAME.write_json,
    "csv": FRAME.write_csv,
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_table_from_every_format(tmp_path, suffix):
    path = tmp_path / f"표.{suffix}"
    WRITERS[suffix](path)
    data = read(path)
    assert [str(column.kind) for column in data.columns] == ["number", "category", "time", "category"]
    assert data["size"].to_list() == [1.5, None, 3.0]
    assert data["city"].to_list() == ["서울", "부산", None]
    assert data["day"][2] == datetime.datetime(2024, 3, 3)
    assert data["new"].to_list() == ["true", "false", None]
    assert (data.source.name, data.source.location) == ("표", str(path))
    assert data.fingerprint() == read({name: data[name] for name in data.names}).fingerprint()


def test_excel(tmp_path, workbook):
    path = workbook(
        tmp_path / "표.xlsx", {"첫째": [["size", "city", None], [1.5, "서울", "x"], [3, None, "y"]], "notes": [["a"]]}
    )
    data = read(path)
    assert data.names == ("size", "city", "column 3")
    assert data["size"].to_list() == [1.5, 3.0]
    assert data["city"].to_list() == ["서울", None]
    assert "not read: notes" in data.source.notices[0]


def test_empty_workbook(tmp_path, workbook):
    with pytest.raises(DataError, match="no rows"):
        read(workbook(tmp_path / "a.xlsx", {"one": [], "two": []}))


DAMAGES = {
    "empty": lambda whole: b"",
    "text": lambda whole: b"a,b\n1,2\n",
    "half": lambda whole: whole[: len(whole) // 2],
    "no end": lambda whole: whole[:-6],
    "binary": lambda whole: b"\x93\0\xff" * 99,
}
DAMAGED = [(suffix, damage) for suffix in ("parquet", "arrow", "ipc", "jsonl", "json", "xlsx") for damage in DAMAGES]
DAMAGED.remove(("ipc", "no end"))  # an Arrow stream may end without its end mark


@pytest.mark.parametrize(("suffix", "damage"), DAMAGED)
def test_damaged_files_are_refused(tmp_path, suffix, damage, workbook):
    path = tmp_path / f"table.{suffix}"
    if suffix == "xlsx":
        workbook(path, {"one": [["a", "b"], *([float(i), "x"] for i in range(50))]})
    else:
        WRITERS[suffix](path)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(path) in caught.value.where
    assert caught.value.remedy
    assert "\n" not in caught.value.what


def test_spreadsheet_bombs_are_not_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(DataError, match="unfolds"):
        read(tmp_path / "a.xlsx")


def test_a_small_parquet_of_many_rows_is_sampled(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": np.zeros(200_000), "y": np.ones(200_000)}).write_parquet(path)
    assert path.stat().st_size < 20_000
    assert len(read(path, limit_bytes=200_000)) < 100_000


def test_large_json_lines_read_the_same(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1, "b": {"c": "x"}}\n{"a": 2.5, "b": null, "d": true}\n')
    slow = read(path)
    monkeypatch.setattr("fathom.data.columnar.LARGE", 0)
    assert read(path).fingerprint() == slow.fingerprint()
    path.write_text('{"a": 1}\n{"a": 2\n')
    with pytest.raises(DataError, match="Line 2"):
        read(path)


def test_a_parquet_that_ends_its_reader_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    FRAME.write_parquet(path)
    assert len(read(path)) == len(FRAME)
    monkeypatch.setattr("fathom.data.columnar.TRIAL", "import os, sys; sys.stderr.write('too large\\n'); os.abort()")
    with pytest.raises(DataError, match="no whole Parquet file: too large"):
        read(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), suffix=st.sampled_from(["parquet", "arrow", "ipc"]))
def test_flipped_bytes_never_crash(data, suffix, tmp_path_factory):
    path = tmp_path_factory.mktemp("flip") / f"table.{suffix}"
    WRITERS[suffix](path)
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    with contextlib.suppress(DataError):
        read(path)


def test_json_names_the_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2\n')
    with pytest.raises(DataError, match="Line 3"):
        read(path)
    path.write_text('{"a": 1}\n[2]\n')
    with pytest.raises(DataError, match="Row 2 is no object"):
        read(path)
    path.write_text('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}\n")
    with pytest.raises(DataError, match="Line 1"):
        read(path)


def test_json_rows_may_differ(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1, "b": {"c": 2, "d": {"e": "x"}}}\n{"a": "many", "z": [1, 2]}\n')
    data = read(path)
    assert data.names == ("a", "b.c", "b.d.e", "z")
    assert data["a"].to_list() == ["1", "many"]
    assert data.column("z").ignored == "nested values"


def test_many_rows_for_little_memory(tmp_path):
    path = tmp_path / "a.csv"
    rows = 20_000
    path.write_text("x,label\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(rows)))
    size = path.stat().st_size
    data = read(path, limit_bytes=size // 4)
    assert data.source.rows == rows
    assert len(data) == pytest.approx(rows / 4, rel=0.1)
    assert data["x"].mean() == pytest.approx(rows / 2, rel=0.03)  # from all over the file
    assert any("drawn at random" in notice for notice in data.source.notices)
    assert read(path, limit_bytes=size // 4).fingerprint() == data.fingerprint()
    pl.read_csv(path).write_parquet(tmp_path / "a.parquet")
    assert len(read(tmp_path / "a.parquet", limit_bytes=1_000)) < rows


def test_wrong_paths(tmp_path):
    (tmp_path / "sales.csv").write_text("a\n1\n")
    with pytest.raises(DataError, match="no file or folder") as caught:
        read(tmp_path / "sale.csv")
    assert "sales.csv" in caught.value.remedy
    for name, what in [("a.docx", "no format"), ("noname", "no format")]:
        (tmp_path / name).write_text("x")
        with pytest.raises(DataError, match=what):
            read(tmp_path / name)
    with pytest.raises(DataError, match="no sample 'digit'") as caught:
        read("sample:digit")
    assert "digits" in caught.value.remedy
    with pytest.raises(DataError):
        read("a\0.csv")


def test_pictures_beside_a_table(tmp_path, picture):
    (tmp_path / "사진").mkdir()
    for number in range(3):
        (tmp_path / "사진" / f"{number}.png").write_bytes(picture(seed=number))
    (tmp_path / "labels.tsv").write_text(
        "file\tlabel\n" + "".join(f"사진/{number}.png\t{number % 2}\n" for number in range(3))
    )
    data = read(tmp_path / "labels.tsv")
    assert (data.column("file").kind, data.folder) == (Kind.IMAGE, tmp_path)


def test_samples():
    sizes = {"digits": 1_797, "customers": 600, "diabetes": 442, "breast-cancer": 569}
    for name, rows in sizes.items():
        data = read(f"sample:{name}")
        assert (len(data), data.source.name) == (rows, name)
        assert data.fingerprint() == read(f"sample:{name}").fingerprint()
    digits = read("sample:digits")
    assert digits.column("digit").kind == Kind.CATEGORY
    assert {column.kind for column in read("sample:customers").columns} == {Kind.NUMBER, Kind.CATEGORY, Kind.TIME}


def test_raw_is_untouched(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n 1 ,?\n")
    frame, _, folder = raw(tmp_path / "a.csv")
    assert frame.rows() == [(" 1 ", "?")]
    assert folder == tmp_path


def test_reading_a_dataset_again_changes_nothing():
    data = read("sample:customers")
    assert read(data) is data
    assert np.isclose(read(data, kinds={"people": "category"}).column("age").middle, data.column("age").middle)


def test_json_text_of_an_export(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"a": 1}, {"a": 2}]))
    assert read(tmp_path / "a.json")["a"].to_list() == [1.0, 2.0]
