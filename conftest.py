"""Every test speaks English, whatever the machine's locale is, and has one thread, for several run at once."""

import os

import pytest

os.environ |= {"LANG": "C", "LC_ALL": "C", "FATHOM_LANGUAGE": "en"}  # before anything is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """English again after a test that chose another language."""
    monkeypatch.setenv("FATHOM_LANGUAGE", "en")
