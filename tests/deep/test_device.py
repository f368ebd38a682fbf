"""The device, found and checked."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from fathom.deep import device
from fathom.errors import TrainingError


def test_a_device_is_found():
    assert device.best() == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_a_device_that_is_not_there_is_named():
    with pytest.raises(TrainingError, match="no CUDA device"):
        device.best("cuda")


def test_a_device_that_does_not_exist_is_named():
    with pytest.raises(TrainingError, match="no device 'abacus'"):
        device.best("abacus")


def test_bfloat16_is_never_used_without_its_instructions(monkeypatch):
    monkeypatch.setattr(device, "processor_flags", lambda: frozenset({"avx2"}))
    device.pays_bf16.cache_clear()
    assert not device.pays_bf16("cpu")
    device.pays_bf16.cache_clear()


def test_importing_the_room_tames_spinning_threads():
    code = "import os; os.environ.pop('GOMP_SPINCOUNT', None); import fathom.deep; print(os.environ['GOMP_SPINCOUNT'])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "1000"
