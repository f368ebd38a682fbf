"""What `fathom` exports: exactly this, each loaded when it is first used."""

import importlib
import subprocess
import sys

import pytest

import fathom

NAMES = [
    "Dataset",
    "Model",
    "Study",
    "advise",
    "analyse",
    "check",
    "compare",
    "explain",
    "load",
    "read",
    "serve",
    "train",
]
HEAVY = ("numpy", "torch", "sklearn", "polars", "fastapi", "lightgbm", "typer")


def test_exactly_these_names_are_public():
    assert fathom.__all__ == NAMES
    assert sorted(fathom.PUBLIC) == NAMES
    assert {name for name in dir(fathom) if not name.startswith("_")} >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_what_its_module_calls_so(name):
    module = importlib.import_module(fathom.PUBLIC[name])
    assert getattr(fathom, name) is getattr(module, name)
    assert getattr(fathom, name).__doc__


def test_any_other_name_is_an_error_that_lists_them():
    with pytest.raises(AttributeError, match=r"no attribute 'fit'.*compare"):
        _ = fathom.fit


def test_importing_it_loads_nothing_heavy():
    code = f"import sys, fathom; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_version_is_that_of_the_distribution():
    assert importlib.import_module("importlib.metadata").version("fathom-ml") == fathom.__version__


def test_check_tells_columns_and_findings_in_a_notebook_and_as_json():
    checkup = fathom.check({"age": [31, 64, 25, 40], "who": ["<b>a</b>", "b", "c", "<b>a</b>"], "none": [None] * 4})
    page = checkup._repr_html_()
    assert "<td>age</td><td>number</td>" in page
    assert "<b>" not in page
    assert [column["name"] for column in checkup.to_json()["columns"]] == ["age", "who", "none"]
    assert any("none" in finding["columns"] for finding in checkup.to_json()["findings"])
    assert checkup.well


def test_check_with_a_target_looks_for_leaks():
    rows = list(range(60))
    leaky = {"copy": [row % 2 for row in rows], "x": [row * 7 % 13 for row in rows], "y": [row % 2 for row in rows]}
    checkup = fathom.check(leaky, predict="y")
    assert checkup.task == "tabular-classification"
    assert any(finding.level in ("warning", "error") and "copy" in finding.columns for finding in checkup.findings)
