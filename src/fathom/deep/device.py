"""The device: found by itself, with the precision and the layout that its instructions are good at."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import torch

from fathom.errors import TrainingError
from fathom.messages import phrase

BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})  # instructions without which bfloat16 is emulated, and slow
PROBE = 384  # side of the matrices that bfloat16 is timed with
TRIES = 6
WORTH = 1.3  # how much faster bfloat16 must be; far from both kinds of processor seen (0.3 and 2.2)
MEMORY_SHARE = 0.5  # of a device's free memory that training rows may take


def best(device: str = "auto") -> str:
    """The device to train on: "cuda" where there is one, else "cpu"; a named one is checked.

    >>> best("cpu")
    'cpu'
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    name = device.partition(":")[0]
    if name not in {"cpu", "cuda"}:
        raise TrainingError(
            phrase("There is no device '{device}'.", device=device), remedy=phrase("Say --device auto, cpu or cuda.")
        )
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError(
            phrase("There is no CUDA device here, or this PyTorch was built without CUDA."),
            remedy=phrase("Say --device cpu, or install a CUDA build of PyTorch."),
        )
    return device


@cache
def processor_flags() -> frozenset[str]:
    """The processor's instruction sets as Linux names them; empty where the system does not tell.

    >>> isinstance(processor_flags(), frozenset)
    True
    """
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return frozenset()
    for line in text.splitlines():
        if line.startswith(("flags", "Features")):
            return frozenset(line.partition(":")[2].split())
    return frozenset()


def has_bf16(device: str) -> bool:
    """Whether the device has instructions for bfloat16."""
    if device.startswith("cuda"):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(BF16_FLAGS & processor_flags())


@cache
def pays_bf16(device: str) -> bool:
    """Whether bfloat16 is native here and faster by far: some processors have the instructions and run them slowly.

    A matrix product of each type is timed, the best of several, in turns; 10 ms.
    """
    if device.startswith("cuda") or not has_bf16(device):
        return has_bf16(device)
    best = {torch.float32: math.inf, torch.bfloat16: math.inf}
    with torch.inference_mode():
        factors = {kind: torch.ones(PROBE, PROBE, dtype=kind) for kind in best}
        for _ in range(TRIES):
            for kind, factor in factors.items():
                started = time.perf_counter()
                torch.mm(factor, factor)
                best[kind] = min(best[kind], time.perf_counter() - started)
    return best[torch.float32] > WORTH * best[torch.bfloat16]


@contextlib.contextmanager
def quiet_randomness(seed: int, device: str) -> Iterator[None]:
    """Seed torch for the length of a block and give the caller's random states back after it."""
    devices = [torch.device(device)] if device.startswith("cuda") else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


def fits(tensors: tuple[torch.Tensor, ...], device: str) -> bool:
    """Whether these tensors may live on the device for the length of a training."""
    if not device.startswith("cuda"):
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return sum(each.numel() * each.element_size() for each in tensors) < MEMORY_SHARE * free
