"""Several processes on one socket."""

import re
import signal
import subprocess
import sys

import httpx
import pytest

from fathom.errors import FathomError
from fathom.serving.limits import Limits
from fathom.serving.serve import serve
from fathom.serving.workers import Crew, packed

SCRIPT = "import sys; from fathom.serving.serve import serve; serve(sys.argv[1], port=0, workers=2, token='a-secret')"


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [line for line in found.splitlines() if "fathom.serving.worker" in line]


def test_two_processes_answer_and_go_together(pets_model, tmp_path):
    folder = pets_model.save(tmp_path / "pets" / "1")
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, folder], stderr=subprocess.PIPE, text=True)
    try:
        url = re.search(r"answers at (http://\S+)", process.stderr.readline())[1]
        headers = {"authorization": "Bearer a-secret"}
        row = {"row": {"weight": 4.0, "colour": "black"}}
        answers = [httpx.post(f"{url}/predict", json=row, headers=headers, timeout=30).status_code for _ in range(6)]
        assert answers == [200] * 6
        assert httpx.get(f"{url}/model").status_code == 401
        assert len(children(process.pid)) == 2
        assert not any("a-secret" in line for line in children(process.pid))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not children(process.pid)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_one_that_ends_at_once_is_an_error_and_not_a_loop():
    hired = []

    def hire():
        hired.append(subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]))
        return hired[-1]

    with pytest.raises(FathomError, match="status 3"):
        Crew(hire).run(1)
    assert len(hired) == 1
    hired[0].returncode = 3  # `Crew` waited for it


def test_one_that_dies_later_is_replaced(monkeypatch):
    monkeypatch.setattr("fathom.serving.workers.SHORTEST_LIFE", 0.0)
    hired = []

    def hire():
        if len(hired) == 2:
            crew.stopping = True
        hired.append(subprocess.Popen([sys.executable, "-c", ""]))
        return hired[-1]

    crew = Crew(hire)
    crew.run(1)
    assert len(hired) == 3
    for each in hired:
        each.returncode = 0


def test_a_model_in_memory_has_one_process(make):
    with pytest.raises(FathomError, match="saved model"):
        serve(make.people(), port=0, workers=2)


def test_settings_survive_the_way_to_the_child(tmp_path):
    settings = packed(tmp_path, Limits(hosts=("a", "b")), name="n", token=None, host="127.0.0.1", port=1)
    assert settings["model"] == str(tmp_path.resolve())
    assert settings["limits"]["hosts"] == ("a", "b")
