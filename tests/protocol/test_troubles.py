"""A study survives its contenders, a Ctrl-C, and kills at any moment."""

import json
import os
import signal
import sys
import time

import pytest

from fathom.protocol.study import Study

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


def wait_for(condition, seconds=60):
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds
        time.sleep(0.02)


def test_a_contender_that_fails_is_a_line_and_the_study_goes_on(said, pets_csv, tmp_path):
    study = said("compare", pets_csv, tmp_path / "store", 2, "Crashing", "Hungry", "Failing", "Exiting", "Plain")
    status = {each["learner"]: each["status"] for each in study["contenders"]}
    assert status == {
        "baseline": "done",
        "Plain": "done",
        "Crashing": "failed",
        "Hungry": "out of memory",
        "Failing": "failed",
        "Exiting": "failed",
    }
    assert "singular" in study["messages"]["Failing"]
    assert study["verdict"]["learner"] in ("baseline", "Plain")


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(troubles, said, pets_csv, tmp_path):
    words = ("compare", pets_csv, tmp_path / "store", 2, "logistic-regression", "Stepping")
    process = troubles(*words)
    journal = tmp_path / "store" / "studies" / "pets-1" / "trials" / "Stepping" / "journal"
    wait_for(journal.exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err
    stopped = json.loads(out.splitlines()[-1])
    status = {each["learner"]: each["status"] for each in stopped["contenders"]}
    assert status == {"baseline": "done", "logistic-regression": "done", "Stepping": "interrupted"}
    assert stopped["verdict"]["learner"] == "logistic-regression"
    study = Study.load(tmp_path / "store" / "studies" / "pets-1")
    assert study.status == "interrupted"
    finished = study.trial("logistic-regression").folder / "result.json"
    before = finished.stat().st_mtime_ns

    resumed = said(*words)
    assert resumed["study"] == "pets-1"
    assert {each["status"] for each in resumed["contenders"]} == {"done"}
    assert finished.stat().st_mtime_ns == before
    steps = [int(line) for line in journal.read_text().split()]
    assert steps[-1] == 39
    assert len(steps) <= 41  # at most the step that was under way was taken twice


def test_kills_at_random_moments_lose_nothing_that_was_finished(troubles, said, pets_csv, tmp_path):
    words = ("compare", pets_csv, tmp_path / "store", 2, "nearest-neighbours", "logistic-regression", "Stepping")
    studies = tmp_path / "store" / "studies"
    finished = {}
    for round_ in range(int(os.environ.get("FATHOM_KILLS", "3"))):
        process = troubles(*words)
        assert process.stdout.readline() == "started\n"
        time.sleep(0.8 + 1.3 * round_)
        process.kill()
        process.communicate()
        for folder in studies.glob("*"):
            if (folder / "study.json").exists():
                Study.load(folder)
        for result in studies.glob("*/trials/*/result.json"):
            found = json.loads(result.read_text())
            assert finished.setdefault(result, found) == found
    study = said(*words)
    assert {each["status"] for each in study["contenders"]} == {"done"}
    for result, found in finished.items():
        assert json.loads(result.read_text()) == found
    Study.load(studies / study["study"]).best  # noqa: B018
