"""Batches: together they are the table, and none is larger than asked for."""

import polars as pl
import pytest

from fathom.data.kinds import Column, Kind
from fathom.data.read import raw
from fathom.data.scan import batches
from fathom.errors import DataError

FRAME = pl.DataFrame({"x": [str(i) for i in range(1_000)], "이름": [f"가{i}" for i in range(1_000)]})
WRITERS = {
    "csv": lambda path: FRAME.write_csv(path),
    "tsv": lambda path: FRAME.write_csv(path, separator="\t"),
    "parquet": lambda path: FRAME.write_parquet(path, row_group_size=90),
    "arrow": lambda path: FRAME.write_ipc(path),
    "jsonl": lambda path: FRAME.write_ndjson(path),
    "json": lambda path: FRAME.write_json(path),
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_batches_are_the_table(tmp_path, suffix):
    path = tmp_path / f"표.{suffix}"
    WRITERS[suffix](path)
    found = list(batches(path, [Column("x", Kind.NUMBER)], rows=300))
    assert max(batch.height for batch in found) <= 300
    assert pl.concat(found).equals(FRAME)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(FRAME.write_csv().encode(encoding))
    assert pl.concat(batches(path, [], rows=64)).equals(FRAME)


@pytest.mark.parametrize(
    "body",
    [
        b'1,2\n3\n"x ""y""",\n',
        b'5" pipe,1\n3" x,2\n',
        b"1,2\r3,4\r\n5,6\n",
        b'1,2\n\n"",3\n,\n',
        b'"p\nq",2\r\n3,4,\r\n' + b"x,y\r\n" * 10,
    ],
)
def test_what_reading_repairs_a_stream_repairs_too(tmp_path, body):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\na,a\n" + body)
    assert pl.concat(batches(path, [])).rows() == raw(path)[0].rows()
    assert pl.concat(batches(path, [])).columns == ["a", "a (2)"]


def test_objects_are_cut():
    assert [batch.height for batch in batches(FRAME, [], rows=400)] == [400, 400, 200]


def test_missing_columns_and_damage(tmp_path):
    path = tmp_path / "a.csv"
    FRAME.write_csv(path)
    with pytest.raises(DataError, match="'z'"):
        next(batches(path, [Column("z", Kind.NUMBER)]))
    with path.open("a") as file:
        file.write("1,2,3\n")
    with pytest.raises(DataError, match="Row 1,001 has 3 cells") as caught:
        list(batches(path, []))
    assert f"{path}, line 1,002" == caught.value.where
    (tmp_path / "b.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError):
        list(batches(tmp_path / "b.parquet", []))
