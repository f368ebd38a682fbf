"""Series from the command line: looked at, compared, forecast into a file, and tested."""

import json
from types import SimpleNamespace

import polars as pl
import pytest

from fathom.cli import main
from fathom.cli.verdict import _warnings
from fathom.data.finding import Finding
from fathom.data.samples.sales import sales

WORDS = ["--predict", "demand", "--horizon", "7", "--series", "store", "--known", "promotion"]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    data = sales().filter(pl.col("store").is_in(["S1", "S2"]), pl.col("date") >= pl.date(2024, 6, 1))
    path = tmp_path_factory.mktemp("series") / "shops.csv"
    data.write_csv(path)
    return str(path)


def run(capsys, *words):
    code = main([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_series_are_looked_at_before_anything_is_trained(capsys, table):
    code, found = run(capsys, "check", table, *WORDS)
    assert code == 0
    assert any("repeat themselves after 7 steps" in each["what"] for each in found["findings"])
    assert any("known ahead: promotion" in each["what"] for each in found["findings"])


def test_from_a_table_to_forecasts_in_a_file(capsys, table, tmp_path):
    store = ["--store", str(tmp_path / "store")]
    fast = ["--learners", "baseline", "--no-curves", "--minutes", "1"]
    code, study = run(capsys, "compare", table, *WORDS, *fast, *store)
    assert (code, study["task"], study["measure"]) == (0, "forecasting", "mase")
    target = tmp_path / "next.csv"
    code, told = run(capsys, "predict", "shops", table, "--out", target, *store)
    assert (code, told["rows"]) == (0, 14)
    ahead = pl.read_csv(target, try_parse_dates=True)
    assert ahead.columns[:4] == ["store", "date", "forecast", "mean"]
    assert ahead["date"].min().isoformat() == "2024-12-31T00:00:00"
    assert (ahead["quantile:0.05"] <= ahead["quantile:0.95"]).all()
    code, scored = run(capsys, "test", "shops", table, *store)
    assert (code, scored["rows"]) == (0, 2)
    assert scored["trained_on"]
    other = tmp_path / "other.csv"
    pl.read_csv(table).with_columns(pl.col("demand") + 1).write_csv(other)
    assert not run(capsys, "test", "shops", other, *store)[1]["trained_on"]


def test_what_to_expect_of_series_is_said_in_words_and_as_json(capsys, table):
    code, told = run(capsys, "advise", table, *WORDS)
    assert code == 0
    assert told["task"] == "forecasting"
    assert told["series"]["ahead"] == int(WORDS[WORDS.index("--horizon") + 1])
    assert told["odds"] is None
    assert told["probability"] is None
    assert {"last", "theta", "lags"} <= set(told["probes"])
    assert main(["advise", table, *WORDS]) == 0
    said = capsys.readouterr().out
    assert f"{told['series']['series']} series, " in said
    assert "the last season over again" in said
    assert "was not measured" in said
    assert told["command"] in said
    assert "--horizon" in told["command"]


def test_what_is_put_right_before_a_forecast_is_said(capsys, table, tmp_path):
    store = ["--store", str(tmp_path / "store")]
    run(capsys, "compare", table, *WORDS, "--learners", "baseline", "--no-curves", "--minutes", "1", *store)
    rows = pl.read_csv(table)
    empty = rows.tail(20).with_columns(pl.lit("S9").alias("store"), pl.lit(None, dtype=pl.Int64).alias("demand"))
    odd = pl.concat([rows, rows.slice(50, 1), empty], how="vertical_relaxed")
    odd.write_csv(tmp_path / "odd.csv")
    assert main(["predict", "shops", str(tmp_path / "odd.csv"), "--out", str(tmp_path / "out.csv"), *store]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "note: 1 row shares its series and step" in said
    assert "note: 1 series has no value at all and was left out" in said


def test_a_warning_beside_the_verdict_ends_before_its_remedy():
    finding = Finding("warning", "2 rows were left out", ("date",), (), "Write their times.")
    study = SimpleNamespace(findings=[finding, Finding("warning", "One sentence.", (), (), "")])
    assert _warnings(study)[0].splitlines()[1:] == ["- 2 rows were left out. Write their times.", "- One sentence."]
