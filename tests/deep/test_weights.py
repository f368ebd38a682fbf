"""Files of tensors: damaged and hostile ones are refused with a clear error."""

from __future__ import annotations

import json
import pickle
import struct

import pytest
import torch

from fathom.deep import weights
from fathom.errors import StoreError


def test_what_was_written_is_read(tmp_path):
    tensors = {"a": torch.arange(6.0).reshape(2, 3).T, "b": torch.tensor([1], dtype=torch.uint8)}
    weights.write(tmp_path / "w.safetensors", tensors, {"note": "hello"})
    found, notes = weights.read(tmp_path / "w.safetensors")
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)
    assert notes == {"note": "hello"}
    assert [path.name for path in tmp_path.iterdir()] == ["w.safetensors"]


def header(content: dict, body: bytes = b"") -> bytes:
    text = json.dumps(content).encode()
    return struct.pack("<Q", len(text)) + text + body


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


HOSTILE = {
    "empty": b"",
    "pickle": pickle.dumps(Bomb()),
    "huge header": struct.pack("<Q", 2**62) + b"{}",
    "no JSON": struct.pack("<Q", 4) + b"{{{{",
    "beyond the end": header({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, b"1234"),
    "overflowing shape": header({"a": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}, b"12345678"),
    "negative offset": header({"a": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}, b"12345678"),
    "unknown type": header({"a": {"dtype": "PICKLE", "shape": [8], "data_offsets": [0, 8]}}, b"12345678"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(tmp_path, name):
    path = tmp_path / "w.safetensors"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(StoreError, match="cannot be read"):
        weights.read(path)


def test_too_many_tensors_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "MOST_TENSORS", 3)
    weights.write(tmp_path / "w.safetensors", {str(i): torch.zeros(1) for i in range(4)})
    with pytest.raises(StoreError, match="too many"):
        weights.read(tmp_path / "w.safetensors")


def test_a_cut_file_is_refused(tmp_path):
    path = tmp_path / "w.safetensors"
    weights.write(path, {"a": torch.zeros(100)})
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(StoreError, match="cannot be read"):
        weights.read(path)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_a_description_that_is_no_object_is_refused(tmp_path, text):
    path = tmp_path / "learner.json"
    path.write_text(text)
    with pytest.raises(StoreError, match="cannot be read"):
        weights.read_json(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"missing\.json"):
        weights.read_json(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"weight": torch.zeros(2, 3)}, "'bias' is missing"),
        ({"weight": torch.zeros(2, 3), "bias": torch.zeros(2), "more": torch.zeros(1)}, "'more' is unexpected"),
        ({"weight": torch.zeros(3, 2), "bias": torch.zeros(2)}, r"\[3, 2\], not"),
        ({"weight": torch.zeros(2, 3).double(), "bias": torch.zeros(2)}, "float64"),
    ],
)
def test_weights_of_another_network_are_refused(tensors, said):
    with torch.device("meta"):
        module = torch.nn.Linear(3, 2)
    with pytest.raises(StoreError, match=said):
        weights.fill(module, tensors, "here")


def test_a_write_that_fails_leaves_the_file_before(tmp_path, monkeypatch):
    path = tmp_path / "w.safetensors"
    weights.write(path, {"a": torch.ones(1)})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        weights.write(path, {"a": torch.zeros(1)})
    assert weights.read(path)[0]["a"].item() == 1
    assert [each.name for each in tmp_path.iterdir()] == ["w.safetensors"]


@pytest.mark.parametrize("value", [-1, 10**12, 1.5, "3", True, None])
def test_an_absurd_size_is_refused(value):
    with pytest.raises(ValueError, match="no size"):
        weights.whole(value)


@pytest.mark.parametrize("design", [{"depth": 10_000}, {"depths": [1, 1000]}, {"width": "1"}, {"widths": [1] * 20_000}])
def test_an_absurd_design_is_refused(design):
    with pytest.raises(ValueError, match=r"no size|too long"):
        weights.bounded(design)
