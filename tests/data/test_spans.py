import json

import polars as pl
import pytest

from fathom.data import spans
from fathom.data.kinds import Kind
from fathom.data.read import raw, read
from fathom.errors import DataError, RowError

SEOUL = [{"start": 3, "end": 8, "label": "city"}]
FORMS = {
    "spaCy": {"text": "to Seoul", "entities": [[3, 8, "city"]]},
    "Doccano": {"text": "to Seoul", "label": [[3, 8, "city"]]},
    "Doccano labels": {"id": 1, "text": "to Seoul", "labels": [[3, 8, "city"]]},
    "Doccano relations": {
        "text": "to Seoul",
        "entities": [{"id": 1, "label": "city", "start_offset": 3, "end_offset": 8}],
    },
    "Prodigy": {"text": "to Seoul", "spans": [{"start": 3, "end": 8, "label": "city"}]},
    "Label Studio small": {"text": "to Seoul", "label": [{"start": 3, "end": 8, "text": "Seoul", "labels": ["city"]}]},
    "Label Studio": {
        "data": {"text": "to Seoul"},
        "annotations": [{"result": [{"value": {"start": 3, "end": 8, "labels": ["city"]}, "type": "labels"}]}],
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_every_annotation_tool(tmp_path, form):
    for name, text in (("a.jsonl", json.dumps(FORMS[form])), ("b.json", json.dumps([FORMS[form]]))):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        data = read(path)
        assert data["text"].to_list() == ["to Seoul"]
        assert data["entities"].to_list() == [SEOUL]
        assert data.column("text").kind == Kind.TEXT
        assert any("texts with spans" in notice for notice in data.source.notices)


def test_pairs_of_text_and_entities(tmp_path):
    path = tmp_path / "train.json"
    path.write_text(json.dumps([["to Seoul", {"entities": [[3, 8, "city"]]}]]), "utf-8")
    assert read(path)["entities"].to_list() == [SEOUL]


def test_labels_of_a_whole_text_are_no_spans(tmp_path):
    path = tmp_path / "topics.jsonl"
    path.write_text('{"text": "to Seoul", "labels": ["travel"]}\n{"text": "home", "labels": []}\n', "utf-8")
    assert "entities" not in read(path).names


def test_json_in_a_cell(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text('text,marks\nto Seoul,"[[3, 8, ""city""]]"\nnothing here,[]\nnobody looked,\n', "utf-8")
    data = read(path)
    assert data.column("marks").kind == Kind.SPANS
    assert data["marks"].to_list() == [SEOUL, [], None]


def test_one_span_a_row(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(
        "id,text,start,end,label\n7,Emma in Seoul,0,4,name\n7,Emma in Seoul,8,13,city\n8,nothing,,,\n", "utf-8"
    )
    data = read(path)
    assert data["text"].to_list() == ["Emma in Seoul", "nothing"]
    assert [len(row) for row in data["entities"].to_list()] == [2, 0]
    assert data["id"].to_list() == [7.0, 8.0]


def test_other_tables_with_these_names_stay_as_they_are():
    table = {"text": ["a b", "c"], "start": [2019, 2020], "end": [2021, 2022], "label": ["x", "y"]}
    assert raw(table)[0].columns == ["text", "start", "end", "label"]


def test_overlaps_blanks_and_nothing_are_mended_and_told():
    rows = [[[0, 5, "city"], [3, 8, "day"]], [[0, 4, "a"], [4, 5, "b"]], [[0, 3, "c"]]]
    data = read({"text": ["Seoul on Monday", "abc d e", "  x"], "entities": list(map(json.dumps, rows))})
    assert [[(span["start"], span["end"]) for span in row] for row in data["entities"].to_list()] == [
        [(0, 5)],
        [(0, 3), (4, 5)],
        [(2, 3)],
    ]
    told = " ".join(data.source.notices)
    assert "1 span overlapped" in told
    assert "2 spans were cut off" in told
    assert "row 2" in told


def test_a_span_outside_its_text_names_row_and_column():
    with pytest.raises(RowError) as raised:
        read({"text": ["to Seoul", "short"], "entities": ['[[3, 8, "city"]]', '[[3, 80, "city"]]']})
    assert (raised.value.row, raised.value.column) == (2, "entities")
    assert "bytes" in raised.value.remedy


def test_texts_are_kept_to_the_letter():
    data = read({"text": [" to Seoul ", "home"], "entities": ['[[4, 9, "city"]]', "[]"]})
    assert data["text"][0] == " to Seoul "


@pytest.mark.parametrize("cell", ["[[1, 2]]", "[1, 2]", '[["a", 2, "x"]]', '[[1, 2, ""]]', "{}", "[true]"])
def test_what_is_no_list_of_spans(cell):
    assert spans.read_cell(cell) is None
    assert not spans.holds(pl.Series("x", [cell, cell]))


BAD = ["oops", [5.5, 8, "PER"], [[5, 8, None]], [[5.5, 8, "PER"]], {"start": 3}]


@pytest.mark.parametrize("bad", BAD)
def test_one_malformed_cell_among_many_counts_as_missing_and_is_told(bad):
    cells = [json.dumps([[3, 8, "city"]])] * 60
    cells[7] = bad if isinstance(bad, str) else json.dumps(bad)
    data = read({"text": ["to Seoul"] * 60, "entities": cells})
    assert data.column("entities").kind == Kind.SPANS
    assert (data["entities"][0].to_list(), data["entities"].null_count(), data["entities"][7]) == (SEOUL, 1, None)
    (told,) = [each for each in data.source.notices if "kind spans" in each]
    assert "1 value is not of kind spans" in told
    assert f"('{cells[7]}' in row 8)" in told


def test_a_stored_span_without_a_label_counts_as_missing_and_is_told():
    rows = [SEOUL] * 60
    rows[7] = [{"start": 3, "end": 8, "label": None}]
    data = read(pl.DataFrame({"text": ["to Seoul"] * 60, "entities": rows}))
    assert (data["entities"].null_count(), data["entities"][7]) == (1, None)
    assert any("1 value is not of kind spans" in each and "in row 8" in each for each in data.source.notices)


@pytest.mark.parametrize("name", ["entities", "label"])
@pytest.mark.parametrize("bad", BAD)
def test_one_malformed_row_of_an_export_is_told_by_its_number(tmp_path, bad, name):
    rows = [{"text": "to Seoul", name: [[3, 8, "city"]], "page": number} for number in range(60)]
    rows[7][name] = bad
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    data = read(path)
    assert (data["entities"].null_count(), data["entities"][7], data["page"][7]) == (1, None, 7)
    assert set(data.names) == {"text", "entities", "page"}
    (told,) = [each for each in data.source.notices if "kind spans" in each]
    assert f"1 value is not of kind spans and counts as missing ('{bad}' in row 8)" in told


def test_one_malformed_pair_is_told_by_its_number(tmp_path):
    rows = [["to Seoul", {"entities": [[3, 8, "city"]]}] for _ in range(20)]
    rows[4][1]["entities"] = "oops"
    path = tmp_path / "train.json"
    path.write_text(json.dumps(rows), "utf-8")
    data = read(path)
    assert data["entities"].null_count() == 1
    assert any("'oops' in row 5" in each for each in data.source.notices)


def test_a_row_where_nobody_looked_is_not_malformed(tmp_path):
    rows = [{"text": "to Seoul", "entities": [[3, 8, "city"]]} for _ in range(20)]
    rows[4]["entities"] = None
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    data = read(path)
    assert data["entities"].null_count() == 1
    assert not any("spans and count" in each for each in data.source.notices)


def test_many_malformed_cells_are_no_spans():
    cells = [json.dumps([[3, 8, "city"]])] * 8 + ["oops"] * 2
    assert not spans.holds(pl.Series("x", cells))
    assert spans.holds(pl.Series("x", cells[:9] + cells[:8] + cells[:8]))


def test_a_cell_that_is_no_list_is_an_error_for_a_person():
    with pytest.raises(DataError):
        read({"text": ["a", "b"], "entities": ["x", "y"]}, kinds={"entities": "spans"})


def test_right_to_left_and_emoji_offsets():
    text = "👩‍🚀 שלום Emma"
    start = text.index("Emma")
    data = read({"text": [text, "x"], "entities": [json.dumps([[start, start + 4, "name"]]), "[]"]})
    span = data["entities"][0][0]
    assert text[span["start"] : span["end"]] == "Emma"
