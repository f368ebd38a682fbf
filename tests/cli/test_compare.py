"""fathom compare, train, report: the whole way from a file to a stored model, and Ctrl-C on it."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest

QUICK = ("--minutes", "0.2", "--learners", "logistic-regression")
KEYS = ["study", "task", "rows", "test_rows", "measure", "contenders", "verdict", "curves", "outlook"]
KEYS += ["model", "seconds"]
CONTENDER = ["learner", "family", "score", "low", "high", "measures", "fit_seconds", "predict_ms_per_row"]
CONTENDER += [
    "peak_mb",
    "model_mb",
    "status",
    "latency_ms",
    "energy_wh",
    "energy_source",
    "hardware",
    "cost_on",
    "money",
]


def test_compare_prints_the_table_the_verdict_and_what_is_next(run, visits, tmp_path):
    told = run("compare", visits, "--predict", "bought", *QUICK, "--name", "차", "--report", "r.html")
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert lines[0].split()[:2] == ["learner", "family"]
    assert lines[1].startswith("logistic-regression *")
    assert lines[2].startswith("baseline ")
    assert "logistic-regression" in told.out.split("\n\n")[1]  # the verdict
    assert "fathom serve 차@1" in told.out
    assert "read more:   r.html" in told.out
    assert "<!doctype html>" in (tmp_path / "r.html").read_text("utf-8")[:20].lower()
    assert "training" in told.err
    assert "logistic-regression: done" in told.err
    assert [study["name"] for study in run("studies", "--json").json] == ["차-1"]
    page = run("report", "차", "--out", "again.html")
    assert page.out == "again.html\n"
    assert run("report", "차", "--out", "again.html", "--json").json == {"study": "차-1", "report": "again.html"}
    assert run("keep", "차", "baseline").out == "baseline is kept as 차@2.\n"
    assert run("keep", "차-1", "baseline", "--name", "plain", "--json").json["version"] == 1
    assert run("keep", "차", "baseline", "--name", "plain", "--json").json["study"] == "차-1"
    absent = run("keep", "차", "ridge")
    assert "Its contenders are: " in absent.err
    assert (absent.code, absent.out) == (2, "")
    assert "The study has no trial of 'ridge'." in absent.err


def test_compare_json_keeps_its_shape(run, visits):
    told = run("compare", visits, "--predict", "spent", "--minutes", "0.2", "--learners", "ridge", "--json")
    assert told.code == 0, told.err
    found = told.json
    assert list(found) == KEYS
    assert [list(contender) for contender in found["contenders"]] == [CONTENDER] * 2
    assert list(found["verdict"]) == ["learner", "family", "tie", "text", "notes", "grown", "preliminary"]
    assert list(found["model"]) == ["name", "version", "path"]
    assert (found["study"], found["task"], found["rows"]) == ("visits-1", "tabular-regression", 120)
    assert found["model"]["name"] == "visits"


def test_a_price_of_the_hour_turns_time_into_money(run, visits):
    priced = ("compare", visits, "--predict", "bought", *QUICK, "--price-per-hour", "3600", "--name", "priced")
    told = run(*priced)
    assert told.code == 0, told.err
    assert "In money, at 3,600 an hour:" in told.out
    assert "a million predictions" in told.out
    found = run(*priced, "--json").json["contenders"][0]
    assert found["money"]["training"] == pytest.approx(found["fit_seconds"])  # a second costs 1
    assert found["money"]["million_predictions"] == pytest.approx(1_000 * found["predict_ms_per_row"])
    wrong = run("compare", visits, "--predict", "bought", "--price-per-hour", "-1")
    assert wrong.code == 2


def test_warnings_about_the_data_stand_beside_the_verdict(run, visits, tmp_path):
    frame = pl.read_csv(visits)
    leaking = frame.with_columns(paid=pl.col("bought").rank("dense").cast(pl.Float64) + 0.5)
    leaking.write_csv(tmp_path / "leaking.csv")
    told = run("compare", "leaking.csv", "--predict", "bought", *QUICK)
    assert "The data check warns" in told.out
    assert "'paid' alone determines 'bought'" in told.out
    assert "leave it out: --drop 'paid'" in " ".join(told.out.split())


def test_train_keeps_one_model_and_says_how_it_scored(run, visits):
    told = run("train", visits, "--predict", "bought", "--learner", "nearest-neighbours", "--minutes", "0.2")
    assert told.code == 0, told.err
    assert told.out.startswith("nearest-neighbours on ")
    assert "accuracy" in told.out
    assert "fathom serve visits@1" in told.out
    assert [model["learner"] for model in run("models", "--json").json] == ["nearest-neighbours"]
    predicted = run("predict", "visits", visits, "--only", "--json").json["predictions"]
    assert len(predicted) == 120
    assert run("test", "visits", visits, "--json").json["trained_on"]
    assert "WARNING: the model was made from this very data" in run("test", "visits", visits).out


def test_a_study_without_a_model_ends_with_1(run, visits, monkeypatch):
    monkeypatch.setattr("fathom.catalog.missing", lambda extra: ("torch",) if extra == "deep" else ())
    told = run("train", visits, "--predict", "bought", "--learner", "feedforward", "--minutes", "0.2")
    assert told.code in (1, 2)
    assert "pip install 'fathom-ml[deep]'" in told.err
    assert run("models", "--json").json == []


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(tmp_path):
    random = np.random.default_rng(0)
    frame = pl.DataFrame({f"x{i}": random.normal(size=4_000) for i in range(12)})
    frame.with_columns(y=random.choice(["a", "b", "c"], 4_000)).write_csv(tmp_path / "noise.csv")
    command = [sys.executable, "-m", "fathom", "compare", "noise.csv", "--predict", "y", "--minutes", "0.25", "--json"]
    command += ["--learners", "random-forest"]
    environment = {**os.environ, "FATHOM_STORE": str(tmp_path / "store"), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stderr is not None
        for line in child.stderr:
            if line.startswith("baseline: done"):
                break
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "Traceback" not in err
    assert "the same command goes on from there:\n  fathom compare noise.csv --predict y" in err
    first = json.loads(out)
    states = {contender["learner"]: contender["status"] for contender in first["contenders"]}
    assert states["baseline"] == "done"
    assert "interrupted" in states.values()
    again = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    second = json.loads(again.stdout)
    assert second["study"] == first["study"]
    assert "interrupted" not in {contender["status"] for contender in second["contenders"]}
    assert fit_seconds(second, "baseline") == fit_seconds(first, "baseline")  # it was not trained again


def fit_seconds(study, learner):
    return next(trial["fit_seconds"] for trial in study["contenders"] if trial["learner"] == learner)
