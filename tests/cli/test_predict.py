"""fathom predict: every format, the columns kept, nothing that a spreadsheet would run, files larger than a piece."""

import contextlib
import io
import json
import sqlite3
from dataclasses import replace

import polars as pl
import pytest

from fathom.classical.crf import CRF
from fathom.classical.residuals import LinearResiduals
from fathom.cli import batch, export
from fathom.data.read import read
from fathom.learner import Run
from fathom.model import Model
from fathom.store import Store
from fathom.tasks.anomaly_detection import TASK as ANOMALIES
from fathom.tasks.named_entity_recognition import TASK


def test_csv_keeps_the_columns_and_adds_the_predictions(run, store, visits, tmp_path):
    out = tmp_path / "answers.csv"
    told = run("predict", "bought", visits, "--out", out, "--store", store)
    assert told.code == 0, told.err
    assert told.out == f"120 rows: {out}\n"
    frame = pl.read_csv(out)
    assert frame.columns == ["age", "spent", "city", "bought", "prediction", "probability:coffee", "probability:tea"]
    assert frame.height == 120
    assert (frame["prediction"] == frame["bought"]).mean() > 0.8
    assert frame["city"].unique().sort().to_list() == ["'=cmd()", "Busan", "서울"]


@pytest.mark.parametrize(("suffix", "reader"), [("jsonl", pl.read_ndjson), ("parquet", pl.read_parquet)])
def test_formats_without_formulas_hold_the_cells_as_they_are(run, store, visits, tmp_path, suffix, reader):
    out = tmp_path / f"answers.{suffix}"
    assert run("predict", "spent", visits, "--out", out, "--store", store).code == 0
    frame = reader(out)
    assert frame.columns == ["age", "spent", "city", "bought", "prediction", "low", "high"]
    assert "=cmd()" in frame["city"].to_list()
    assert (frame["low"] < frame["prediction"]).all()
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_pieces_give_the_same_file_as_the_whole(run, store, visits, tmp_path, suffix, monkeypatch):
    whole, pieces = tmp_path / f"whole.{suffix}", tmp_path / f"pieces.{suffix}"
    run("predict", "bought", visits, "--out", whole, "--store", store)
    monkeypatch.setattr(batch, "PIECE", 7)
    run("predict", "bought", visits, "--out", pieces, "--store", store)
    read = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[suffix]
    assert read(pieces).equals(read(whole))


def test_csv_goes_to_stdout_without_out(run, store, visits):
    told = run("predict", "bought", visits, "--only", "--bom", "--store", store)
    assert told.code == 0
    assert told.out.startswith("\ufeffprediction,probability:coffee,probability:tea\n")
    assert pl.read_csv(io.StringIO(told.out)).height == 120


def test_json_without_out_holds_the_rows(run, store, visits):
    told = run("predict", "bought", visits, "--json", "--store", store)
    assert len(told.json["predictions"]) == 120
    assert told.json["predictions"][0].keys() >= {"age", "prediction", "probability:tea"}


def test_a_wrong_value_is_named_by_its_row_in_the_whole_file(run, store, visits, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "PIECE", 7)
    lines = visits.read_text("utf-8").splitlines()
    lines[100] = lines[100].replace(lines[100].split(",")[0], "old", 1)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("\n".join(lines), "utf-8")
    told = run("predict", "bought", wrong, "--out", tmp_path / "answers.csv", "--store", store)
    assert told.code == 2
    assert "'old'" in told.err
    assert "column 'age', row 100" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.csv"]


def test_columns_of_bytes_are_left_out_of_text_and_that_is_said(capsys, tmp_path):
    batches = [pl.DataFrame({"image": [b"\x89PNG"], "prediction": ["7"]})] * 2
    for suffix, columns in (("csv", ["prediction"]), ("jsonl", ["prediction"]), ("parquet", ["image", "prediction"])):
        target = tmp_path / f"answers.{suffix}"
        assert export.write(batches, target) == 2
        read = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[suffix]
        assert read(target).columns == columns
        assert capsys.readouterr().err.count("Left out of the result") == (suffix != "parquet")


def test_categories_that_training_did_not_see_are_told(run, store, visits, tmp_path):
    rows = pl.read_csv(visits).with_columns(pl.lit("Atlantis").alias("city"))
    rows.write_csv(tmp_path / "new.csv")
    told = run("predict", "bought", tmp_path / "new.csv", "--out", tmp_path / "answers.csv", "--store", store)
    assert told.code == 0, told.err
    assert f"column 'city': {len(rows)} values that training did not see (first: 'Atlantis')" in told.err
    assert "did not see" not in run("predict", "bought", visits, "--out", tmp_path / "b.csv", "--store", store).err


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """A store with a model that finds entities."""
    kept = Store(tmp_path_factory.mktemp("addresses"))
    data = read("sample:addresses").take(range(300))
    problem = TASK.pose(data, "entities")
    learner = CRF(iterations=40)
    learner.fit(problem, data, data, Run())
    kept.save_model(Model(learner, "crf", "classical", problem, {}, {"measure": "entity-f1"}), "post")
    return kept.root


def test_entities_in_csv_are_json(run, addresses, tmp_path):
    (tmp_path / "letters.csv").write_text("text\nWe moved to 12 Mill Lane in Ashford on 3 May 2024.\n", "utf-8")
    told = run("predict", "post", tmp_path / "letters.csv", "--store", addresses)
    (cell,) = pl.read_csv(io.StringIO(told.out))["prediction"].to_list()
    assert {"text": "Ashford", "label": "city"}.items() <= {
        name: value for each in json.loads(cell) if each["label"] == "city" for name, value in each.items()
    }.items()


def test_records_are_an_address_list(run, addresses, tmp_path):
    letters = 'text\n"We moved to 12 Mill Lane in Ashford on 3 May 2024. KX-1234, kim@Example.com"\nnothing at all\n'
    (tmp_path / "letters.csv").write_text(letters, "utf-8")
    out = tmp_path / "records.sqlite"
    pattern = r"code=[A-Z]{2}-\d{4}"
    told = run(
        "predict",
        "post",
        tmp_path / "letters.csv",
        "--records",
        "--pattern",
        pattern,
        "--out",
        out,
        "--store",
        addresses,
    )
    assert told.code == 0, told.err
    with contextlib.closing(sqlite3.connect(out)) as database:
        database.row_factory = sqlite3.Row
        first, second = map(dict, database.execute("SELECT * FROM records"))
    assert (first["city"], first["date"], first["email"], first["code"]) == (
        "Ashford",
        "2024-05-03",
        "kim@example.com",
        "KX-1234",
    )
    assert second["city"] is None


def test_records_need_entities(run, store, visits):
    told = run("predict", "bought", visits, "--records", "--store", store)
    assert told.code != 0
    assert "not entities" in told.err


def test_readings_are_answered_alike_wherever_pieces_are_cut(tmp_path, monkeypatch):
    rows = read("sample:sensors")
    problem = replace(ANOMALIES.pose(rows, "state"), time="time", series=("machine",))
    rows, problem, _ = ANOMALIES.ready(rows, problem)
    learner = LinearResiduals()
    learner.fit(problem, rows.take(range(600)), rows.take([]), Run())
    model = Model(learner, "linear-residuals", "classical", problem, {"threshold": 20.0})
    file = tmp_path / "readings.csv"
    read("sample:sensors").frame.drop("state").head(300).write_csv(file)
    whole = pl.concat(batch.Batch(model, str(file), only=True).pieces())
    monkeypatch.setattr("fathom.cli.batch.PIECE", 40)
    pieces = list(batch.Batch(model, str(file), only=True).pieces())
    assert len(pieces) > 1
    assert pl.concat(pieces)["score"].to_list() == pytest.approx(whole["score"].to_list())
