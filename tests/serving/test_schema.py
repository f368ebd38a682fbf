"""The OpenAPI document holds: schemathesis asks what it allows and what it forbids, with every check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fathom.data.kinds import Column, Kind
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.problem import Problem

EXAMPLES = 5  # of each operation, beside the edge cases that are always tried; releases are held to 500
TOKEN = "a-secret"


class Cats:
    """A cat in the upper left corner of every picture."""

    def predict(self, data):
        return Boxes.of([Box(0, 0, 2, 2, "cat", 0.7)] for _ in range(len(data)))


def ask(client, *options):
    command = [Path(sys.executable).with_name("schemathesis"), "run", f"{client.base_url}/openapi.json"]
    command += ["--checks", "all", "--max-examples", str(EXAMPLES), "--no-color", "--generation-database", "none"]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=200, env=environment)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "0 selected" not in done.stdout


@pytest.fixture(scope="module")
def guarded(serving, make):
    with serving(make.ages(), token=TOKEN) as client:
        yield client


def test_a_table_with_labels(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ask(client, "--phases", "examples,coverage,fuzzing")


def test_a_table_with_numbers_behind_a_token(guarded, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ask(guarded, "--phases", "coverage", "--header", f"Authorization: Bearer {TOKEN}")


def test_pictures(picture_client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # no schema can say which bytes are a picture
    ask(picture_client, "--phases", "fuzzing,stateful", "--exclude-checks", "positive_data_acceptance")


def test_boxes(serving, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    problem = Problem("object-detection", "pets", (Column("image", Kind.IMAGE),), boxes=("cat", "dog"))
    with serving(Model(Cats(), "sliding-window", "classical", problem)) as client:
        only = ("--include-path", "/explain", "--exclude-checks", "positive_data_acceptance")
        ask(client, "--phases", "coverage,fuzzing", *only)


def test_the_document_follows_the_model(serving, make):
    with serving(make.people()) as client:
        row = client.get("/openapi.json").json()["components"]["schemas"]["Row"]
        assert list(row["properties"]) == row["required"] == ["age", "city", "since"]
        client.app.state.models.swap(make.ages())
        assert client.get("/openapi.json").json()["components"]["schemas"]["Row"]["required"] == ["age"]
