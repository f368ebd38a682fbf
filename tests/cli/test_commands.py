"""Every command: light help, JSON, exit codes, quiet pipes, Ctrl-C, any locale."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fathom import catalog
from fathom.cli import failures, output
from fathom.cli.app import ENVIRONMENT, VERBS

HEAVY = ("numpy", "torch", "sklearn", "polars", "fastapi", "lightgbm", "pydantic", "rich")
FATHOM = [sys.executable, "-m", "fathom"]


def process(*arguments, **settings):
    return subprocess.run([*FATHOM, *map(str, arguments)], capture_output=True, encoding="utf-8", **settings)


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_loads_nothing_heavy(verb):
    code = (
        "import sys; from fathom.cli import main; "
        f"code = main([word for word in ({verb!r}, '--help') if word]); "
        f"print(code, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("0 []\n"), done.stdout
    assert done.stdout.startswith(f"Usage: fathom {verb}".rstrip())
    assert done.stderr == ""


def test_help_names_every_verb_and_every_exit_code(run):
    told = run("--help").out
    assert all(f"\n  {verb} " in told for verb in VERBS)
    assert all(f"\n  {int(code)} " in told for code in failures.Code)
    assert run().out == told == run("-h").out


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_json_and_its_own_help(run, verb):
    told = run(verb, "--help")
    assert told.code == 0
    assert "--json" in told.out
    assert run(verb, "-h").out == told.out


def test_the_version(run):
    assert run("--version").out.startswith("fathom 0.")
    assert run("--version", "--json").json.keys() == {"version"}


@pytest.mark.parametrize("command", ["tasks", "learners", "learners --task image-classification", "models", "studies"])
def test_lists_are_tables_and_json(run, store, command):
    if command in ("models", "studies"):
        command += f" --store {store}"
    told = run(*command.split())
    assert told.code == 0
    assert told.err == ""
    assert isinstance(run(*command.split(), "--json").json, list)


def test_learners_of_a_task_are_preferred_for_what_it_reads(run):
    told = {row["name"]: row["prefer"] for row in run("learners", "--task", "forecasting", "--json").json}
    assert "series" in told["ridge"]
    assert "text" not in told["recurrent"]
    assert "text" not in told["convolutional"]


def test_models_are_listed_with_their_scores(run, store):
    told = run("models", "--store", store).out
    assert "bought@1  best   tabular-classification  logistic-regression  classical  accuracy 0.9" in told


def test_an_empty_store_says_how_to_fill_it(run):
    assert "fathom compare DATA" in run("models").out
    assert "fathom compare DATA" in run("studies").out
    assert run("models", "--json").json == []


def test_learners_that_are_not_installed_say_how_to_get_them(run, monkeypatch):
    monkeypatch.setattr("fathom.catalog.missing", lambda extra: ("torch",) if extra == "deep" else ())
    told = run("learners")
    deep = [row.name for row in catalog.LEARNERS if row.extra == "deep"]
    assert f"Not installed here: {', '.join(deep)}." in told.out
    assert "pip install 'fathom-ml[deep]'" in told.out
    assert {row["name"] for row in run("learners", "--json").json if not row["installed"]} == set(deep)


def test_check_shows_columns_and_findings(run, visits):
    told = run("check", visits)
    assert told.code == 0
    assert "visits: 120 rows, 4 columns" in told.out
    assert "서울" in told.out
    found = run("check", visits, "--predict", "bought", "--json").json
    assert found["task"] == "tabular-classification"
    assert [column["name"] for column in found["columns"]] == ["age", "spent", "city", "bought"]


def test_check_counts_rows_from_1_as_people_and_error_messages_do(run, tmp_path):
    lines = [f"{number},{number * number % 17}" for number in range(40)]
    lines[6] = lines[1]  # the seventh row of data repeats the second
    (tmp_path / "twice.csv").write_text("\n".join(["a,b", *lines]))
    assert "  rows: 7\n" in run("check", tmp_path / "twice.csv").out
    found = run("check", tmp_path / "twice.csv", "--json").json["findings"]
    assert [6] in [finding["rows"] for finding in found]  # for programs: positions, from 0


def test_kinds_can_be_said(run, visits):
    found = run("check", visits, "--kind", "age=category", "--json").json
    assert found["columns"][0]["kind"] == "category"


def test_check_ends_with_1_where_training_would_stumble(run, tmp_path):
    pictures = tmp_path / "pictures"
    for label in ("a", "b"):
        (pictures / label).mkdir(parents=True)
        for number in range(3):
            (pictures / label / f"{number}.png").write_bytes(b"\x89PNG no picture")
    told = run("check", pictures)
    assert told.code == 1, told.out
    assert "ERROR" in told.out
    assert not run("check", pictures, "--json").json["well"]


def test_test_scores_rows_with_answers(run, store, visits):
    told = run("test", "bought", visits, "--store", store)
    assert told.code == 0, told.err
    assert told.out.startswith("bought on 120 rows of visits\n")
    found = run("test", "bought", visits, "--store", store, "--json").json
    assert found["measure"] == "accuracy"
    assert found["low"] <= found["score"] <= found["high"]
    assert found["measures"].keys() >= {"accuracy", "log-loss", "calibration-error"}
    assert found["without_answer"] == 0


def test_rows_without_an_answer_are_left_out_and_counted(run, store, visits, tmp_path):
    lines = visits.read_text("utf-8").splitlines()
    lines[1:11] = [line.rpartition(",")[0] + "," for line in lines[1:11]]
    (tmp_path / "some.csv").write_text("\n".join(lines), "utf-8")
    found = run("test", "spent", tmp_path / "some.csv", "--store", store, "--json").json
    assert found["rows"] == 120
    found = run("test", "bought", tmp_path / "some.csv", "--store", store, "--json").json
    assert (found["rows"], found["without_answer"]) == (110, 10)


def test_doctor_is_well_here(run, store):
    told = run("doctor", "--store", store)
    assert told.code == 0, told.out
    assert "2 models, 0 studies" in told.out
    found = run("doctor", "--store", store, "--json").json
    assert {line["what"] for line in found["lines"]} >= {"python", "polars", "[deep]", "memory", "store", "disk"}


def test_doctor_ends_with_1_where_the_store_cannot_be_used(run, tmp_path):
    (tmp_path / "file").write_text("")
    told = run("doctor", "--store", tmp_path / "file")
    assert told.code == 1
    assert "FATHOM_STORE" in told.out


def test_a_reader_who_had_enough_is_no_error(store, visits, tmp_path):
    header, _, rows = visits.read_text("utf-8").partition("\n")
    (tmp_path / "many.csv").write_text(header + "\n" + rows * 100, "utf-8")  # more than a pipe holds
    command = (
        f"{' '.join(FATHOM)} predict bought {tmp_path / 'many.csv'} --store {store} | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8")
    assert done.stdout.splitlines()[0].startswith("age,spent")
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_labels_come_out_in_utf8_whatever_the_locale(store, visits):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = process("check", visits, env=environment)
    assert done.returncode == 0, done.stderr
    assert "서울" in done.stdout


def test_a_fault_of_ours_is_one_line_and_a_file(run, visits, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError("a secret\nof many lines")

    monkeypatch.setattr("fathom.verbs.read", fails)
    told = run("check", visits)
    assert told.code == 70
    assert "Traceback" not in told.err
    assert "fault of fathom, not yours: ZeroDivisionError: a secret\n" in told.err
    path = Path(told.err.partition("where: ")[2].splitlines()[0])
    assert "Traceback" in path.read_text("utf-8")
    path.unlink()


def test_no_memory_and_no_disk_are_told(run, visits, monkeypatch):
    for error, what in (
        (MemoryError(), "not enough memory"),
        (OSError(28, "No space left on device"), "No space left"),
    ):
        monkeypatch.setattr("fathom.verbs.read", lambda *_, error=error, **__: (_ for _ in ()).throw(error))
        told = run("check", visits)
        assert told.code == 2
        assert what in told.err


def test_ctrl_c_is_told_and_changes_nothing(run, visits, monkeypatch):
    def stopped(*_, **__):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("fathom.verbs.read", stopped)
    told = run("check", visits)
    assert told.code == 130
    assert told.err == "\nStopped. Nothing was changed.\n"


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("", "")])
def test_colours_only_where_they_are_wanted(monkeypatch, variable, value):
    class Terminal:
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    if variable:
        monkeypatch.setenv(variable, value)
    assert output.coloured(Terminal()) is not bool(variable)


def test_a_value_from_a_file_does_not_steer_the_terminal():
    assert "\x1b" not in output.table(["name"], [["\x1b[2J\nred"]])


def test_the_documentation_names_every_command_and_exit_code():
    text = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
    assert all(f"| `fathom {verb}" in text for verb in VERBS)
    assert all(f"| {int(code)} | {code.meaning}" in text for code in failures.Code)
    assert all(f"| `{name}` |" in text for name, _ in ENVIRONMENT)
