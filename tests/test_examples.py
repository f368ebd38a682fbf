"""The examples run as they stand, offline, and say what they promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
TOLD = {  # the arguments that make it short, and what it says
    "bring_your_own.py": (["0.6"], ["Pipeline ", "TwoLayers ", "Use "]),
    "from_a_table.py": ([".", "0.4"], ["Use classical", "basic: "]),
    "handwritten_digits.py": (["0.6"], ["logistic-regression ", "Use "]),
    "in_a_pipeline.py": ([], ["accuracy ", "chosen: "]),
    "what_documents_say.py": ([], ["200 documents", "backdatd invoice (backdated invoice, papers)"]),
}


def test_every_example_is_run():
    assert sorted(TOLD) == sorted(path.name for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", TOLD)
def test_an_example_runs(name, tmp_path):
    arguments, told = TOLD[name]
    if "torch" in (EXAMPLES / name).read_text("utf-8"):
        pytest.importorskip("torch")
    environment = {**os.environ, "FATHOM_STORE": str(tmp_path / "store"), "https_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    for words in told:
        assert words in done.stdout
