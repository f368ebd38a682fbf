"""Documents from folders, files, tables and lists; what is none is counted and named, or refused with advice."""

import datetime

import numpy as np
import polars as pl
import pytest

from fathom.analytics.documents import documents, language
from fathom.analytics.files import plain
from fathom.errors import DataError

LETTER = "누수 피해를 접수했습니다. 배관이 터졌습니다."


@pytest.fixture
def folder(tmp_path):
    """Documents in every encoding, in sub-folders, with files that are none."""
    (tmp_path / "more").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "a.txt").write_text("A claim. 🙂 שלום", "utf-8")
    (tmp_path / "cp949.txt").write_bytes(LETTER.encode("cp949"))
    (tmp_path / "more" / "bom.txt").write_text("With a mark.", "utf-8-sig")
    (tmp_path / "more" / "utf16.txt").write_text(LETTER, "utf-16")
    (tmp_path / "more" / "unmarked.txt").write_bytes(LETTER.encode("utf-16-le"))
    (tmp_path / "more" / "notes.md").write_text("---\nkey: value\n---\n# Title\n\nSee [it](x.md), **now**.\n", "utf-8")
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "program.txt").write_bytes(b"\x01\x02\x03\x04\x05" * 100)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_text(" \n\t\n")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    (tmp_path / ".hidden" / "b.txt").write_text("never read")
    return tmp_path


def test_a_folder_of_any_files(folder):
    found = documents(folder)
    told = dict(zip(found.names, found.texts, strict=True))
    assert sorted(told) == [
        "a.txt",
        "cp949.txt",
        "more/bom.txt",
        "more/notes.md",
        "more/unmarked.txt",
        "more/utf16.txt",
    ]
    assert told["cp949.txt"] == told["more/utf16.txt"] == told["more/unmarked.txt"] == LETTER
    assert told["more/bom.txt"] == "With a mark."
    assert told["more/notes.md"].split("\n")[0] == "Title"
    assert "See it, now." in told["more/notes.md"]


def test_what_was_left_out_is_counted_and_named(folder):
    notices = documents(folder).source.notices
    assert "2 files were left out, because they hold no text (first: picture.txt)." in notices
    assert "2 empty documents were left out (first: blank.txt)." in notices
    assert "2 files in UTF-16." in notices
    assert "1 file in CP949 (Korean Windows)." in notices


def test_a_folder_with_dates_in_its_names(tmp_path):
    for day in (1, 9, 20):
        (tmp_path / f"note-2024-03-{day:02}.txt").write_text("A note.")
    found = documents(tmp_path)
    assert [str(when)[:10] for when in found.times] == ["2024-03-01", "2024-03-09", "2024-03-20"]
    assert any("dates in the files' names" in notice for notice in found.source.notices)


def test_a_folder_without_dates_has_no_times(folder):
    assert documents(folder).times is None


@pytest.mark.parametrize("name", ["", "x.txt", "letter.docx", "picture.png"])
def test_nothing_to_read(tmp_path, name):
    if name:
        (tmp_path / name).write_bytes(bytes(range(256)) * 9)
    with pytest.raises(DataError) as told:
        documents(tmp_path)
    assert told.value.remedy
    assert str(tmp_path) in told.value.where


def test_all_are_empty(tmp_path):
    (tmp_path / "a.txt").write_text("  ")
    with pytest.raises(DataError, match="no document with text"):
        documents(tmp_path)
    with pytest.raises(DataError, match="no document with text"):
        documents(["", " \n"])


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="no file or folder"):
        documents(tmp_path / "nowhere")


def test_files_have_no_columns(folder):
    with pytest.raises(DataError, match="no columns"):
        documents(folder, text="document")


def test_one_file_is_one_document(tmp_path):
    (tmp_path / "letter.txt").write_text("One. Two.\nThree.")
    found = documents(tmp_path / "letter.txt")
    assert (len(found), found.names) == (1, ("letter.txt",))


def test_a_text_file_may_be_a_table(tmp_path):
    rows = "\n".join(f"{at}\tThe water pipe burst again on day {at} of this month" for at in range(40))
    (tmp_path / "table.txt").write_text(f"number\tletter\n{rows}\n")
    assert len(documents(tmp_path / "table.txt", text="letter")) == 40


def table(rows=30):
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=at) for at in range(rows)]
    texts = [f"The water pipe burst in the kitchen on day {at}" for at in range(rows)]
    return pl.DataFrame({"id": range(rows), "short": ["a", "b", "c"] * (rows // 3), "letter": texts, "day": days})


def test_a_table_is_read_by_its_longest_texts_and_its_only_times():
    found = documents(table())
    assert (found.column, found.time) == ("letter", "day")
    assert found.rows.tolist() == list(range(30))
    assert found.times[0] == np.datetime64("2024-01-01")


def test_empty_cells_are_counted_and_rows_keep_their_numbers():
    frame = table().with_columns(pl.when(pl.col("id") == 4).then(None).otherwise(pl.col("letter")).alias("letter"))
    found = documents(frame, "letter")
    assert len(found) == 29
    assert 4 not in found.rows
    assert "1 empty document was left out (row 5)." in found.source.notices


@pytest.mark.parametrize(
    ("text", "time", "what"),
    [("lettr", None, "no column 'lettr'"), ("id", None, "holds no text"), (None, "short", "holds no times")],
)
def test_columns_that_do_not_fit(text, time, what):
    with pytest.raises(DataError, match=what) as told:
        documents(table(), text, time)
    assert told.value.remedy


def test_a_table_without_texts():
    with pytest.raises(DataError, match="no column of text"):
        documents({"a": [1.5, 2.0, 3.0], "b": [4, 5, 6]})


def test_hangul_is_one_whatever_way_it_is_written():
    (text,) = documents(["\u1112\u1161\u11ab\u1100\u1173\u11af"]).texts
    assert text == "한글"


def test_languages():
    assert [language(text) for text in ("Hello", "안녕하세요 hello", "שלום", "🙂", "1,000")] == [
        "en", "ko", "other", "other", "other"
    ]  # fmt: skip


def test_code_in_markdown_is_no_text():
    assert "import" not in plain("Before.\n```python\nimport os\n```\nAfter.")
