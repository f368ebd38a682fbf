"""A server process: what it prints, and how it goes."""

import re
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest

from fathom.errors import FathomError
from fathom.serving.serve import bind, curl, name_of

SCRIPT = """
import sys, time
import numpy as np
from fathom.data.kinds import Column, Kind
from fathom.model import Model
from fathom.serving.limits import Limits
from fathom.serving.serve import serve
from fathom.tasks.predictions import Numbers
from fathom.tasks.problem import Problem

class Slow:
    def predict(self, data):
        time.sleep(0.0 if data["age"].is_null().all() else 1.5)
        return Numbers(data["age"].fill_null(0).to_numpy() * 2)

model = Model(Slow(), "ridge", "classical", Problem("tabular-regression", "double", (Column("age", Kind.NUMBER),)))
serve(model, name="slow", port=0, limits=Limits(drain=1.0))
"""


@pytest.fixture
def process():
    running = subprocess.Popen([sys.executable, "-c", SCRIPT], stderr=subprocess.PIPE, text=True)
    yield running
    running.kill()
    running.wait()
    running.stderr.close()


def start(process):
    """The server's address, as it prints it, once it answers."""
    line = process.stderr.readline()
    url = re.search(r"answers at (http://\S+)", line)[1]
    for _ in range(200):
        try:
            if httpx.get(f"{url}/ping").status_code == 200:
                return url
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server did not come up")


def test_sigterm_drains(process):
    url = start(process)
    answers = []
    asking = [
        threading.Thread(
            target=lambda: answers.append(httpx.post(f"{url}/predict", json={"row": {"age": 4}}, timeout=20))
        )
        for _ in range(4)
    ]
    for each in asking:
        each.start()
    time.sleep(0.5)
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    while httpx.get(f"{url}/v2/health/ready").status_code != 503:
        assert time.monotonic() - told < 1
    assert httpx.get(f"{url}/v2/health/live").status_code == 200
    for each in asking:
        each.join()
    assert [answer.status_code for answer in answers] == [200] * 4
    assert process.wait(20) == 0
    assert time.monotonic() - told < 20


def test_ctrl_c_stops_at_once(process):
    start(process)
    told = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(10)
    assert time.monotonic() - told < 5


def test_a_taken_port_is_told():
    with bind("127.0.0.1", 0) as taken, pytest.raises(FathomError, match="cannot be used"):
        bind("127.0.0.1", taken.getsockname()[1])


def test_names_come_from_folders(make):
    assert name_of("/store/models/digits/2") == "digits"
    assert name_of("/store/some-model") == "some-model"
    assert name_of(make.people()) == "logistic-regression"


def test_the_example_asks_about_a_usual_row(client, picture_client):
    line = curl("http://localhost:1", "secret", client.app.state.serving)
    assert '"age":40.0' in line
    assert "secret" not in line  # a terminal's history is no place for it
    assert "-F image=@" in curl("http://localhost:1", None, picture_client.app.state.serving)
