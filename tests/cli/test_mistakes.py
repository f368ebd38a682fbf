"""Mistakes that people make: each is told with what, where and next, ends with code 2 and shows no traceback."""

import os
import resource
import shutil
import signal
import socket
import tempfile

import numpy as np
import polars as pl
import pytest
from PIL import Image

from fathom.store import Store


@pytest.fixture(scope="module")
def place(tmp_path_factory, store, visits):
    """A folder full of files with something wrong with them."""
    folder = tmp_path_factory.mktemp("mistakes")
    table = pl.read_csv(visits)
    shutil.copy(visits, folder / "visits.csv")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "header.csv").write_text("age,spent,city,bought\n")
    (folder / "notes.docx").write_text("age,spent\n1,2\n")
    (folder / "broken.parquet").write_bytes(b"PAR1 not really PAR1")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 not really a workbook")
    (folder / "broken.arrow").write_bytes(b"ARROW1\x00\x00 no")
    (folder / "broken.jsonl").write_text('{"age": 1}\n{"age": \n')
    (folder / "zeros.csv").write_bytes(b"\x00" * 400)
    (folder / "nothing").mkdir()
    (folder / "pictures" / "cats").mkdir(parents=True)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(folder / "pictures" / "cats" / "a.png")
    table.with_columns(pl.lit("tea").alias("bought")).write_csv(folder / "constant.csv")
    table.with_columns(pl.lit(None).alias("bought")).write_csv(folder / "unanswered.csv")
    table.with_columns(pl.lit(7.0).alias("spent")).write_csv(folder / "flat.csv")
    table.drop("age").write_csv(folder / "lacking.csv")
    table.rename({"bought": "Bought"}).write_csv(folder / "renamed.csv")
    table.with_columns(
        pl.when(pl.int_range(pl.len()) == 4).then(pl.lit("old")).otherwise(pl.col("age").cast(pl.String)).alias("age")
    ).write_csv(folder / "word.csv")
    table.with_columns(pl.lit("x").alias("prediction")).write_csv(folder / "taken.csv")
    table.select("bought").write_csv(folder / "alone.csv")
    table.select(
        "bought", pl.int_range(pl.len()).cast(pl.String).map_elements(lambda i: f"id-{i}", pl.String).alias("id")
    ).write_csv(folder / "ids.csv")
    damaged = folder / "damaged"
    shutil.copytree(Store(store).model_path("bought"), damaged)
    largest = max(
        (path for path in (damaged / "learner").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
    )
    largest.write_bytes(largest.read_bytes()[:-1] + b"!")
    unrecorded = folder / "unrecorded"
    shutil.copytree(Store(store).model_path("bought"), unrecorded)
    (unrecorded / "model.json").write_text("{")
    return folder


TRAIN = "compare visits.csv --predict bought --minutes 0.1"
MISTAKES = [  # the command, what is told, where, and what to do next
    ("chekc visits.csv", "no command 'chekc'", "fathom chekc", "fathom check"),
    ("compare", "Missing argument", "fathom compare", "fathom compare --help"),
    ("compare visits.csv", "No column to predict was named", "visits.csv", "--predict COLUMN"),
    (f"{TRAIN} --minuts 3", "No such option: --minuts", "fathom compare", "Did you mean --minutes?"),
    ("compare visits.csv --predict bougth", "no column 'bougth'", "visits.csv", "Did you mean 'bought'?"),
    ("compare visit.csv --predict bought", "no file or folder 'visit.csv'", "", "visits.csv"),
    ("compare empty.csv --predict bought", "", "empty.csv", "next:"),
    ("compare header.csv --predict bought", "no rows", "header.csv", "next:"),
    ("check notes.docx", "'.docx' is no format", "notes.docx", ".csv"),
    ("check broken.parquet", "", "broken.parquet", "next:"),
    ("check broken.xlsx", "", "broken.xlsx", "next:"),
    ("check broken.arrow", "", "broken.arrow", "next:"),
    ("check broken.jsonl", "", "broken.jsonl", "next:"),
    ("check zeros.csv", "", "zeros.csv", "next:"),
    ("check nothing", "", "nothing", "next:"),
    ("check sample:digit", "digit", "", "digits"),
    ("check visits.csv --predict bougth", "no column 'bougth'", "visits.csv", "Did you mean 'bought'?"),
    ("check visits.csv --kind city=categry", "no kind 'categry'", "--kind", "Did you mean 'category'?"),
    ("check visits.csv --kind cty=category", "no column 'cty'", "", "Did you mean 'city'?"),
    ("check visits.csv --kind city", "not COLUMN=KIND", "--kind", "--kind zip=category"),
    (f"{TRAIN} --gazetteer city", "not NAME=FILE", "--gazetteer", "--gazetteer city=cities.txt"),
    (
        f"{TRAIN} --gazetteer a=header.csv --gazetteer a=header.csv",
        "'a' is the name of two",
        "--gazetteer",
        "cities.txt",
    ),
    (f"{TRAIN} --gazetteer city=gone.txt", "No such file", "gone.txt", "one name on each line"),
    (f"{TRAIN} --gazetteer city=empty.csv", "no name in it", "empty.csv", "one name on each line"),
    (f"{TRAIN} --gazetteer a/b=header.csv", "'a/b' cannot be a name", "", "letters"),
    ("check visits.csv --kind city=number", "Not one value of 'city' is a number", "column 'city'", "next:"),
    ("compare constant.csv --predict bought", "only one label, 'tea'", "constant.csv", "another column"),
    ("compare unanswered.csv --predict bought", "no label at all", "unanswered.csv", "another column"),
    ("compare flat.csv --predict spent --task tabular-regression", "same", "column 'spent'", "another column"),
    ("compare visits.csv --predict city --task tabular-regression", "not numbers", "column 'city'", "classification"),
    ("compare alone.csv --predict bought", "No column is left", "alone.csv", "--kind COLUMN=KIND"),
    ("compare ids.csv --predict bought", "No column is left", "identifier", "--kind COLUMN=KIND"),
    ("compare pictures --predict label", "one label", "pictures", "next:"),
    (f"{TRAIN} --task tabular-clasification", "no task", "--task", "Did you mean 'tabular-classification'?"),
    (f"{TRAIN} --learners gradient-bosting", "no learner", "--learners", "Did you mean 'gradient-boosting'?"),
    (f"{TRAIN} --learners ,", "No learner was named", "", "Leave the option out"),
    (f"{TRAIN} --learners ridge", "'ridge' cannot learn", "", "logistic-regression"),
    (f"{TRAIN} --measure acuracy", "acuracy", "", "accuracy"),
    (f"{TRAIN} --device gpu", "no device 'gpu'", "--device", "cuda"),
    (f"{TRAIN} --drop citty", "citty", "", "city"),
    (f"{TRAIN} --drop age,spent,city", "No column is left", "visits.csv", "next:"),
    (f"{TRAIN} --group sity", "no column 'sity'", "visits.csv", "Did you mean 'city'?"),
    (f"{TRAIN} --time dya", "no column 'dya'", "visits.csv", "next:"),
    (f"{TRAIN} --test lacking.csv", "age", "lacking.csv", "next:"),
    (f"{TRAIN} --test renamed.csv", "bought", "renamed.csv", "next:"),
    (f"{TRAIN} --test gone.csv", "no file or folder 'gone.csv'", "", "next:"),
    (f"{TRAIN} --name ../../etc", "'../../etc' cannot be a name", "", "letters"),
    (f"{TRAIN} --report report.pdf", "'.pdf'", "--report report.pdf", ".html"),
    (f"{TRAIN} --report nowhere/report.html", "no folder 'nowhere'", "--report", "mkdir"),
    ("compare visits.csv --predict bought --minutes 0", "--minutes", "fathom compare", "--help"),
    ("compare visits.csv --predict bought --minutes -3", "--minutes", "fathom compare", "--help"),
    ("compare visits.csv --predict bought --minutes five", "five", "fathom compare", "--help"),
    ("compare visits.csv --predict bought --seed -1", "--seed", "fathom compare", "--help"),
    ("train visits.csv --predict bought", "Missing option '--learner'", "fathom train", "--help"),
    ("learners --task tabular", "no task 'tabular'", "--task", "tabular-classification"),
    ("predict bougt visits.csv", "no model 'bougt'", "models", "bought"),
    ("predict bought@9 visits.csv", "no version '9'", "bought", "1"),
    ("predict ../../etc/passwd visits.csv", "no model in this folder", "passwd", "fathom models"),
    ("predict .. visits.csv", "", "", "next:"),
    ("predict damaged visits.csv", "", "", "next:"),
    ("predict ./damaged visits.csv", "is damaged", "damaged", "train it again"),
    ("predict ./unrecorded visits.csv", "record is damaged", "unrecorded", "train it again"),
    ("predict bought lacking.csv", "'age'", "lacking.csv", "next:"),
    ("predict bought word.csv", "'old' is no number", "column 'age', row 5", "Write a number"),
    ("predict bought taken.csv", "prediction", "", "--only"),
    ("predict bought visits.csv --out answers.txt", "'.txt'", "--out answers.txt", ".csv"),
    ("predict bought visits.csv --out nowhere/answers.csv", "no folder 'nowhere'", "--out", "mkdir"),
    ("predict bought visits.csv --out nothing", "A folder stands where", "--out nothing", "result.csv"),
    ("predict bought empty.csv", "", "empty.csv", "next:"),
    ("predict bought gone.csv", "no file or folder 'gone.csv'", "", "next:"),
    ("test bought renamed.csv", "no column 'bought'", "renamed.csv", "Did you mean 'Bought'?"),
    ("test bought unanswered.csv", "No row has a value in 'bought'", "unanswered.csv", "fathom predict"),
    ("test spent word.csv", "'old' is no number", "column 'age', row 5", "Write a number"),
    ("serve bougt", "no model 'bougt'", "models", "bought"),
    ("serve bought --host 0.0.0.0", "token", "", "FATHOM_TOKEN"),
    ("serve bought --port 99999", "--port", "fathom serve", "--help"),
    ("report visits", "no study 'visits'", "studies", "fathom studies"),
    ("report ./nothing", "no study in this folder", "nothing", "fathom studies"),
]


@pytest.mark.parametrize(("command", "what", "where", "remedy"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_told(run, place, store, monkeypatch, command, what, where, remedy):
    monkeypatch.setenv("FATHOM_STORE", str(store))
    monkeypatch.chdir(place)
    before = sorted(path.name for path in place.iterdir())
    told = run_here(run, place, command)
    assert told.code == 2, told.out + told.err
    last = told.err[told.err.index("error: ") :]
    assert "Traceback" not in told.err
    assert what in last.partition("next:")[0]
    assert where in last
    assert remedy in last.partition("\n")[2] or remedy == "", last
    assert "\n  where: " in last
    assert "\n  next:  " in last
    assert told.out == ""
    assert sorted(path.name for path in place.iterdir()) == before


def run_here(run, place, command):
    os.chdir(place)
    return run(*command.split())


def test_there_are_fifty_of_them():
    assert len(MISTAKES) >= 50


def test_a_port_in_use_is_told(run, store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = run("serve", "bought", "--port", taken.getsockname()[1], "--store", store)
    assert told.code == 2
    assert "cannot be used" in told.err
    assert "--port" in told.err.partition("next:")[2]


def test_an_error_is_json_too_where_json_is_asked_for(run, place):
    told = run("check", place / "empty.csv", "--json")
    assert told.code == 2
    assert told.json["error"].keys() == {"what", "where", "next"}
    assert told.err.startswith("error: ")


def test_a_file_that_may_not_be_read_is_told(run, tmp_path_factory, visits):
    path = visits.parent / "secret.csv"
    path.write_text("a,b\n1,2\n")
    run("check", path)  # loads all that the command needs, while everything may be read
    path.chmod(0)
    for folder in (visits.parent, *visits.parent.parents):
        if str(folder) == tempfile.gettempdir():
            break
        folder.chmod(0o755)
    me = os.geteuid()
    os.seteuid(65534 if me == 0 else me)
    try:
        told = run("check", path)
    finally:
        os.seteuid(me)
        path.unlink()
    assert told.code == 2, told.err
    assert "ermission" in told.err
    assert "secret.csv" in told.err


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_full_disk_leaves_no_half_file(run, place, store, tmp_path, suffix):
    out = tmp_path / f"answers.{suffix}"
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limit[1]))
        told = run("predict", "bought", place / "visits.csv", "--out", out, "--store", store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert told.code == 2, told.err
    assert "could not be written" in told.err
    assert "Free some space" in told.err
    assert list(tmp_path.iterdir()) == []
