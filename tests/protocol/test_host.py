import io
import json
import os
import signal
import sys
import time

import psutil
import pytest

from fathom.protocol import host
from fathom.protocol.frames import write_dataset
from fathom.protocol.host import Job
from fathom.protocol.hosts import family_host
from fathom.protocol.trial import Spec
from fathom.tasks.tabular_classification import pose

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


@pytest.fixture
def spec(pets, tmp_path):
    """A function that prepares a trial's folder."""
    problem = pose(pets, "kind")
    write_dataset(pets, tmp_path / "data" / "train")
    write_dataset(pets, tmp_path / "data" / "valid")
    write_dataset(pets.select(["weight", "colour"]), tmp_path / "data" / "test")

    def prepare(name, learner=None, seconds=30.0):
        folder = tmp_path / name
        told = Spec(learner or name, "classical", "catalog", {}, problem.to_json(), str(tmp_path / "data"), seconds)
        told.save(folder)
        return folder

    return prepare


def quiet(done, note):
    pass


def test_a_process_that_does_not_die_is_not_waited_for(monkeypatch, tmp_path):
    monkeypatch.setattr(host, "_fork", lambda job, answers, learner: 0)
    monkeypatch.setattr(host, "_poll", lambda pid: (False, 0, 0.0))
    monkeypatch.setattr(host, "_kill", lambda pid: None)
    monkeypatch.setattr(host, "DYING_SECONDS", 0.05)
    ended = host._supervise(Job("trial", str(tmp_path), 0.05, 1e6), os.getppid(), io.BytesIO(), None)
    assert ended["status"] == "timed out"
    assert ended["seconds"] < 5


def test_every_way_to_end_is_told_apart(said, spec, tmp_path):
    for name in ("Plain", "Crashing", "Exiting", "Failing", "Growing", "Sleeping"):
        spec(name)
    ended = said("host", tmp_path)
    assert {name: each["status"] for name, each in ended.items()} == {
        "Plain": "",
        "Crashing": "failed",
        "Exiting": "failed",
        "Failing": "",
        "Growing": "out of memory",
        "Sleeping": "timed out",
    }
    assert "SIGSEGV" in ended["Crashing"]["message"]
    assert "exit code 3" in ended["Exiting"]["message"]
    assert "this goes to the log" in (tmp_path / "Exiting" / "log.txt").read_text()
    assert json.loads((tmp_path / "Plain" / "result.json").read_text())["status"] == "done"
    assert json.loads((tmp_path / "Failing" / "result.json").read_text()) | {"seconds": 0} == {
        "status": "failed",
        "message": "ValueError: the matrix is singular",
        "seconds": 0,
    }
    assert 20 < ended["Plain"]["peak_mb"] < 600 < ended["Growing"]["peak_mb"]
    assert 3 <= ended["Sleeping"]["seconds"] < 10


def test_a_family_host_makes_the_catalogs_learners(spec):
    host = family_host("classical", 1, ["baseline"])
    heard = []
    ended = host.run(Job("trial", str(spec("first", "baseline")), 60.0, 4_000.0), lambda *news: heard.append(news))
    second = host.run(Job("trial", str(spec("second", "baseline")), 60.0, 4_000.0), quiet)
    host.close()
    assert ended["status"] == second["status"] == ""
    assert ended["peak_mb"] > 20
    assert heard


def test_a_lost_host_is_a_line_and_is_replaced(spec):
    host = family_host("classical", 1, ["baseline"])
    host.ready()
    os.kill(host._pid, signal.SIGKILL)
    ended = host.run(Job("trial", str(spec("first", "baseline")), 60.0, 4_000.0), quiet)
    assert ended["status"] == "failed"
    ended = host.run(Job("trial", str(spec("second", "baseline")), 60.0, 4_000.0), quiet)
    host.close()
    assert ended["status"] == ""


@pytest.mark.parametrize("victim", ["study", "host"])
def test_no_process_outlives_the_study(troubles, pets_csv, tmp_path, victim):
    study = troubles("compare", pets_csv, tmp_path / "store", 5, "Stepping")
    started = time.monotonic()
    while not list((tmp_path / "store").glob("studies/*/trials/Stepping/journal")):
        assert time.monotonic() - started < 60
        time.sleep(0.05)
    family = psutil.Process(study.pid).children(recursive=True)
    assert len(family) >= 2
    if victim == "study":
        study.kill()
    else:
        for process in psutil.Process(study.pid).children():
            process.kill()
        study.kill()
    study.communicate()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
