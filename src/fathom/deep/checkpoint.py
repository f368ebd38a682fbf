"""The state of a training on disk, complete enough to go on as if nothing had happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fathom.deep import weights
from fathom.errors import StoreError

FILE = "checkpoint.safetensors"


def write(folder: Path, tensors: dict[str, Tensor], notes: dict[str, Any]) -> None:
    """Leave a checkpoint in one file and one rename; the one before stays whole until then."""
    folder.mkdir(parents=True, exist_ok=True)
    weights.write(folder / FILE, tensors, {"state": json.dumps(notes)})


def read(folder: Path, key: str) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """The checkpoint of the training that `key` names; None where there is none, or another's, or a damaged one."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        tensors, notes = weights.read(path)
        state = json.loads(notes.get("state", "{}"))
    except (StoreError, ValueError):
        return None  # damaged: training again from the start is the remedy, and it is at hand
    return (tensors, state) if isinstance(state, dict) and state.get("key") == key else None


def group(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors under a common name.

    >>> list(group("weights", {"bias": torch.zeros(1)}))
    ['weights/bias']
    """
    return {f"{name}/{key}": tensor for key, tensor in tensors.items()}


def ungroup(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that `group` put under this name."""
    return {key.removeprefix(f"{name}/"): tensor for key, tensor in tensors.items() if key.startswith(f"{name}/")}


def random_tensors(device: str) -> dict[str, Tensor]:
    """Torch's random states."""
    states = {"cpu": torch.get_rng_state()}
    if device.startswith("cuda"):
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def restore_random(tensors: dict[str, Tensor], device: str) -> None:
    """Set torch's random states."""
    torch.set_rng_state(tensors["cpu"])
    if device.startswith("cuda") and "cuda" in tensors:
        torch.cuda.set_rng_state(tensors["cuda"], device)
