import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

TROUBLES = Path(__file__).with_name("troubles.py")


@pytest.fixture
def pets_csv(tmp_path):
    """A hundred and twenty rows, whose `kind` the `weight` tells almost always."""
    random = np.random.default_rng(0)
    kind = np.repeat(["cat", "dog"], 60)
    weight = np.where(kind == "cat", 4.0, 8.0) + random.normal(size=120)
    colour = random.choice(["black", "brown"], 120)
    path = tmp_path / "pets.csv"
    pl.DataFrame({"weight": weight.round(2), "colour": colour, "kind": kind}).write_csv(path)
    return path


@pytest.fixture
def troubles():
    """A function that starts the script with these arguments."""

    def start(*words):
        command = [sys.executable, str(TROUBLES), *map(str, words)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.fixture
def said(troubles):
    """What the script says last, as JSON."""

    def run(*words):
        out, err = troubles(*words).communicate(timeout=120)
        assert out.strip(), err
        return json.loads(out.splitlines()[-1])

    return run
