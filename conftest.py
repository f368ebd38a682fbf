"""Every test speaks English, whatever the machine's locale is; one that wants Korean asks for it."""

import os

import pytest

os.environ |= {"LANG": "C", "LC_ALL": "C", "FATHOM_LANGUAGE": "en"}  # before anything is imported


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """English again after a test that chose another language."""
    monkeypatch.setenv("FATHOM_LANGUAGE", "en")
