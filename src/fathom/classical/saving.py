"""A learner on disk: its parameters and small state as JSON, its arrays in the safetensors layout. Nothing executes."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from fathom.errors import StoreError
from fathom.folders import write_json
from fathom.messages import phrase

Arrays = dict[str, npt.NDArray[Any]]
LearnerType = TypeVar("LearnerType")

FORMAT = 1
STATE, ARRAYS = "learner.json", "arrays.safetensors"
MOST_HEADER_BYTES = 10_000_000
MOST_ARRAYS = 10_000
TYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "U8": np.dtype("u1"),
}
TYPE_NAMES = {dtype: name for name, dtype in TYPES.items()}


def write_learner(folder: Path, learner: Any, state: dict[str, Any], arrays: Arrays | None = None) -> None:
    """Write a learner's parameters (the fields of its dataclass), its state and its arrays into `folder`."""
    parameters = {each.name: getattr(learner, each.name) for each in fields(learner) if each.init}
    write_state(folder, type(learner).__name__, parameters, state)
    if arrays is not None:
        write_arrays(folder / ARRAYS, arrays)


def read_learner(folder: Path, kind: type[LearnerType]) -> tuple[LearnerType, dict[str, Any]]:
    """A learner of `kind` with the parameters that `write_learner` wrote, and its state."""
    parameters, state = read_state(folder, kind.__name__)
    with reading(folder):
        return kind(
            **{name: tuple(each) if isinstance(each, list) else each for name, each in parameters.items()}
        ), state


def write_state(folder: Path, learner: str, parameters: dict[str, Any], state: dict[str, Any]) -> None:
    """Write a learner's name, parameters and state as JSON."""
    write_json(folder / STATE, {"format": FORMAT, "learner": learner, "parameters": parameters, "state": state})


def read_state(folder: Path, learner: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the state of the learner called `learner`; a StoreError where another one was saved."""
    try:
        data = json.loads((folder / STATE).read_text("utf-8"))
        found = (data["learner"], data["format"])
        parameters, state = dict(data["parameters"]), dict(data["state"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder / STATE, str(error) or type(error).__name__) from error
    if found != (learner, FORMAT):
        raise damaged(
            folder / STATE,
            phrase(
                "it holds a {found} in format {version}, not a {learner} in format {format}",
                found=found[0],
                version=found[1],
                learner=learner,
                format=FORMAT,
            ),
        )
    return parameters, state


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays (float32/64, int16/32/64, uint8) as one safetensors file: a JSON header, then the raw bytes."""
    header: dict[str, Any] = {}
    end = 0
    blocks = []
    for name, array in arrays.items():
        block = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        header[name] = {
            "dtype": TYPE_NAMES[block.dtype],
            "shape": list(array.shape),
            "data_offsets": [end, end + block.nbytes],
        }
        end += block.nbytes
        blocks.append(block)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for block in blocks:
            file.write(block.tobytes())


def read_arrays(path: Path) -> Arrays:
    """The arrays that `write_arrays` wrote; a StoreError where header, sizes or types don't fit the file.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "arrays.safetensors"
    >>> write_arrays(path, {"weights": np.array([[1.0, 2.0]])})
    >>> read_arrays(path)["weights"].tolist()
    [[1.0, 2.0]]
    """
    try:
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        if len(data) < 8 or length > min(MOST_HEADER_BYTES, len(data) - 8):
            raise ValueError(phrase("the header does not fit the file"))
        header = json.loads(data[8 : 8 + length])
        header.pop("__metadata__", None)
        if len(header) > MOST_ARRAYS:
            raise ValueError(phrase("{count} arrays are too many", count=len(header)))
        body = memoryview(data)[8 + length :]
        return {name: _array(body, entry) for name, entry in header.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, str(error)) from error


def threads() -> int:
    """How many cores this process may use: the threads of a learner that was loaded, not trained."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn what goes wrong when state is put together again into a StoreError."""
    try:
        yield
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise damaged(folder / STATE, str(error) or type(error).__name__) from error


def damaged(path: Path, why: str) -> StoreError:
    """The error for a file that cannot be what a learner wrote."""
    return StoreError(
        phrase("The learner's file '{name}' cannot be read: {why}.", name=path.name, why=why),
        where=str(path.parent),
        remedy=phrase("Use another version of the model, or train it again."),
    )


def _array(body: memoryview, entry: dict[str, Any]) -> npt.NDArray[Any]:
    start, end = entry["data_offsets"]
    dtype = TYPES[entry["dtype"]]
    shape = tuple(int(length) for length in entry["shape"])
    if min(shape, default=0) < 0 or not 0 <= start <= end <= len(body):
        raise ValueError(phrase("an array lies outside the file"))
    if math.prod(shape) * dtype.itemsize != end - start:
        raise ValueError(phrase("an array's shape does not fit its bytes"))
    array: npt.NDArray[Any] = np.frombuffer(body[start:end], dtype=dtype).reshape(shape)
    return array
