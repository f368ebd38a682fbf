"""Tensors and JSON on disk: safetensors files, refused with a clear error when they are not what they should be."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from fathom.errors import StoreError
from fathom.messages import phrase

MOST_TENSORS = 10_000
LARGEST_SIZE = 10_000_000  # of any dimension
MOST_LAYERS = 100
LARGEST_JSON = 64 * 1024 * 1024  # bytes
REMEDY = phrase("Use another version of the model, or train it again.")


def write(path: Path, tensors: dict[str, torch.Tensor], notes: dict[str, str] | None = None) -> None:
    """Write tensors, and notes beside them; a reader finds the old file or the new one, never half of either."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        save_file({name: each.detach().cpu().contiguous().clone() for name, each in tensors.items()}, beside, notes)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors and the notes of a file; a StoreError where it is missing, damaged or hostile."""
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            if len(names) > MOST_TENSORS:
                raise StoreError(
                    phrase("{count:,} tensors are too many.", count=len(names)), where=str(path), remedy=REMEDY
                )
            return {name: file.get_tensor(name) for name in names}, dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise StoreError(phrase("The weights cannot be read."), where=f"{path} ({error})", remedy=REMEDY) from error


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; a StoreError where it is missing, too large, damaged or no object."""
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise ValueError(phrase("too large"))
        found = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict):
            raise ValueError(phrase("no object"))
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(phrase("The description cannot be read."), where=f"{path} ({error})", remedy=REMEDY) from error
    return found


def whole(value: Any, most: int = LARGEST_SIZE) -> int:
    """A count or a size from a description; a ValueError where it is none, or larger than any that was ever written.

    >>> whole(3)
    3
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(phrase("{value} is no size", value=repr(value)))
    return value


def bounded(design: dict[str, Any]) -> dict[str, Any]:
    """A network's design, its sizes checked before anything is built from them; a ValueError where one is absurd."""
    for name, value in design.items():
        if isinstance(value, list) and len(value) > MOST_TENSORS:
            raise ValueError(phrase("'{name}' is too long", name=name))
        for each in value if isinstance(value, list) else [value]:
            word = isinstance(each, str) and each.isidentifier()  # chooses among what there is, and sizes nothing
            if not isinstance(each, float) and not word:
                whole(each, MOST_LAYERS if name.startswith("depth") else LARGEST_SIZE)
    return design


def fill(module: torch.nn.Module, tensors: dict[str, torch.Tensor], where: str) -> None:
    """Give a module, built on the meta device, its weights; a StoreError where names, shapes or types differ."""
    wanted = module.state_dict()
    for name in sorted(wanted.keys() | tensors.keys()):
        if name not in wanted or name not in tensors:
            trouble = phrase("missing") if name in wanted else phrase("unexpected")
            raise StoreError(
                phrase("The tensor '{name}' is {trouble}.", name=name, trouble=trouble), where=where, remedy=REMEDY
            )
        found, expected = tensors[name], wanted[name]
        if found.shape != expected.shape or found.dtype != expected.dtype:
            raise StoreError(
                phrase(
                    "The tensor '{name}' is {found} {shape}, not {expected} {wanted}.",
                    name=name,
                    found=found.dtype,
                    shape=list(found.shape),
                    expected=expected.dtype,
                    wanted=list(expected.shape),
                ),
                where=where,
                remedy=REMEDY,
            )
    module.load_state_dict(tensors, assign=True)
