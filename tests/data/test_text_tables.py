"""Text tables: what is found, what is repaired with a notice, what is refused by row."""

import codecs
import contextlib
import io
import os

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fathom.data.mixture import MIXED
from fathom.data.read import raw, read
from fathom.data.streams import lazy
from fathom.errors import DataError

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp949")


@pytest.fixture
def table(tmp_path):
    """Write bytes to a table file and give its path."""

    def write(data, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(table, encoding, delimiter):
    rows = [("이름", "도시"), ("김철수", "서울"), ("이영희", "부산, 해운대; 우동"), ("박 민수", "대구")]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + "\n"
    frame, source, _ = raw(table(text.encode(encoding)))
    assert frame.rows() == rows[1:]
    assert frame.columns == ["이름", "도시"]
    assert bool(source.notices) == (encoding != "utf-8" or delimiter != ",")


def test_latin_is_not_taken_for_korean(table):
    text = "nom;ville\nÉlise Müller;Besançon\nJosé Ärger;Orléans\nZoë;Neuchâtel\n"
    frame, source, _ = raw(table(text.encode("latin-1")))
    assert frame["ville"].to_list() == ["Besançon", "Orléans", "Neuchâtel"]
    assert "Latin-1" in source.notices[0]


def test_korean_export_says_so(table):
    _, source, _ = raw(table("상품,가격\n사과,1200\n배,3400\n".encode("cp949")))
    assert "CP949" in source.notices[0]


def test_one_bad_byte_does_not_garble_the_rest(table):
    text = "상품,가격\n" + "사과와 배,1200\n" * 20
    frame, source, _ = raw(table(text.encode() + b"\xff,3\n"))
    assert frame["상품"].to_list() == ["사과와 배"] * 20 + ["�"]
    assert "damaged" in source.notices[0]


def test_each_line_of_mixed_encodings_is_read_in_its_own(table):
    frame, source, _ = raw(table("이름\n홍길동\n".encode() + "홍길동\n김\n㈜가\n".encode("cp949") * 40))
    assert frame["이름"].to_list() == ["홍길동", *["홍길동", "김", "㈜가"] * 40]
    assert source.notices == (
        "2 lines are in UTF-8 in a file in CP949 (Korean Windows), the first is line 1; they were read as such.",
    )


def test_a_header_in_another_encoding_than_the_rows(table):
    frame, source, _ = raw(table("이름,도시\n".encode() + "홍길동,서울\n김철,부산\n".encode("cp949") * 40))
    assert frame.columns == ["이름", "도시"]
    assert frame.row(0) == ("홍길동", "서울")
    assert "Line 1 is in UTF-8" in source.notices[0]


@pytest.mark.parametrize(("row", "encoding"), [("홍길동", "cp949"), ("짜장면", "cp949"), ("Müller", "latin-1")])
def test_one_row_in_another_encoding(table, row, encoding):
    head, tail = "이름,도시\n" + "김영희,부산\n" * 30, "박민수,서울\n" * 30
    path = table(head.encode() + f"{row},x\n".encode(encoding) + tail.encode())
    frame, source, _ = raw(path)
    assert frame["이름"].to_list() == ["김영희"] * 30 + [row] + ["박민수"] * 30
    assert "Line 32 is in " in source.notices[0]
    with lazy(path) as (stream, notices):
        assert stream.collect().equals(frame)
        assert notices == source.notices


def test_lines_are_read_alike_however_the_file_is_cut(table):
    data = "김영희\n".encode() + "홍길동\n".encode("cp949") + "Müller\n".encode("latin-1") + "박\r\n".encode()
    decoder = codecs.getincrementaldecoder(MIXED)()
    pieces = [decoder.decode(bytes([byte])) for byte in data] + [decoder.decode(b"", final=True)]
    assert "".join(pieces) == data.decode(MIXED) == "김영희\n홍길동\nMüller\n박\r\n"


def test_damage_beyond_the_sample_is_still_found(table):
    body = b"a,b\n" + b"x,1\n" * 100_000
    with pytest.raises(DataError, match="NUL") as caught:
        raw(table(body + b"y\0,2\n"))
    assert "line 100,002" in caught.value.where
    frame, source, _ = raw(table(body + "é,2\n".encode("latin-1")))
    assert frame["a"][-1] == "é"
    assert "Latin-1" in source.notices[0]


REFUSED = {
    "empty": (b"", "empty", ""),
    "blank": (b"\n \n\n", "empty", ""),
    "separators": (b",,,\n,,,\n", "no text", ""),
    "header only": (b"a,b\n", "no rows", ""),
    "header and blanks": (b"a,b\n\n,\n", "no rows", ""),
    "too many cells": (b"a,b\n1,2\n3,4,5\n", r"Row 2 has 3 cells", "line 3"),
    "never closed": (b'a,b\n1,2\n"x,3\n4,5\n', "quote", "line 3"),
    "closed too soon": (b'a,b\n1,2\n"x"y,3\n', "quote", "line 3"),
    "json": (b'{"a": 1}\n{"a": 2}\n', "it is JSON", ""),
    "web page": (b"<!DOCTYPE html><html>", "web page", ""),
    "excel": (b"PK\x03\x04\0\0", "Excel", ""),
    "picture": (b"\x89PNG\r\n", "picture", ""),
    "nul": (b"a,b\n1,2\n\0,2\n", "NUL", "line 3"),
    "truncated UTF-16": ("a,b\n1,2\n".encode("utf-16")[:-1], "damaged", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(table, name):
    data, what, where = REFUSED[name]
    path = table(data)
    with pytest.raises(DataError, match=what) as caught:
        read(path)
    assert str(path) in caught.value.where
    assert where in caught.value.where
    assert caught.value.remedy


REPAIRED = {
    "title": (b"Sales,,\n,,\na,b,c\n1,2,3\n4,5,6\n", [("1", "2", "3"), ("4", "5", "6")], "'Sales'"),
    "remarks": (b"# made\n# by me\na,b\n1,2\n3,4\n", [("1", "2"), ("3", "4")], "# made / # by me"),
    "short rows": (b"a,b,c\n1,2,3\n4\n5,6,7\n", [("1", "2", "3"), ("4", None, None), ("5", "6", "7")], "shorter"),
    "short rows and quotes": (b'a,b\n"1,5",2\n4\n', [("1,5", "2"), ("4", None)], "shorter"),
    "overhang": (b"a,b\n1,2,\n3,4,\n", [("1", "2"), ("3", "4")], "empty cells"),
    "blank rows": (b"a,b\n1,2\n\n3,4\n,\n", [("1", "2"), ("3", "4")], "2 empty rows"),
    "blank start": (b"\n\na,b\n1,2\n", [("1", "2")], ""),
    "same names": (b"a,a\n1,2\n", [("1", "2")], "stands twice"),
    "no name": (b"a,\n1,2\n", [("1", "2")], "no name"),
    "no header": (b"5.1,3.5\n4.9,3.0\n", [("5.1", "3.5"), ("4.9", "3.0")], "read as data"),
    "mixed ends": (b"a,b\r\n1,2\n3,4\r\n", [("1", "2"), ("3", "4")], ""),
    "old ends": (b"a,b\r1,2\r3,4\r", [("1", "2"), ("3", "4")], ""),
    "quoted lines": (b'a,b\n"x\ny",2\n"p\r\nq",4\n', [("x\ny", "2"), ("p\r\nq", "4")], ""),
    "quote inside": (b'a,b\n5" pipe,2\n3" x,4\n', [('5" pipe', "2"), ('3" x', "4")], ""),
    "doubled quotes": (b'a,b\n"say ""hi""",2\n', [('say "hi"', "2")], ""),
    "no last end": (b"a,b\n1,2\n3,4", [("1", "2"), ("3", "4")], ""),
    "one column": (b"a\n1\n2\n", [("1",), ("2",)], ""),
}


@pytest.mark.parametrize("name", REPAIRED)
def test_repaired(table, name):
    data, rows, notice = REPAIRED[name]
    frame, source, _ = raw(table(data))
    assert frame.rows() == rows
    assert notice in " ".join(source.notices)
    assert bool(source.notices) == bool(notice)
    assert len(set(frame.columns)) == frame.width


def test_huge_cell(table):
    frame, _, _ = raw(table(b'a,b\n"' + b"x" * 1_000_000 + b'",2\n1,3\n'))
    assert frame["a"].str.len_bytes()[0] == 1_000_000


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(DataError, match="no regular file"):
        read(tmp_path / "a.csv")


def test_hangul_path(table):
    assert len(read(table(b"a,b\n1,2\n", name="매출 자료 (최종).csv"))) == 1


cells = st.text(st.characters(min_codepoint=33, max_codepoint=126) | st.sampled_from("가나다라뷁한글"), max_size=8)
words = st.text("abcdefghij가나다라마XYZ", min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(words, cells, cells), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(ENCODINGS),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(table, rows, delimiter, encoding, end):
    frame = pl.DataFrame(rows, schema=["이름", "도시", "상품명"], orient="row")
    file = io.StringIO()
    frame.write_csv(file, separator=delimiter, quote_style="always", line_terminator=end)
    path = table(file.getvalue().encode(encoding))
    found = raw(path)[0]
    expected = frame.with_columns(pl.all().replace("", None))
    assert found.rows() == expected.rows()
    assert found.columns == frame.columns


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=200), st.text('ab1,;"\n\r\t가 \0', max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused(table, data):
    path = table(data)
    with contextlib.suppress(DataError):
        assert len(read(path)) > 0
